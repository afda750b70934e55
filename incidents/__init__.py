"""What partners observed: reports, indicators, imports, and the only door to their figures."""
