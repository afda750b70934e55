"""Lists and guards of the first migration, apart for their length."""
