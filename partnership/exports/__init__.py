"""One table in four formats: the writers know columns and values, nothing of the domain."""
