"""The list of reports at 100,000 visible rows, with the policy and without it, in turns. `python -m tests.benchmarks.bench_list`."""

import json
import statistics
import time

ROWS = 100_000
ROUNDS = 15


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    with scratch_database("bench_list"):
        for line in run():
            print(json.dumps(line))


def run():
    from django.test import RequestFactory

    from incidents.models import Report
    from incidents.views.reports import ReportList
    from partnership.access.actor import Actor
    from partnership.access.scope import visible

    people = world()
    for name, person in people.items():

        def rows_with(person=person):
            return visible(Actor(person), "incidents.view_report", Report.objects.all())

        def page(scoped, person=person):
            request = RequestFactory().get("/incidents/")
            request.user, request.actor, request.htmx = person, Actor(person), False
            view = ReportList()
            view.setup(request)
            if not scoped:
                view.filtered = lambda actor, parameters: (Report.objects.all(), None)
            return view.get(request)

        count = compare(rows_with, lambda: Report.objects.all(), lambda rows: rows.count())
        first = compare(
            rows_with,
            lambda: Report.objects.all(),
            lambda rows: list(rows.order_by("-received_at", "-id").values_list("pk", "title")[:50]),
        )
        whole = compare(lambda: True, lambda: False, page)
        yield {"person": name, "visible": rows_with().count(), "count": count, "first_50": first, "page": whole}


def compare(with_policy, without, act):
    """Median milliseconds of both, measured in turns, and their ratio."""
    times = {"policy": [], "plain": []}
    for _ in range(ROUNDS):
        for name, source in (("policy", with_policy), ("plain", without)):
            begin = time.perf_counter()
            act(source())
            times[name].append((time.perf_counter() - begin) * 1000)
    policy, plain = (statistics.median(times[name]) for name in ("policy", "plain"))
    return {"policy_ms": round(policy, 1), "plain_ms": round(plain, 1), "ratio": round(policy / plain, 2)}


def world(rows=ROWS, markings=(0, 1, 2, 2, 2, 3)):
    """Reports of 40 organizations under 12 agreements; a party to all, an owner of some, and an auditor."""
    import random
    from datetime import timedelta
    from uuid import uuid4

    from django.db import connection
    from django.utils import timezone

    from agreements.models import Engagement, RetentionTerm
    from incidents.models import IncidentKind, Report
    from partnership.models import Role, Sector
    from tests.factories.incidents import agreement_in_force
    from tests.factories.partnership import OrganizationFactory, member

    dice, now = random.Random(1), timezone.now()
    own, others = OrganizationFactory(), [OrganizationFactory() for _ in range(39)]
    agreements = [agreement_in_force(own, *others[n * 3 : n * 3 + 6]) for n in range(12)]
    terms = {a.pk: RetentionTerm.objects.get(version=a.governing) for a in agreements}
    sectors, kinds = list(Sector.objects.all()), list(IncidentKind.objects.all())
    Report.objects.bulk_create(
        (
            report(n, dice, now, agreements, terms, [own, *others], sectors, kinds, markings, uuid4, timedelta)
            for n in range(rows)
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE incidents_report")
    auditor = member(Role.AUDITOR)
    engagement = Engagement.objects.create(
        auditor=auditor,
        title="All",
        independence="Yes",
        since=now,
        until=now + timedelta(days=9),
        created_at=now,
        created_by=auditor,
    )
    engagement.agreements.set(agreements)
    return {"liaison officer, party to all": member(Role.LIAISON_OFFICER, own), "auditor of all": auditor}


def report(n, dice, now, agreements, terms, organizations, sectors, kinds, markings, uuid4, timedelta):
    from incidents.models import Report

    agreement = dice.choice(agreements)
    term = terms[agreement.pk]
    at = now - timedelta(minutes=dice.randrange(1_000_000))
    return Report(
        pk=uuid4(), reference=f"INC-2026-{n:06}", title=f"Something happened, number {n}", organization=dice.choice(organizations), agreement=agreement,
        version_id=term.version_id, term=term, category_id=term.category_id, sector=dice.choice(sectors), kind=dice.choice(kinds),
        severity=dice.randrange(5), tlp=dice.choice(markings), received_at=at, retention_start=at.date(), retain_until=at.date(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
