"""Writes batches of translated incidents as reports, with COPY: the same columns as a filed report, and one trail entry each."""

from typing import Any
from uuid import uuid4

from django.db import connection

from agreements.models import AgreementVersion, RetentionTerm
from incidents import verbs
from incidents.actions import references, terms
from incidents.actions.veris_reader import Line
from incidents.models import Import, Report
from partnership.audit.record import record_many
from partnership.models import PAP, Sector

REPORT = (
    "id", "reference", "organization_id", "agreement_id", "version_id", "term_id", "category_id", "tlp", "pap", "state", "source",
    "received_at", "filed_by_id", "retention_start", "retain_until", "cross_border", "personal_data", "affected_service",
    "title", "sector_id", "kind_id", "severity", "occurred_at", "occurred_precision", "aware_at", "aware_precision", "source_key",
)  # fmt: skip


class Writer:
    """Puts lines into the database under one version and one term."""

    def __init__(self, given: Import, version: AgreementVersion, term: RetentionTerm):
        self.given, self.at, self.by = given, given.imported_at, given.imported_by
        kept = terms.kept(agreement=given.agreement, term=term, received_at=given.imported_at)  # type: ignore[arg-type]
        self._head = (given.organization_id, given.agreement_id, version.pk, term.pk, given.category_id, given.tlp, int(PAP.AMBER),
                      Report.State.RECEIVED.value, Report.Source.VERIS.value, given.imported_at, given.imported_by_id,
                      kept["retention_start"], kept["retain_until"])  # fmt: skip
        self._home = (
            given.organization.sectors.order_by("position").values_list("pk", flat=True).first()
            or (Sector.objects.order_by("position").values_list("pk", flat=True)[0])
        )

    def write(self, lines: list[Line]) -> None:
        """Write reports and bodies and record each; the constraint on source keys guards against a second import beside this one."""
        if not lines:
            return
        numbers = references.take(len(lines), self.at.year)  # type: ignore[union-attr]
        keys = [uuid4() for _ in lines]
        _copy("incidents_report", REPORT, [self._row(*three) for three in zip(keys, numbers, lines, strict=True)])
        _copy(
            "incidents_reportbody", ("report_id", "narrative", "raw"),
            [(key, line.incident.narrative, line.raw.decode()) for key, line in zip(keys, lines, strict=True)],  # type: ignore[union-attr]
        )  # fmt: skip
        targets = [Report(pk=key, reference=number) for key, number in zip(keys, numbers, strict=True)]
        record_many(verbs.REPORT_FILED, targets, by=self.by, at=self.at, subject=self.given.organization,  # type: ignore[arg-type]
                    agreement=self.given.agreement.reference)  # fmt: skip

    def _row(self, key: Any, number: str, line: Line) -> tuple[Any, ...]:
        incident = line.incident
        assert incident is not None
        return (
            key, number, *self._head, incident.cross_border, incident.personal_data, "", incident.title,
            incident.sector or self._home, incident.kind, incident.severity, incident.occurred_at, incident.occurred_precision,
            incident.aware_at, incident.aware_precision, incident.key,
        )  # fmt: skip


def _copy(table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
