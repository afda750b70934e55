"""Lists in the disjoint form: whatever is asked of them, they answer as the composable form does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Avg, Count, F, Max, Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Indicator, Report
from partnership.access import checks, table
from partnership.access.actor import Actor
from partnership.access.conditions import NotComparable, alternatives, denied, holds
from partnership.access.scope import count_up_to, listed, visible
from partnership.access.table import PERMISSIONS, Branch, on_rows
from partnership.models import TLP, Organization, Sector
from tests.factories.incidents import (
    IndicatorFactory,
    ReleaseFactory,
    ReportFactory,
    ReportUserGrantFactory,
    SectorShareFactory,
    agreement_in_force,
)
from tests.factories.partnership import AudienceMemberFactory

HEAD = "incidents.view_report"


@pytest.fixture
def reports(own_organization, partner_organization, liaison_officer):
    """Reports that reach the liaison officer by every branch, several by two, and some that do not."""
    agreement, elsewhere = agreement_in_force(own_organization, partner_organization), agreement_in_force()
    seat, now = AudienceMemberFactory(user=liaison_officer), timezone.now()
    for number in range(30):
        home = (own_organization, partner_organization)[number % 2]
        report = ReportFactory(
            organization=home, agreement=(agreement, elsewhere)[number // 2 % 2], tlp=number % 5, title=f"Report {number}",
            severity=number % 4, received_at=now - timedelta(hours=number // 3),
        )  # fmt: skip
        if number % 3 == 0:
            SectorShareFactory(report=report)
        if number % 4 == 0:
            ReleaseFactory(report=report, audience=seat.audience)
        if number % 7 == 0:
            ReportUserGrantFactory(user=liaison_officer, content_object=report)
        IndicatorFactory(report=report, value=f"host{number}.example")
    return Report.objects.all()


@pytest.fixture
def actor(liaison_officer):
    return Actor(liaison_officer)


@pytest.fixture
def both(actor, reports):
    """One question, asked of both forms."""

    def ask(question):
        return question(listed(actor, HEAD, reports)), question(visible(actor, HEAD, reports))

    return ask


QUESTIONS = {
    "count": lambda rows: rows.count(),
    "exists": lambda rows: (rows.exists(), rows.filter(title="No such").exists()),
    "rows": lambda rows: sorted(r.pk for r in rows),
    "page": lambda rows: [r.pk for r in rows.order_by("-received_at", "-id")[5:12]],
    "first": lambda rows: rows.order_by("severity", "title").first().pk,
    "sorted through a relation": lambda rows: list(rows.order_by("organization__name", "-id").values_list("title", flat=True)[:9]),
    "order that names a column twice": lambda rows: [r.pk for r in rows.order_by("-title", "title", "-id")[:7]],
    "order by an expression": lambda rows: [r.pk for r in rows.order_by(F("severity").desc(), "id")[:7]],
    "filter afterwards": lambda rows: [r.pk for r in rows.filter(severity__gte=2, title__icontains="1").order_by("-id")[:5]],
    "filter through a relation": lambda rows: [
        r.pk for r in rows.filter(indicators__value__endswith="7.example").order_by("-id")[:5]],
    "exclude": lambda rows: sorted(rows.exclude(tlp=TLP.GREEN).values_list("title", flat=True)),
    "select related": lambda rows: [r.agreement.title + r.sector.label for r in rows.select_related("agreement", "sector").order_by("id")[:6]],
    "annotated": lambda rows: list(rows.annotate(n=Count("indicators")).order_by("-n", "id").values_list("title", "n")[:5]),
    "columns through relations": lambda rows: list(rows.order_by("-received_at", "-id").values_list("title", "organization__name", F("filed_by__name"))[:9]),
    "columns through relations, counted": lambda rows: rows.values_list("organization__name", "sector__label", "filed_by__name").count(),
    "columns that repeat rows, counted": lambda rows: rows.values_list("indicators__value", "sector_shares__sector").count(),
    "columns and conditions through one relation": lambda rows: list(
        rows.values_list("title", "organization__name").filter(organization__name="Noord Grid").order_by("organization__country", "-id")[:9]),
    "order by a column that was named anew": lambda rows: list(rows.values_list("title").annotate(home=F("organization__name")).order_by("home", "-id")[:9]),
    "relations counted with a condition": lambda rows: rows.values_list("sector__label").filter(sector__label__contains="n").count(),
    "aggregate": lambda rows: rows.aggregate(Max("tlp"), Avg("severity"), n=Count("pk", filter=Q(tlp=0))),
    "groups": lambda rows: list(rows.values("tlp").annotate(n=Count("pk")).order_by("tlp")),
    "groups counted": lambda rows: rows.values("tlp").annotate(n=Count("pk")).order_by("tlp").count(),
    "distinct": lambda rows: sorted(rows.values_list("severity", flat=True).distinct()),
    "sub-query": lambda rows: Indicator.objects.filter(report__in=rows).count(),
    "slice of a slice": lambda rows: [r.pk for r in rows.order_by("-id")[2:20][3:5]],
    "union": lambda rows: len(rows.filter(tlp=0).union(rows.filter(tlp=1))),
    "or of two": lambda rows: (rows.filter(tlp=0) | rows.filter(tlp=2)).count(),
    "streamed": lambda rows: sorted(rows.values_list("title", flat=True).iterator(chunk_size=3)),
    "counted up to": lambda rows: (count_up_to(rows, 3), count_up_to(rows, 100)),
    "none": lambda rows: (rows.none().count(), list(rows.filter(pk__in=[]))),
    "in bulk": lambda rows: sorted(map(str, rows.in_bulk([r.pk for r in rows.order_by("id")[:4]]))),
    "locked": lambda rows: len(rows.select_for_update(of=("self",))),
}  # fmt: skip


def test_a_list_answers_as_the_composable_form(both):
    answers = {name: both(question) for name, question in QUESTIONS.items()}

    assert {name: pair for name, pair in answers.items() if pair[0] != pair[1]} == {}


def test_a_list_is_written_and_deleted_under_the_whole_rule(actor, reports):
    seen = visible(actor, HEAD, reports).count()

    assert 0 < seen < reports.count()
    assert listed(actor, HEAD, reports).update(affected_service="Touched") == seen
    assert reports.filter(affected_service="Touched").count() == seen
    gone, _ = listed(Actor(actor.user), "incidents.view_indicator", Indicator.objects.all()).delete()
    assert gone < 30 and Indicator.objects.count() == 30 - gone


def test_every_arm_is_read_by_itself(actor, reports):
    actor.holdings  # noqa: B018  (the facts are asked first)
    with CaptureQueriesContext(connection) as seen:
        list(listed(actor, HEAD, reports).order_by("-received_at", "-id")[:5])
        listed(actor, HEAD, reports).count()

    page, count = (query["sql"] for query in seen if "incidents_report" in query["sql"] and "UNION ALL" in query["sql"])
    assert page.count("LIMIT 5") == page.count("UNION ALL") + 2  # each arm, and the whole
    assert page.count("UNION ALL") == count.count("UNION ALL") >= 4
    assert "NOT (EXISTS" in count and " OR " not in count


def test_columns_of_relations_cost_neither_the_count_nor_the_arms_anything(actor, reports):
    rows = listed(actor, HEAD, reports).values_list("title", "organization__name", "sector__label")
    with CaptureQueriesContext(connection) as seen:
        list(rows.order_by("-received_at", "-id")[:5])
        rows.count()

    page, count = (query["sql"] for query in seen if "UNION ALL" in query["sql"])
    assert page.count('JOIN "partnership_organization"') == page.count('JOIN "partnership_sector"') == 1
    assert 'JOIN "partnership_' not in count


def test_a_person_with_nothing_gets_an_empty_list_without_a_query(nobody, reports):
    actor = Actor(nobody)
    assert listed(actor, HEAD, reports).count() == 0

    with CaptureQueriesContext(connection) as seen:
        assert list(listed(actor, HEAD, reports)) == []
    assert len(seen) == 0


def test_what_a_condition_leaves_out_includes_the_unknown(coordinator):
    """A coordinator of no group: comparing with NULL is neither true nor false, and must be left out exactly once."""
    from partnership.models import CorrectiveAction
    from tests.factories.partnership import CorrectiveActionFactory

    CorrectiveActionFactory(audience=None)
    CorrectiveActionFactory(audience=AudienceMemberFactory().audience)
    some = Q(audience_id__in=[CorrectiveAction.objects.exclude(audience=None).get().audience_id])

    assert CorrectiveAction.objects.filter(some).count() == 1
    assert CorrectiveAction.objects.filter(denied(some)).count() == 1


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (Q(tlp__lte=2), True), (Q(tlp__lt=2), False), (Q(tlp__gt=2), False), (Q(tlp__gte=2), True), (Q(tlp=2), True),
        (~Q(tlp=2), False), (Q(tlp=1) | Q(severity__in=[0, 3]), True), (Q(tlp=2) & Q(severity=4), False),
        (Q(closed_at__isnull=True), True), (Q(closed_at__gt=timezone.now()), False), (Q(sector__scheme="nis2"), True),
        (Q(pk__isnull=False), True), (Q(sector__in=Sector.objects.filter(code="nis2:energy").values("pk")), True),
        (Q(sector__in=Sector.objects.none().values("pk")), False),
    ],
)  # fmt: skip
def test_a_loaded_row_answers_as_the_database(condition, answer, db):
    report = ReportFactory(tlp=2, severity=3)

    assert holds(condition, report) is answer
    assert Report.objects.filter(condition).exists() is answer
    assert Report.objects.filter(denied(condition)).exists() is not answer


@pytest.mark.parametrize(
    "condition", [Q(title__icontains="a"), Q(indicators__type="ipv4"), Q(tlp=F("severity"))], ids=str
)
def test_what_is_no_comparison_of_columns_is_left_to_the_database(condition, db):
    with pytest.raises((NotComparable, AttributeError)):
        holds(condition, ReportFactory())


def test_the_parts_of_an_or_are_arms_of_their_own():
    assert alternatives(Q(tlp=1) | Q(severity=2)) == [Q(tlp=1), Q(severity=2)]
    assert alternatives(Q(tlp=1) & Q(severity=2)) == [Q(tlp=1) & Q(severity=2)]
    assert alternatives(~(Q(tlp=1) | Q(severity=2))) == [~(Q(tlp=1) | Q(severity=2))]


def test_the_start_fails_for_a_protected_model_without_policy_and_a_branch_without_negation(monkeypatch):
    assert checks.every_protected_model_has_a_policy(None) == checks.every_branch_has_a_negation(None) == []
    monkeypatch.setattr(table, "PERMISSIONS", {})
    monkeypatch.setattr(checks, "PERMISSIONS", table.PERMISSIONS)
    monkeypatch.setattr(Organization, "is_protected", True, raising=False)
    on_rows("partnership.see_it", Report, "See it", [Branch("way", "So it is.", lambda actor: None, negation=None)])

    found = checks.every_protected_model_has_a_policy(None) + checks.every_branch_has_a_negation(None)

    assert {(error.id, error.msg) for error in found} >= {
        ("access.E001", "partnership.Organization is protected and has no policy."),
        ("access.E002", "The branch “way” of partnership.see_it has no negation."),
    }
    assert HEAD in PERMISSIONS
