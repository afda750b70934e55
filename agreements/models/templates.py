"""Templates of agreements as dated reference data: what usually stands in an agreement of a kind."""

from django.db import models

from agreements.models.agreements import Agreement
from partnership.data_policy import classify
from partnership.models.reference import TERM_COLUMNS, ListTerm


class AgreementTemplate(ListTerm):
    """Terms that an agreement of a kind usually has, in the form of a version's canonical content.

    A draft begins with a copy of them; what is agreed is what the version says. A purpose may name another basis
    `for_authorities`, which is taken when a public authority leads (GDPR Article 6(1), last sentence).
    """

    kind = models.CharField(max_length=14, choices=Agreement.Kind)
    content = models.JSONField(default=dict)
    review_months = models.PositiveSmallIntegerField(
        default=12, help_text="The review date lies this many months after the draft was begun."
    )
    mechanism = models.ForeignKey(
        "partnership.TransferMechanism", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="The way by which personal data usually goes to a party abroad; empty when it should not go.",
    )  # fmt: skip
    documents = models.CharField(max_length=300, blank=True, help_text="What that way rests on.")

    data_policy = classify(open=f"{TERM_COLUMNS} kind content review_months mechanism documents")
