"""What a departure touches, by counting, from the predicates that the act and the engine use; it writes nothing.

A line about something that is acted upon has a mark beside its count, made of the keys counted, so that another set of
the same size is noticed. Lines without one tell what goes on by itself, such as sessions, and may change meanwhile.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from agreements.models import (
    Agreement,
    AgreementVersion,
    DeletionRecord,
    LegalHold,
    Party,
    Proposal,
    Remark,
    RetentionTerm,
)
from agreements.retention import predicate, rows
from partnership.access.exceptions import KINDS
from partnership.models import TLP, ApiToken, Export, Membership, Session, User

PARTS = {
    "given": "Data given", "received": "Data received", "access": "Access that ends", "open": "What is open",
    "holds": "Holds that stop deletion", "duties": "Duties that stay",
}  # fmt: skip
THEN = {"delete": "deleted", "anonymise": "anonymised", "return": "returned, then deleted"}


@dataclass(frozen=True)
class Line:
    """So many of something, and what becomes of it. Counts and names of kinds; no content."""

    part: str
    what: str
    count: int
    becomes: str
    mark: str = ""

    @property
    def as_data(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "mark"}


def lines(party: Party, at: datetime) -> list[Line]:
    """Everything that the departure of a party touches at a moment."""
    return [
        *_given(party, at), *_received(party, at), *_access(party, at), *_open(party), *_holds(party), *_duties(party),
    ]  # fmt: skip


def digest(found: list[Line]) -> str:
    """SHA-256 over the lines with their marks: the same exactly when the same things are touched."""
    acted_upon = [asdict(line) for line in found if line.mark]
    return hashlib.sha256(json.dumps(acted_upon, sort_keys=True).encode()).hexdigest()


def grown(before: list[dict[str, Any]], found: list[Line]) -> list[str]:
    """What differs between an earlier preview and what is found now, in words; empty when the counts are the same."""
    told = {(line.part, line.what) for line in found if not line.mark}  # counted to be told, not acted upon
    known = {key: line["count"] for line in before if (key := (line["part"], line["what"])) not in told}
    now = {(line.part, line.what): line.count for line in found if line.mark}
    return [
        f"{PARTS[part]}: {what}: {known.get((part, what), 0):,} before, {now.get((part, what), 0):,} now."
        for part, what in sorted(known | now)
        if known.get((part, what), 0) != now.get((part, what), 0)
    ]


def _counted(party: Party, own: bool, more: str, at: datetime) -> Iterator[tuple[Any, ...]]:
    """(category, term's action, count, mark, held, due, last day) of records under the agreement, filed by it or by others."""
    who = "r.organization_id = %(own)s" if own else "r.organization_id <> %(own)s"
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT c.label, t.action, count(*), coalesce(bit_xor(hashtextextended(r.id::text, 0)), 0),"
                f" count(*) FILTER (WHERE ({predicate.HOLD}) IS NOT NULL), count(*) FILTER (WHERE {predicate.DUE} AND ({predicate.HOLD}) IS NULL),"
                f" max(r.retain_until) FROM {predicate.source(model)} JOIN agreements_datacategory c ON c.code = t.category_id"
                f" WHERE r.agreement_id = %(agreement)s AND {who} {more} GROUP BY c.label, c.position, t.action"
                " ORDER BY c.position, c.label, t.action",
                {"own": party.organization_id, "agreement": party.agreement_id, "at": at, "label": predicate.label(model),
                 "ceiling": TLP.AMBER_STRICT},
            )  # fmt: skip
            yield from cursor.fetchall()


def _given(party: Party, at: datetime) -> Iterator[Line]:
    for label, action, count, mark, held, due, last in _counted(party, True, "", at):
        yield Line("given", label, count, _fate(action, held, due, count, last), str(mark))
    gone = DeletionRecord.objects.filter(agreement_id=party.agreement_id, organization_id=party.organization_id)
    if done := gone.count():
        yield Line(
            "given",
            "Records whose time was over",
            done,
            "Deleted, anonymised or returned already; certificates prove it.",
        )


def _fate(action: str, held: int, due: int, count: int, last: date | None) -> str:
    then = THEN[action]
    words = [f"Kept as agreed, the last until {last:%-d %B %Y}, then {then}." if last else
             f"Kept as agreed until its period begins with the end of the agreement or incident, then {then}."]  # fmt: skip
    if due == count and due:
        words = [f"Its time is over: {then} by the next run."]
    elif due:
        words.append(f"{due:,} are over and {then} by the next run.")
    if held:
        words.append(f"{held:,} under a legal hold: not deleted while it lasts.")
    return " ".join(words)


# What a party could read of others by being a party; the rule is the branch of the policy of the records.
REACHED = "AND r.tlp <= %(ceiling)s AND (r.expires_at IS NULL OR r.expires_at > %(at)s)"


def _received(party: Party, at: datetime) -> Iterator[Line]:
    for label, action, count, mark, *_ in _counted(party, False, REACHED, at):
        yield Line("received", label, count, "No longer shown to the leaver. It stays with those who gave it"
                   f" and is {THEN[action]} at its end; the leaver's own copies are destroyed or returned.", str(mark))  # fmt: skip
    taken = Export.objects.filter(requested_by__in=people(party), requested_at__gte=party.since)
    if count := taken.count():
        kept = files(party).count()
        yield Line("received", "Files taken out", count, f"{kept:,} still kept in the portal are removed; copies elsewhere are"
                   " destroyed and attested.", str(kept))  # fmt: skip


def people(party: Party) -> QuerySet[User]:
    """People of the organization who have no other way to be of a party of the agreement."""
    others = Party.objects.not_over().filter(agreement=party.agreement_id).exclude(organization=party.organization_id)
    theirs = Membership.objects.in_force().filter(organization__in=others.values("organization"))
    own = Membership.objects.in_force().filter(organization=party.organization_id)
    found = User.objects.filter(is_active=True, pk__in=own.values("user"))
    return found.exclude(pk__in=theirs.values("user"))


def files(party: Party) -> QuerySet[Export]:
    """Their exports that are still to be had: each may hold what came by the agreement, and can be made again without it."""
    return Export.objects.filter(requested_by__in=people(party), file__isnull=False)


def exceptions(party: Party) -> Iterator[QuerySet[Any]]:
    """Live exceptions by which people of the party were let in to the agreement or its records by name."""
    for kind in KINDS.values():
        if kind.model is Agreement:
            scope = {"content_object": party.agreement_id}
        elif kind.model in rows.models():
            scope = {"content_object__agreement": party.agreement_id}
        else:
            continue
        live = kind.person._default_manager.filter(revoked_at__isnull=True, user__in=people(party), **scope)
        yield live.filter(closed_at__isnull=True)


def _access(party: Party, at: datetime) -> Iterator[Line]:
    who = people(party)
    yield Line("access", "People", who.count(), "Lose the agreement, its versions and the reports of the others. Those who"
               " speak for the organization keep the page of this departure.", _mark(who))  # fmt: skip
    found = [row for table in exceptions(party) for row in table.filter(expires_at__gt=at)]
    yield Line(
        "access", "Exceptions by name", len(found), "Ended.", _keys(f"{row._meta.label}{row.pk}" for row in found)
    )
    groups = User.objects.filter(
        pk__in=who, audience_memberships__until__isnull=True, audience_memberships__isnull=False
    )
    yield Line("access", "Members of groups and councils", groups.distinct().count(), "Stay members; reports of this"
               " agreement are no longer shown to them there.")  # fmt: skip
    sessions = Session.objects.filter(user__in=who, expire_date__gt=at).count()
    yield Line(
        "access",
        "Sessions",
        sessions,
        "Go on for other work and show nothing of this agreement from the next request on.",
    )
    tokens = ApiToken.objects.filter(user__in=who, revoked_at__isnull=True, expires_at__gt=at)
    yield Line("access", "API tokens", tokens.count(), "Read nothing of this agreement from the next call on.")


def _open(party: Party) -> Iterator[Line]:
    version = AgreementVersion.objects.filter(agreement=party.agreement_id).order_by("-number").first()
    waits = version is not None and version.is_frozen and not version.signatures.filter(party=party).exists()
    yield Line("open", "Signatures owed", int(waits), "Not needed any more; the others' signatures decide.", str(waits))
    own = {"version__agreement": party.agreement_id, "organization": party.organization_id}
    remarks = Remark.objects.filter(closed_at__isnull=True, **own)
    yield Line("open", "Remarks", remarks.count(), "The lead answers them.", _mark(remarks))
    proposals = Proposal.objects.filter(state="open", **own)
    yield Line("open", "Proposals", proposals.count(), "The lead decides on them.", _mark(proposals))


def handed_over(party: Party) -> QuerySet[LegalHold]:
    """Holds on the agreement that were placed for the leaver: the lead answers for them afterwards."""
    return LegalHold.objects.active().filter(agreement=party.agreement_id, owner=party.organization_id)


def _holds(party: Party) -> Iterator[Line]:
    scope = Q(agreement=party.agreement_id) | Q(organization=party.organization_id)
    for hold in LegalHold.objects.active().filter(scope).order_by("reference"):
        taken = " The lead takes it over." if hold.agreement_id and hold.owner_id == party.organization_id else ""
        yield Line(
            "holds", hold.reference, 1, f"Not deleted while it lasts: {hold.get_ground_display()}.{taken}", str(hold.pk)
        )


def owed(party: Party) -> list[tuple[UUID, str, str]]:
    """(organization, direction, category) of each attestation that the departure asks for.

    The other parties attest what they hold of the leaver, and the leaver what it holds of them: every category in which
    anything was filed that the others could read, deleted here by now or not.
    """
    others = Party.objects.in_force().filter(agreement=party.agreement_id).exclude(organization=party.organization_id)
    recipients = sorted(set(others.values_list("organization_id", flat=True)), key=str)
    given, received = _categories(party, own=True), _categories(party, own=False)
    return [(one, "given", category) for one in recipients for category in given] + [
        (party.organization_id, "received", category) for category in received
    ]


def _categories(party: Party, *, own: bool) -> list[str]:
    mine = Q(organization_id=party.organization_id)
    shared = Q(tlp__lte=TLP.AMBER_STRICT) & (mine if own else ~mine)
    found: set[str] = set()
    for model in rows.models():
        kept = model._default_manager.filter(shared, agreement=party.agreement_id).order_by()
        found |= set(kept.values_list("term__category", flat=True).distinct())
    gone = DeletionRecord.objects.filter(shared, agreement_id=party.agreement_id, term_id=OuterRef("pk"))
    found |= set(RetentionTerm.objects.filter(Exists(gone)).values_list("category", flat=True))
    return sorted(found)


def _duties(party: Party) -> Iterator[Line]:
    due = owed(party)
    of_others = [entry for entry in due if entry[1] == "given"]
    yield Line("duties", "Attestations by the others", len(of_others), "Each recipient attests, by category, that it"
               " destroyed or returned what it received, or names the law by which it keeps it.", _keys(map(str, of_others)))  # fmt: skip
    own = [entry for entry in due if entry[1] == "received"]
    yield Line("duties", "Attestations by the leaver", len(own), "The same for what it received.", _keys(map(str, own)))


def _mark(found: QuerySet[Any]) -> str:
    return _keys(map(str, found.order_by("pk").values_list("pk", flat=True)))


def _keys(keys: Any) -> str:
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:16]
