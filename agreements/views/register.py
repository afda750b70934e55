"""The public register: which agreements are in force among whom, for what, since when and until when; nothing more."""

from typing import Any

import django_filters
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View

from agreements.models import Agreement, Party, Purpose
from partnership.access.declare import OpenToAll
from partnership.exports import as_json
from partnership.models import TLP
from partnership.tables import Column
from partnership.web.pages import ListPage

PUBLIC = OpenToAll(
    "Who exchanges data with whom, and for what, is for everybody to know; the register holds nothing else."
)


def _listed(rows: QuerySet, owner: str, words: str) -> Subquery:
    """The rows below each agreement as one text."""
    found = rows.filter(**{owner: OuterRef("pk" if owner == "agreement" else "governing")}).order_by().values(owner)
    return Subquery(found.annotate(words=StringAgg(words, "; ", order_by=words)).values("words"))


class RegisterFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Reference, party or purpose contains", method="by_text")

    class Meta:
        model = Agreement
        fields = ["text"]

    def by_text(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        parties = Party.objects.in_force().filter(organization__name__icontains=value)
        purposes = Purpose.objects.filter(text__icontains=value)
        return queryset.filter(
            Q(reference__icontains=value) | Q(pk__in=parties.values("agreement")) | Q(governing__in=purposes.values("version"))
        )  # fmt: skip


class Register(ListPage):
    """Agreements in force, for everybody."""

    permission = PUBLIC
    page_title = "Register of agreements"
    lead = "Every agreement in force under which partners exchange data here: its parties, its purposes and its dates."
    source_name = "public:register"
    filterset = RegisterFilter
    exportable = False  # exports are for people who are signed in; this table goes out as JSON
    marking = TLP.CLEAR
    ordering = ("-in_force_since", "reference")
    count_label = "agreements in force"
    empty = ("No agreement is in force", "An agreement stands here from the day on which it begins.")
    columns = [
        Column("reference", "Agreement"),
        Column(
            "parties", "Parties", source=_listed(Party.objects.in_force(), "agreement", "organization__name"), sort=None
        ),
        Column("purposes", "Purposes", source=_listed(Purpose.objects.all(), "version", "text"), sort=None),
        Column("in_force_since", "In force since", kind="day"),
        Column("ends_on", "Ends on", source="governing__ends_on", kind="day"),
    ]

    def scoped(self, actor: Any) -> QuerySet:
        """The same rows for everybody, whoever asks."""
        last = Q(governing__ends_on__isnull=True) | Q(governing__ends_on__gte=timezone.now().date())
        return Agreement.objects.in_force().filter(last, governing__isnull=False)

    def _exports(self) -> list[tuple[str, str]]:
        return [("JSON", reverse("public:register-data"))]


class RegisterData(View):
    """The whole register for machines."""

    permission = PUBLIC

    def get(self, request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(as_json.write(Register.table(request.actor, {})), content_type="application/json")
