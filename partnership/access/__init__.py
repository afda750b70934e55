"""Who may see and do what: one table of branches per permission, and the only questions that can be asked of it."""
