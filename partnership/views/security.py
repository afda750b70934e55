"""Pages about what was refused, and the place to which browsers report breaches of the page policy."""

from urllib.parse import urlsplit

import django_filters
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from partnership.access.declare import OpenToAll
from partnership.guarded_json import BadJson, loads
from partnership.models import SecurityEvent, User
from partnership.security import note
from partnership.tables import Column
from partnership.web.pages import ListPage

MOST_BYTES = 8 * 1024
FAMILIAR = ("document-uri", "documentURL", "effective-directive", "effectiveDirective", "blocked-uri", "blockedURL")


class SecurityEventFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=SecurityEvent.Kind.choices, label="Kind")
    network = django_filters.CharFilter(lookup_expr="startswith", label="Network begins with")
    place = django_filters.CharFilter(lookup_expr="icontains", label="Place contains")
    since = django_filters.DateFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = django_filters.DateFilter(label="Until", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = SecurityEvent
        fields = ["kind", "network", "place", "since", "until"]


class SecurityEventList(ListPage):
    permission = "partnership.view_security_event"
    page_title = "Security log"
    lead = "What was tried and refused, without contents: failed logins, refused records, limits, alarms."
    source_name = "partnership:security-event-list"
    filterset = SecurityEventFilter
    ordering = ("-at", "pk")
    count_label = "events"
    empty = ("Nothing was refused", "Refusals and alarms appear here and are deleted after some months.")
    columns = [
        Column("at", "When", kind="moment"),
        Column("kind", "What", kind="choice", choices=dict(SecurityEvent.Kind.choices)),
        Column("person", "Person", source=Subquery(User.objects.filter(pk=OuterRef("person_id")).values("name")[:1])),
        Column("network", "Network"),
        Column("place", "Place"),
        Column("record", "Record"),
        Column("request_id", "Request"),
    ]

    def queryset(self):
        return SecurityEvent.objects.all()


@method_decorator(csrf_exempt, name="dispatch")  # a browser sends reports without the token
class PolicyReports(View):
    """Takes what browsers report, in both forms; answers the same whatever it is sent."""

    permission = OpenToAll("Browsers report without a login; the endpoint only writes a short line, within limits.")
    http_method_names = ["post"]

    def post(self, request):
        for report in _reports(request.read(MOST_BYTES + 1)):
            note("policy_report", request=request, detail=_in_short(report))
        return HttpResponse(status=204)


def _reports(data):
    if len(data) > MOST_BYTES:
        return []
    try:
        value = loads(data, max_depth=8)
    except BadJson:
        return []
    found = value[:5] if isinstance(value, list) else [value]
    bodies = [one.get("csp-report", one.get("body", {})) for one in found if isinstance(one, dict)]
    return [body for body in bodies if isinstance(body, dict)]


def _in_short(report):
    """Directive, page and blocked place, each without query: addresses may carry keys."""
    short = {}
    for name in FAMILIAR:
        text = report.get(name)
        if isinstance(text, str):
            short[name] = _origin(text[:500]) if "//" in text else text[:60]
    return short


def _origin(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return "not an address"
    return f"{parts.scheme}://{parts.netloc}"
