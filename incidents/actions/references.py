"""Numbers of reports: INC-2026-00042. A database sequence gives them, so filing never waits for filing; gaps are fine."""

from django.db import connection


def take(count: int, year: int) -> list[str]:
    """So many new references of a year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('incidents_report_number') FROM generate_series(1, %s)", [count])
        return [f"INC-{year}-{number:05}" for (number,) in cursor.fetchall()]
