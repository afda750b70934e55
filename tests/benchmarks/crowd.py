"""A large partnership by SQL: reports, organizations, agreements and people by the thousand, and somebody of each kind.

Rows are made from one row of each kind, column by column, so that the tables have the shape that the models give them.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from agreements.models import Agreement, AgreementUserGrant, Engagement, Party, RetentionTerm
from incidents.models import IncidentKind, Indicator, Release, Report, ReportGroupGrant, ReportUserGrant, SectorShare
from partnership.models import Audience, AudienceMember, Membership, Organization, Role, Sector, User
from tests.factories import incidents as factories
from tests.factories.partnership import (
    GroupFactory,
    GroupMembershipFactory,
    OrganizationFactory,
    UserFactory,
    member,
    secretariat,
)

NOW = timezone.now
# One in a hundred is clear, one in five green; strict and red are a third.
MARKING = "CASE WHEN m < 1 THEN 0 WHEN m < 21 THEN 1 WHEN m < 66 THEN 2 WHEN m < 91 THEN 3 ELSE 4 END"


@dataclass(frozen=True)
class Size:
    """How many of each; the shape of the issue's figures by default."""

    reports: int = 1_000_000
    organizations: int = 5_000
    agreements: int = 2_000
    people: int = 20_000


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def clone(row: Any, count: int, first: int = 1, **columns: str) -> None:
    """So many rows like the one, with the number `n` in the expressions of some columns."""
    fields = [f for f in row._meta.concrete_fields if not getattr(f, "generated", False)]
    names = [f.column for f in fields if f.column in columns or not (f.primary_key and f.get_internal_type() != "UUIDField")]  # fmt: skip
    given = ", ".join(columns.get(name, f't."{name}"') for name in names)
    table, listed = row._meta.db_table, ", ".join(f'"{name}"' for name in names)
    run(
        f"INSERT INTO {table} ({listed}) SELECT {given} FROM {table} t, generate_series({first}, {first + count - 1}) n"  # noqa: S608
        f" WHERE t.{row._meta.pk.column} = %s ON CONFLICT DO NOTHING",
        row.pk,
    )


def key(kind: str, number: str) -> str:
    """The key of the numbered row of a kind, as SQL."""
    return f"md5('{kind}' || ({number}))::uuid"


def uuid_of(kind: str, number: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key(kind, str(number))}")  # noqa: S608
        return cursor.fetchone()[0]


def fill(size: Size) -> dict[str, User]:
    """Make it all, and answer with somebody of each kind by name."""
    run(f"ALTER TABLE {Report._meta.db_table} SET (autovacuum_enabled = off)")  # it would come amid what is measured
    run("SET session_replication_role = replica")  # the guards of single rows have nothing to say to copies
    organization = OrganizationFactory()
    clone(organization, size.organizations, id=key("o", "n"), name="'Organization ' || n")
    sectors = list(Sector.objects.order_by("pk").values_list("pk", flat=True))
    run(
        f"INSERT INTO {Organization.sectors.through._meta.db_table} (organization_id, sector_id)"  # noqa: S608
        f" SELECT {key('o', 'n')}, (%s::varchar[])[1 + mod(n, %s)] FROM generate_series(1, %s) n",
        sectors, len(sectors), size.organizations,
    )  # fmt: skip
    _people(size)
    _agreements(size)
    reports(size, size.reports)
    _let_in(size, sectors)
    found = _personas(size)
    run("SET session_replication_role = origin")
    settle()
    return found


def settle() -> None:
    """Vacuum until every page is known to be seen by all: a worker that looks at another table can hold that back."""
    run(f"ALTER TABLE {Report._meta.db_table} SET (autovacuum_enabled = false)")  # it would sample after a minute
    run("SET default_statistics_target = 1000")  # of all rows: a sample would make the plans a matter of luck
    run("VACUUM ANALYZE")
    for _ in range(120):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relallvisible >= 0.99 * relpages FROM pg_class WHERE relname = %s", [Report._meta.db_table]
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.5)
        run(f"VACUUM {Report._meta.db_table}")
    raise RuntimeError("The table of reports does not settle.")


def _people(size: Size) -> None:
    person = UserFactory()
    clone(person, size.people, id=key("p", "n"), email="'p' || n || '@crowd.example'")
    membership = Membership.objects.get(user=member(Role.LIAISON_OFFICER))
    roles = "(ARRAY['liaison_officer', 'analyst', 'analyst', 'signatory'])"
    clone(membership, size.people, id="gen_random_uuid()", user_id=key("p", "n"), role=f"{roles}[1 + mod((n - 1) / {size.organizations}, 4)]",
          organization_id=key("o", f"1 + mod(n - 1, {size.organizations})"))  # fmt: skip


def _agreements(size: Size) -> None:
    agreement = factories.agreement_in_force()
    clone(
        agreement,
        size.agreements,
        id=key("a", "n"),
        reference="'C-' || n",
        lead_id=key("o", organization_of("n", "0", size)),
    )
    party = Party.objects.filter(agreement=agreement).get()
    for place in range(13):  # three parties at least, thirteen at most
        clone(party, size.agreements, id="gen_random_uuid()",
              agreement_id=f"CASE WHEN {place} < 3 + mod(n, 11) THEN {key('a', 'n')} ELSE t.agreement_id END",
              organization_id=key("o", organization_of("n", str(place), size)))  # fmt: skip


def organization_of(agreement: str, place: str, size: Size) -> str:
    """The number of the organization at a place among the parties of a numbered agreement."""
    return f"1 + mod(({agreement}) * 37 + ({place}) * 101, {size.organizations})"


def reports(size: Size, count: int, first: int = 1, marking: str = MARKING, owner: Organization | None = None) -> None:
    """Reports of parties (or of one owner) under agreements, of which a few have very many; three years of them."""
    by = f"'{owner.pk}'::uuid" if owner else key("o", organization_of("a", "mod(n, 3)", size))
    agreement = Agreement.objects.get(reference="C-1")
    term = RetentionTerm.objects.filter(version=agreement.governing).get()
    sectors = list(Sector.objects.order_by("pk").values_list("pk", flat=True))
    run(
        f"""
        INSERT INTO {Report._meta.db_table} (id, reference, title, organization_id, agreement_id, version_id, term_id,
            category_id, sector_id, kind_id, severity, tlp, pap, state, personal_data, cross_border, affected_service,
            occurred_precision, aware_precision, received_at, source, source_key, retention_start, retain_until)
        SELECT {key("r", "n")}, 'R-' || n, 'Something happened, number ' || n, {by},
            {key("a", "a")}, %s, %s, %s, (%s::varchar[])[1 + mod(s, %s)], %s, mod(s, 5), {marking}, 2, 'received', 'unknown',
            'unknown', '', 'day', 'minute', %s - s * interval '1 minute', 'form', '', current_date, current_date + 1000
        FROM (SELECT n, 1 + floor(%s * power(mod(abs(hashint8(n)::bigint), 1000000) / 1e6, 2))::int AS a,
                     mod(abs(hashint8(n + 7)::bigint), 100) AS m, mod(abs(hashint8(n + 13)::bigint), 1576800) AS s
              FROM generate_series(%s, %s) n) dice
        """,  # noqa: S608
        term.version_id, term.pk, term.category_id, sectors, len(sectors), IncidentKind.objects.order_by("pk")[0].pk, NOW(),
        size.agreements, first, first + count - 1,
    )  # fmt: skip


def _let_in(size: Size, sectors: list[str]) -> None:
    """Two in a hundred are shared with a sector, two are released to one of fifty groups; one has indicators."""
    person = UserFactory()
    audiences = Audience.objects.bulk_create(Audience(name=f"Audience {n}") for n in range(50))
    run(
        f"INSERT INTO {SectorShare._meta.db_table} (id, report_id, sector_id, shared_at, shared_by_id)"  # noqa: S608
        f" SELECT gen_random_uuid(), {key('r', 'n')}, (%s::varchar[])[1 + mod(n / 50, %s)], %s, %s FROM generate_series(1, %s, 50) n",
        sectors, len(sectors), NOW(), person.pk, size.reports,
    )  # fmt: skip
    run(
        f"INSERT INTO {Release._meta.db_table} (id, report_id, audience_id, released_at, released_by_id)"  # noqa: S608
        f" SELECT gen_random_uuid(), {key('r', 'n')}, (%s::uuid[])[1 + mod(n / 50, 50)], %s, %s FROM generate_series(3, %s, 50) n",
        [audience.pk for audience in audiences], NOW(), person.pk, size.reports,
    )  # fmt: skip
    run(
        f"INSERT INTO {Indicator._meta.db_table} (id, report_id, type, value, comment, added_at, added_by_id)"  # noqa: S608
        f" SELECT gen_random_uuid(), {key('r', 'n')}, 'domain', 'x' || n || '.example', '', %s, %s FROM generate_series(1, %s, 10) n",
        NOW(), person.pk, size.reports,
    )  # fmt: skip


def _personas(size: Size) -> dict[str, User]:
    """Each has what makes the rule's lists long: forty agreements, a quarter of all audited, hundreds by name."""
    own = Organization.objects.get(pk=uuid_of("o", 1))
    party = Party.objects.filter(agreement__reference="C-1").first()
    step = max(size.agreements // 40, 1)
    clone(party, 40, id="gen_random_uuid()", agreement_id=key("a", f"n * {step}"), organization_id=f"'{own.pk}'::uuid")
    away = OrganizationFactory(name="Away", sectors=Sector.objects.order_by("-pk")[:1])
    auditor, seated = member(Role.AUDITOR, away), member(Role.COUNCIL_MEMBER, away)
    engagement = Engagement.objects.create(
        auditor=auditor, title="A quarter", independence="Yes", since=NOW() - timedelta(days=9),
        until=NOW() + timedelta(days=99), created_at=NOW(), created_by=auditor,
    )  # fmt: skip
    audited = Agreement.objects.filter(reference__regex="^C-.*[05]$").order_by("reference")
    engagement.agreements.set(audited[: size.agreements // 4])
    for audience in Audience.objects.filter(name__in=["Audience 1", "Audience 2"]):
        AudienceMember.objects.create(audience=audience, user=seated, since=NOW() - timedelta(days=9))
    return {
        "liaison officer": member(Role.LIAISON_OFFICER, own), "analyst": User.objects.get(email="p2@crowd.example"),
        "coordinator": member(Role.COORDINATOR, secretariat()), "auditor": auditor, "council member": seated,
        "named": _named(size, away), "stranger": member(Role.SIGNATORY, away), "nobody": UserFactory(),
    }  # fmt: skip


def _named(size: Size, away: Organization) -> User:
    """Somebody to whom three hundred reports were opened by name or by group, and two agreements whole."""
    person, group = member(Role.ANALYST, away), GroupFactory()
    GroupMembershipFactory(group=group, user=person)
    more = {"granted_at": NOW(), "granted_by": person, "reason": "Asked", "expires_at": NOW() + timedelta(days=80)}
    may = {p.codename: p for p in Permission.objects.filter(codename__in=["view_report", "view_agreement"])}
    keys = list(Report.objects.filter(tlp__lt=4, reference__regex="^R-.*77$").values_list("pk", flat=True)[:300])
    for table, whom, some in (
        (ReportUserGrant, {"user": person}, keys[:200]),
        (ReportGroupGrant, {"group": group}, keys[200:]),
    ):
        table.objects.bulk_create(
            table(content_object_id=pk, permission=may["view_report"], **whom, **more) for pk in some
        )
    for reference in ("C-7", "C-8"):
        AgreementUserGrant.objects.create(user=person, content_object=Agreement.objects.get(reference=reference),
                                          permission=may["view_agreement"], **more)  # fmt: skip
    return person


__all__ = ["Size", "clone", "fill", "reports", "settle", "uuid_of"]
