"""Pages of imports: give a file, see what the dry run found, decide."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse

from incidents.actions import imports
from incidents.forms.filters import ImportFilters
from incidents.forms.parts import ImportForm
from incidents.forms.reports import CloseForm
from incidents.models import Import
from partnership.access.decide import may_somewhere
from partnership.jobs.job import progress_of
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordPage, now

STATE_TONE = {"checking": "info", "checked": "warn", "importing": "info", "imported": "good", "refused": "bad"}
RUNNING = (Import.State.CHECKING, Import.State.IMPORTING)
FAULTS_A_PAGE = 100


class ImportList(ListPage):
    permission = "incidents.view_import"
    page_title = "Imports"
    source_name = "incidents:import-list"
    row_url_name = "incidents:import-detail"
    count_label = "imports"
    filterset = ImportFilters
    ordering = ("-started_at", "-id")
    columns: ClassVar[list[Column]] = [
        Column("file_name", "File", links=True),
        Column("organization", "Organization", "organization__name", sort=None),
        Column("agreement", "Agreement", "agreement__reference", sort=None),
        Column("tlp", "Marking", kind="tlp"),
        Column("state", "State", kind="choice", choices=dict(Import.State.choices), tone=STATE_TONE),
        Column("read_count", "Read", kind="number"),
        Column("good_count", "Good", kind="number"),
        Column("bad_count", "Bad", kind="number"),
        Column("known_count", "Known", kind="number"),
        Column("started_at", "Given", kind="moment"),
    ]

    def queryset(self) -> QuerySet[Import]:
        return Import.objects.all()

    def actions(self) -> list[tuple[str, str, bool]]:
        allowed = may_somewhere(self.actor, "incidents.file_under")
        return [("Import a file", reverse("incidents:import-new"), True)] if allowed else []


class ImportNew(FormPage):
    permission = "incidents.file_under"
    page_title = "Import incidents"
    upload_limit = "PORTAL_IMPORT_MAX_BYTES"
    lead = "A VERIS file is read as a whole first. Nothing comes in before you have seen what was found and decided."
    form_class = ImportForm
    submit_label = "Check the file"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("Imports", reverse("incidents:import-list")), (self.page_title, None)]

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def act(self, form: Any) -> Import:
        data, term = form.cleaned_data, form.cleaned_data["filed_under"]
        return imports.start(
            organization=data["organization"], agreement=term.version.agreement, category=term.category, tlp=data["tlp"],
            file_name=data["file"].name, chunks=data["file"].chunks(), size=data["file"].size, by=self.actor.user, at=now(),
        )  # fmt: skip

    def success_url(self, made: Import) -> str:
        return reverse("incidents:import-detail", kwargs={"pk": made.pk})


class ImportDetail(RecordPage):
    """How far the check or the import is, what was found line by line, and the decision."""

    permission = "incidents.view_import"
    model = Import
    template_name = "incidents/import_detail.html"

    def queryset(self) -> QuerySet[Import]:
        return Import.objects.select_related(
            "organization", "agreement", "category", "job", "started_by", "imported_by"
        )

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [("Imports", reverse("incidents:import-list")), (self.object.file_name, None)]

    def extra(self) -> dict[str, Any]:
        given = self.object
        has_failed = given.state in RUNNING and imports.has_failed(given)
        faults = Paginator(given.errors, FAULTS_A_PAGE).get_page(self.request.GET.get("page"))
        return {
            "page_title": f"Import of {given.file_name}", "has_failed": has_failed,
            "is_running": given.state in RUNNING and not has_failed, "faults": faults,
            "progress": progress_of(given.job) if given.job else None, "may_decide": imports.may_decide(given), "may_refuse": imports.may_refuse(given),
            "state_tone": STATE_TONE[given.state],
        }  # fmt: skip


class Decision(ConfirmPage):
    """What the person decides about a checked import."""

    permission = "incidents.view_import"
    model = Import
    form_class = CloseForm

    def queryset(self) -> QuerySet[Import]:
        return Import.objects.select_related("organization", "agreement")

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        form = CloseForm(data)
        del form.fields["because"]
        return form

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        here = reverse("incidents:import-detail", kwargs={"pk": self.object.pk})
        return [("Imports", reverse("incidents:import-list")), (self.object.file_name, here), (self.page_title, None)]


class ImportAccept(Decision):
    page_title = "Import all"
    submit_label = "Import"

    def get_consequences(self) -> list[str]:
        given = self.object
        return [f"{given.good_count:,} incidents come in under {given.agreement.reference}, all at once.",
                f"{given.known_count:,} came in before and stay as they are."]  # fmt: skip

    def act(self, form: Any) -> Import:
        return imports.decide(given=self.object, skip_bad=False, by=self.actor.user, at=now())


class ImportAcceptGood(ImportAccept):
    page_title = "Import the good lines"
    submit_label = "Import the good ones"

    def get_consequences(self) -> list[str]:
        return [
            *super().get_consequences(),
            f"{self.object.bad_count:,} lines are left out; they stay listed on the import's page.",
        ]

    def act(self, form: Any) -> Import:
        return imports.decide(given=self.object, skip_bad=True, by=self.actor.user, at=now())


class ImportRefuse(Decision):
    page_title = "Import nothing"
    submit_label = "Import nothing"
    is_dangerous = True
    consequences: ClassVar[list[str]] = ["Nothing of the file comes in, and the file is erased."]

    def act(self, form: Any) -> Import:
        return imports.refuse(given=self.object, by=self.actor.user, at=now())
