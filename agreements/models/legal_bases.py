"""Legal bases as dated reference data: the articles on which personal data may be shared."""

from django.db import models

from partnership.data_policy import classify
from partnership.models.reference import TERM_COLUMNS, ListTerm


class LegalBasis(ListTerm):
    """A ground in law for a purpose; some need the law cited, one is closed to public authorities."""

    law = models.CharField(max_length=120)
    article = models.CharField(max_length=40)
    needs_law_cited = models.BooleanField(default=False, help_text="GDPR Article 6(1)(c) and (e).")
    refused_for_authorities = models.BooleanField(default=False, help_text="GDPR Article 6(1)(f), last sentence.")

    data_policy = classify(open=f"{TERM_COLUMNS} law article needs_law_cited refused_for_authorities")


class SpecialCondition(ListTerm):
    """A condition under which special categories of personal data may be processed (GDPR Article 9(2))."""

    article = models.CharField(max_length=40)

    data_policy = classify(open=f"{TERM_COLUMNS} article")


class DataCategory(ListTerm):
    """A kind of data that partners share, and whether it holds personal data."""

    has_personal_data = models.BooleanField()

    data_policy = classify(open=f"{TERM_COLUMNS} has_personal_data")
