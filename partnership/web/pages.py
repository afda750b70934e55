"""The pages that all apps share: a list, a record, a form, a confirmation.

Each page declares its permission. What a person may not see answers 404, as if it were absent. A page holds no rule:
it loads through `scope`, binds a form, calls one action and turns a domain error into a form error.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django.contrib import messages
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from partnership.access.decide import can, explain
from partnership.access.exceptions import kind_of
from partnership.access.scope import get_or_404, listed
from partnership.audit.sentences import timeline
from partnership.errors import DomainError
from partnership.security import note
from partnership.tables import SOURCES, Column, Table, TableSource, source
from partnership.web import stepup
from partnership.web.cells import cell

EXPORT_FORMATS = [("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF"), ("json", "JSON")]


class Page(View):
    """What every page knows: its permission, its title, its way back."""

    permission: ClassVar[Any] = None
    fresh: ClassVar[bool | tuple[str, ...]] = (
        False  # asks for a second factor proven within the last minutes; True, or the methods for which it asks
    )
    page_title = ""
    lead = ""
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = self.fresh is True or (self.fresh and request.method in self.fresh)
        answer = stepup.ask(request) if wanted and self.asks_again() else None
        return answer or super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def asks_again(self) -> bool:
        """Whether this person can be asked at all; only the first second factor is set up without one."""
        return True

    @property
    def actor(self):
        return self.request.actor

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return []

    def context(self, **more: Any) -> dict[str, Any]:
        return {
            "page_title": self.page_title,
            "lead": self.lead,
            "breadcrumbs": self.get_breadcrumbs(),
            "page": self,
            **more,
        }

    def show(self, status: int = 200, **more: Any) -> HttpResponse:
        return render(self.request, self.template_name, self.context(**more), status=status)


class ListPage(Page):
    """A list with filters, chips, count, sorting, pages, and the export of exactly what is filtered.

    A subclass gives `source_name` (under which exports find it), `columns`, `queryset()` (unscoped), `filterset`,
    `ordering` (a total order, ending in a unique column) and `row_url_name`.
    """

    template_name = "components/list_page.html"
    source_name = ""
    columns: ClassVar[list[Column]] = []
    filterset: ClassVar[type[django_filters.FilterSet] | None] = None
    ordering: ClassVar[tuple[str, ...]] = ("pk",)
    row_url_name = ""
    per_page = 50
    count_label = "records"
    empty: ClassVar[tuple[str, str]] = ("Nothing here yet", "Nothing matches, or nothing has been recorded.")
    marking = 2
    exportable = True

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if cls.source_name and cls.exportable:
            source(TableSource(cls.source_name, cls.page_title, cls.permission, cls.table))

    def queryset(self) -> QuerySet:
        raise NotImplementedError

    def actions(self) -> list[tuple[str, str, bool]]:
        """Buttons above the list: (label, url, is primary)."""
        return []

    @classmethod
    def table(cls, actor: Any, parameters: Mapping[str, Any]) -> Table:
        """The filtered list as a table, for exports and for the API."""
        page = cls()
        rows, filters = page.filtered(actor, parameters)
        if filters is not None and not filters.form.is_valid():
            rows = rows.none()
        return Table(
            cls.source_name, cls.page_title, cls.columns, queryset=rows.order_by(*page.order(parameters)),
            marking=cls.marking, parameters={k: str(v) for k, v in parameters.items()},
        )  # fmt: skip

    def scoped(self, actor: Any) -> QuerySet:
        """The rows that the person may see."""
        return listed(actor, self.permission, self.queryset())

    def filtered(self, actor: Any, parameters: Mapping[str, Any]) -> tuple[QuerySet, Any]:
        rows = self.scoped(actor)
        if self.filterset is None:
            return rows, None
        filters = self.filterset(parameters or {}, queryset=rows, request=_Asked(actor))
        return (filters.qs if filters.form.is_valid() else rows.none()), filters

    def order(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """The asked order followed by the page's own, which makes it total."""
        asked = str(parameters.get("sort", ""))
        by_name = {column.name: column.order for column in self.columns if column.order}
        path = by_name.get(asked.lstrip("-"))
        return (("-" if asked.startswith("-") else "") + path, *self.ordering) if path else self.ordering

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows, filters = self.filtered(self.actor, request.GET)
        shown = [column for column in self.columns if column.on_screen]
        table = Table(self.source_name, self.page_title, shown, queryset=rows.order_by(*self.order(request.GET)))
        paginator = Paginator(table.values(with_key=True), self.per_page)
        try:
            page = paginator.page(request.GET.get("page", 1))
        except PageNotAnInteger:
            page = paginator.page(1)
        except EmptyPage:
            page = paginator.page(paginator.num_pages)
        return self.show(
            columns=[self._heading(column) for column in shown],
            rows=[self._row(shown, values) for values in page.object_list],
            filter_form=filters.form if filters is not None else None,
            chips=self._chips(filters),
            count=paginator.count,
            count_label=self.count_label,
            pages=self._pages(page),
            exports=self._exports(),
            actions=self.actions(),
            empty={"title": self.empty[0], "text": self.empty[1]},
        )

    def row_url(self, key: Any) -> str:
        return reverse(self.row_url_name, kwargs={"pk": key}) if self.row_url_name else ""

    def _row(self, shown: list[Column], values: tuple[Any, ...]) -> list[Any]:
        url = self.row_url(values[0])
        return [
            cell(column, value, url if column.links else "") for column, value in zip(shown, values[1:], strict=True)
        ]

    def _heading(self, column: Column) -> dict[str, Any]:
        asked = self.request.GET.get("sort", "")
        sorted_ = "asc" if asked == column.name else "desc" if asked == f"-{column.name}" else ""
        next_ = f"-{column.name}" if sorted_ == "asc" else column.name
        return {
            "name": column.name, "label": column.label, "numeric": column.kind == "number", "sorted": sorted_,
            "sort_url": self._url(sort=next_, page=None) if column.order else "",
        }  # fmt: skip

    def _url(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}" if query else "?"

    def _chips(self, filters: Any) -> list[tuple[str, str]]:
        if filters is None or not filters.form.is_valid():
            return []
        chips = []
        for name, bound in filters.form.fields.items():
            value = filters.form.cleaned_data.get(name)
            if value in (None, "", [], False) or (hasattr(value, "exists") and not value):
                continue
            chips.append((f"{bound.label or name}: {_in_words(bound, value)}", self._url(**{name: None, "page": None})))
        return chips

    def _pages(self, page: Any) -> dict[str, Any]:
        return {
            "number": page.number, "count": page.paginator.num_pages,
            "previous_url": self._url(page=page.number - 1) if page.has_previous() else "",
            "next_url": self._url(page=page.number + 1) if page.has_next() else "",
            "items_list": [
                {"number": number, "url": self._url(page=number) if isinstance(number, int) else "",
                 "current": number == page.number}
                for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            ],
        }  # fmt: skip

    def _exports(self) -> list[tuple[str, str]]:
        if self.source_name not in SOURCES:
            return []
        base = reverse("partnership:export-new", kwargs={"source": self.source_name})
        asked = {k: v for k, v in self.request.GET.lists() if k != "page"}
        return [(label, f"{base}?{urlencode({**asked, 'format': code}, doseq=True)}") for code, label in EXPORT_FORMATS]


class _Asked:
    """What filters may know of the request: the actor, so that their choices are scoped too."""

    def __init__(self, actor: Any):
        self.actor = actor
        self.user = actor.user


def _in_words(field: Any, value: Any) -> str:
    if hasattr(value, "model"):
        return ", ".join(str(item) for item in value)
    choices = dict(getattr(field, "choices", ()) or ()) if not hasattr(field, "queryset") else {}
    by_text = {str(code): label for code, label in choices.items()}
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(by_text.get(str(item), item)) for item in values)


class RecordPage(Page):
    """One record that the actor may see, with its timeline and the reason why it is visible."""

    model: ClassVar[Any] = None
    url_key = "pk"

    def queryset(self) -> QuerySet:
        return self.model._default_manager.all()

    def load(self) -> Any:
        return get_or_404(self.actor, self.permission, self.queryset(), pk=self.kwargs[self.url_key])

    def extra(self) -> dict[str, Any]:
        """What the template needs beside the record."""
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.object = self.load()
        return self.show(
            object=self.object, timeline=self.timeline(), why=explain(self.actor, self.permission, self.object),
            audience_url=self._audience_url(), **self.extra(),
        )  # fmt: skip

    def timeline(self) -> Any:
        return timeline(self.object)

    def _audience_url(self) -> str:
        """Where its owner reads who can see it; nothing for others."""
        kind = kind_of(self.object)
        if kind is None or not can(self.actor, kind.decided_by, self.object):
            return ""
        return reverse("partnership:audience", kwargs={"kind": kind.name, "pk": self.object.pk})


class FormPage(Page):
    """A form in front of one action. `act` calls it; a domain error becomes an error of the form."""

    template_name = "components/form_page.html"
    form_class: ClassVar[type[BaseForm] | None] = None
    submit_label = "Save"
    success_message = ""

    def prepare(self) -> None:
        """Load what the form is about, through `scope`; raise Http404 when it is not to be had."""

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        assert self.form_class is not None
        return self.form_class(data, files, **self.form_kwargs())

    def act(self, form: Any) -> Any:
        """Call the action and return what it made."""
        raise NotImplementedError

    def success_url(self, made: Any) -> str:
        raise NotImplementedError

    def cancel_url(self) -> str:
        return next((url for _, url in reversed(self.get_breadcrumbs()) if url), "/")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.prepare()
        return self.show(form=self.make_form(), submit_label=self.submit_label, cancel_url=self.cancel_url())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.prepare()
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = self.act(form)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                if error.alarm:
                    note(error.alarm, request=request)
            else:
                if self.success_message:
                    messages.success(request, self.success_message)
                return redirect(self.success_url(made))
        return self.show(status=422, form=form, submit_label=self.submit_label, cancel_url=self.cancel_url())


class RecordFormPage(FormPage):
    """A form about one record on which the actor holds the page's permission."""

    model: ClassVar[Any] = None

    def queryset(self) -> QuerySet:
        return self.model._default_manager.all()

    def prepare(self) -> None:
        self.object = get_or_404(self.actor, self.permission, self.queryset(), pk=self.kwargs["pk"])

    def success_url(self, made: Any) -> str:
        return self.cancel_url()


class ConfirmPage(RecordFormPage):
    """Says what will happen to one record, asks for a reason where one is due, and does it."""

    template_name = "components/confirm_page.html"
    consequences: ClassVar[list[str]] = []
    is_dangerous = False

    def get_consequences(self) -> list[str]:
        return list(self.consequences)

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(consequences=self.get_consequences(), is_dangerous=self.is_dangerous,
                               object=self.object, **more)  # fmt: skip


def now() -> Any:
    """The moment at which a view was called: the door reads the clock and passes it in."""
    return timezone.now()


__all__ = ["ConfirmPage", "FormPage", "Http404", "ListPage", "Page", "RecordFormPage", "RecordPage", "now"]
