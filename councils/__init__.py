"""Where partners deliberate: councils, meetings, decisions, votes and dashboards."""
