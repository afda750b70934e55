"""May this be shared? One answer for everything that asks: the row that allows it, or the reason why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agreements.models import Agreement, AgreementVersion, DataCategory, PermittedUse, Purpose, RetentionTerm
from agreements.retention.due import local_day
from partnership.countries import is_transfer
from partnership.errors import DomainError
from partnership.models import TLP, Organization


class NotInForce(DomainError):
    """Data is shared only under an agreement in force."""


class NotCovered(DomainError):
    """The agreement says nothing about this category of data."""


class NotPermitted(DomainError):
    """No permitted use of the agreement allows it."""


class LawEnded(DomainError):
    """No purpose of the agreement rests on a law that is still in force."""


@dataclass(frozen=True)
class Answer:
    """Yes with the row and version that allow it, or no with the reason."""

    use: PermittedUse | None
    because: str

    @property
    def is_yes(self) -> bool:
        return self.use is not None


def governing(agreement: Agreement, at: datetime) -> AgreementVersion:
    """The version that governs at a moment, on a day of the agreement's own calendar; or why none does."""
    version = agreement.governing
    if agreement.state != Agreement.State.IN_FORCE or version is None:
        raise NotInForce(
            f"{agreement.reference} is not in force ({agreement.get_state_display().lower()}).", field="filed_under"
        )
    if version.ends_on is not None and version.ends_on < local_day(at, agreement.time_zone):
        raise NotInForce(
            f"{agreement.reference} ended on {version.ends_on:%-d %B %Y}. Choose another agreement.",
            field="filed_under",
        )
    return version


def covered(agreement: Agreement, category: DataCategory, at: datetime) -> tuple[AgreementVersion, RetentionTerm]:
    """The governing version and retention term for data of a category; or, in a sentence, why nothing may be shared."""
    version = governing(agreement, at)
    _lawful(agreement, version, local_day(at, agreement.time_zone))
    term = RetentionTerm.objects.filter(version=version, category=category).first()
    if term is None:
        raise NotCovered(
            f"{agreement.reference} does not cover “{category.label}”. Choose another agreement.", field="filed_under"
        )
    return version, term


def _lawful(agreement: Agreement, version: AgreementVersion, today: date) -> list[Purpose]:
    """Purposes whose law is in force; the day after the last law has ended nothing more is shared."""
    purposes = list(version.purposes.select_related("legal_basis__rule_set").order_by("position"))
    alive = [purpose for purpose in purposes if is_lawful(purpose, today)]
    if alive:
        return alive
    last = max((day for purpose in purposes if (day := purpose.last_day_of_law)), default=None)
    ended = f" on {last:%-d %B %Y}" if last else ""
    raise LawEnded(
        f"The law on which {agreement.reference} rests ended{ended}. It must be amended before anything new is shared.",
        field="filed_under",
    )


def is_lawful(purpose: Purpose, today: date) -> bool:
    """Whether the law behind a purpose is in force on a day."""
    return (last := purpose.last_day_of_law) is None or last >= today


def ask(
    *, agreement: Agreement, purpose: Purpose | None, categories: Iterable[DataCategory], recipients: str, tlp: int,
    at: datetime, recipient: Organization | None = None,
) -> Answer:  # fmt: skip
    """May data of these categories, so marked, go to this class of recipients for that purpose, at this moment?

    Without a purpose, any purpose of the governing version counts. A named recipient abroad needs a way by which
    personal data gets there.
    """
    try:
        version = governing(agreement, at)
        today = local_day(at, agreement.time_zone)
        lawful = _lawful(agreement, version, today)
    except DomainError as error:
        return Answer(None, str(error))
    wanted = {category.pk: category.label for category in categories}
    barred = _handling_fault(version, wanted, tlp) or _transfer_fault(agreement, version, wanted, recipient)
    if barred:
        return Answer(None, barred)
    reasons: list[str] = []
    for use in version.permitted_uses.select_related("purpose").prefetch_related("categories").order_by("position"):
        if use.recipients != recipients or (purpose is not None and use.purpose_id != purpose.pk):
            continue
        fault = _fault(use, wanted, tlp, today, lawful)
        if not fault:
            return Answer(use, f"Permitted use {use.position} of {agreement.reference}, version {version.number}.")
        reasons.append(f"Permitted use {use.position}: {fault}")
    named = PermittedUse.Recipients(recipients).label.lower()
    return Answer(None, " ".join(reasons) or f"{agreement.reference} names no permitted use for {named}.")


def named(*, field: str | None = None, **asked: Any) -> PermittedUse:
    """The permitted use that allows what `ask` is asked; refuses with its reason, at a field, where none does."""
    answer = ask(**asked)
    if answer.use is None:
        raise NotPermitted(f"{answer.because} Ask the parties to amend it, or choose another way.", field=field)
    return answer.use


def _fault(use: PermittedUse, wanted: dict[str, str], tlp: int, today: date, lawful: list[Purpose]) -> str:
    if use.purpose not in lawful:
        return f"the law behind “{use.purpose.text}” has ended."
    if use.valid_from and today < use.valid_from:
        return f"it begins on {use.valid_from:%-d %B %Y}."
    if use.valid_until and today > use.valid_until:
        return f"it ended on {use.valid_until:%-d %B %Y}."
    if tlp > use.highest_tlp:
        return f"it takes data up to {TLP(use.highest_tlp).label}; this is {TLP(tlp).label}."
    listed = {category.pk for category in use.categories.all()}
    missing = [label for key, label in wanted.items() if listed and key not in listed]
    return f"it does not take “{missing[0]}”." if missing else ""


def _handling_fault(version: AgreementVersion, wanted: dict[str, str], tlp: int) -> str:
    for policy in version.handling_policies.filter(category__in=wanted).order_by("category_id"):
        if tlp > policy.tlp:
            label = wanted[policy.category_id]
            return f"The handling of “{label}” goes up to {TLP(policy.tlp).label}; this is {TLP(tlp).label}."
    return ""


def _transfer_fault(
    agreement: Agreement, version: AgreementVersion, wanted: dict[str, str], recipient: Organization | None
) -> str:
    if recipient is None or not is_transfer(agreement.lead.country, recipient.country):
        return ""
    if not version.data_items.filter(category__in=wanted, has_personal_data=True).exists():
        return ""
    transfer = version.transfers.filter(organization=recipient).first()
    if transfer is None:
        return f"No mechanism is agreed by which personal data goes to {recipient.name} ({recipient.country})."
    return f"Personal data may not go to {recipient.name}: {transfer.forbids}." if transfer.forbids else ""
