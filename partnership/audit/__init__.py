"""The trail: recorded by actions in their own transaction, sealed by the database, verified by anybody."""
