"""Local servers for evaluation and tests. Never imported by settings; uses no Django."""
