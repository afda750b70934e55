"""Pure figures of the councils: dashboards from aggregates, quorum and majority from the charter."""
