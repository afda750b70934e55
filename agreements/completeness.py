"""What a data-sharing agreement should say, after the ICO's data sharing code, annexes A and B; and whether it does.

What must be there before it can be sent is in `versions.gaps`; this list is longer and only advises.
"""

from dataclasses import dataclass
from datetime import date

from agreements.actions import versions
from agreements.models import Agreement, AgreementVersion, Clause


@dataclass(frozen=True)
class Item:
    """One content, whether it is there, whether sending waits for it, and the step where it is entered."""

    title: str
    is_there: bool
    is_needed: bool
    step: str
    detail: str = ""


def check(agreement: Agreement, version: AgreementVersion, today: date) -> list[Item]:
    """Every content in the order of the code."""
    missing: dict[str, list[str]] = {}
    for step, sentence in versions.gaps(agreement, version, today):
        missing.setdefault(step, []).append(sentence)

    def needed(title: str, step: str) -> Item:
        return Item(title, step not in missing, True, step, " ".join(missing.get(step, ())))

    def advised(title: str, is_there: bool, step: str, detail: str = "") -> Item:
        return Item(title, is_there, False, step, "" if is_there else detail)

    said = set(version.clauses.values_list("subject", flat=True))
    categories = set(version.data_items.values_list("category_id", flat=True))
    handled = set(version.handling_policies.values_list("category_id", flat=True))
    redacted = set(version.redaction_steps.values_list("category_id", flat=True))
    personal = set(version.data_items.filter(has_personal_data=True).values_list("category_id", flat=True))
    contacts = agreement.parties.filter(until__isnull=True, contact="").count()
    return [
        needed("Parties and their roles", "parties"),
        advised("Contact of every party", contacts == 0, "parties", f"{contacts} parties name nobody to ask."),
        needed("Aims, necessity, benefits, first day", "basics"),
        advised("Review date", version.review_on is not None, "basics", "Say when it is reviewed."),
        advised("Last day", version.ends_on is not None, "basics", "Without a last day it runs until somebody ends it."),
        needed("Purposes with their legal bases", "purposes"),
        advised("Condition for special categories", not personal or version.purposes.filter(special_condition__isnull=False).exists(), "purposes",
                "Needed only where health, political views or the like may be among the data."),
        needed("Data and how long each is kept", "data"),
        advised("Redaction of every category with personal data", personal <= redacted, "redaction", "Say what is taken out before release."),
        advised("Handling of every category", categories <= handled, "handling", "Say up to which marking, and what recipients may do."),
        needed("Permitted uses", "uses"),
        needed("Transfers to other countries", "transfers"),
        *(advised(subject.label, subject.value in said, "clauses", "Not written yet.") for subject in Clause.Subject),
    ]  # fmt: skip
