"""Pages of groups: which there are, who is in one, and how that changes."""

import django_filters
from django.db.models import Q
from django.urls import reverse

from partnership.access.decide import can, may_somewhere
from partnership.access.scope import permitted, visible
from partnership.actions import groups
from partnership.forms.grants import GroupForm, GroupMemberForm
from partnership.forms.organizations import ReasonForm
from partnership.forms.people import EmptyForm
from partnership.models import GroupMembership, NamedGroup, Organization
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordFormPage, RecordPage, now

LIST = ("Groups", "partnership:group-list")
KEEP, MAKE = "partnership.keep_group", "partnership.make_group"


class GroupFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Name or purpose contains", method="by_text")
    is_open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", label="Not closed")

    class Meta:
        model = NamedGroup
        fields = ["text"]

    def by_text(self, queryset, name, value):
        return queryset.filter(Q(group__name__icontains=value) | Q(purpose__icontains=value))


class GroupList(ListPage):
    permission = "partnership.view_group"
    page_title = "Groups"
    lead = "People to whom a record can be opened together. Each group is kept by one organization."
    source_name = "partnership:group-list"
    filterset = GroupFilter
    ordering = ("group__name", "pk")
    row_url_name = "partnership:group-detail"
    count_label = "groups"
    empty = ("No groups", "Groups that your organization keeps, that you are in or that you may let in appear here.")
    columns = [
        Column("name", "Name", source="group__name", links=True),
        Column("purpose", "What it is for"),
        Column("organization", "Kept by", source="organization__name"),
        Column("made_at", "Since", kind="moment", brief=True),
        Column("closed_at", "Closed", kind="moment", brief=True),
    ]

    def queryset(self):
        return NamedGroup.objects.all()

    def actions(self):
        may_make = may_somewhere(self.actor, MAKE)
        return [("Make a group", reverse("partnership:group-new"), True)] if may_make else []


class GroupNew(FormPage):
    permission = MAKE
    page_title = "Make a group"
    lead = "It is empty at first, and opens nothing by itself."
    form_class = GroupForm
    submit_label = "Make the group"
    success_message = "The group is made. Add its people."

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), ("New", None)]

    def form_kwargs(self):
        return {"organizations": visible(self.actor, MAKE, Organization.objects.order_by("name"))}

    def act(self, form):
        return groups.make(by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("partnership:group-detail", kwargs={"pk": made.pk})


class GroupDetail(RecordPage):
    """Who is in it, who may change it, since when; and who was in it before."""

    permission = "partnership.view_group"
    model = NamedGroup
    template_name = "partnership/group_detail.html"

    def queryset(self):
        return NamedGroup.objects.select_related("group", "organization", "made_by", "closed_by")

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), (str(self.object), None)]

    def extra(self):
        at = now()
        rows = list(GroupMembership.objects.filter(group=self.object.group_id).select_related("user", "added_by", "ended_by")
                    .order_by("user__name", "-since"))  # fmt: skip
        return {
            "page_title": str(self.object), "actions": self.buttons(),
            "inside": [row for row in rows if row.until is None or row.until > at],
            "outside": [row for row in rows if row.until is not None and row.until <= at],
            "may_end": permitted(self.actor, "partnership.end_group_membership", rows),
        }  # fmt: skip

    def buttons(self):
        if self.object.closed_at is not None or not can(self.actor, KEEP, self.object):
            return []
        key = {"pk": self.object.pk}
        return [("Add a person", reverse("partnership:group-add", kwargs=key), True),
                ("Close the group", reverse("partnership:group-close", kwargs=key), False)]  # fmt: skip


class OfGroup(RecordFormPage):
    """A form about a group that the person's organization keeps."""

    permission = KEEP
    fresh = True
    model = NamedGroup

    def queryset(self):
        return NamedGroup.objects.select_related("group")

    def get_breadcrumbs(self):
        back = reverse("partnership:group-detail", kwargs={"pk": self.object.pk})
        return [(LIST[0], reverse(LIST[1])), (str(self.object), back), (self.page_title, None)]


class GroupAdd(OfGroup):
    page_title = "Add a person to a group"
    lead = "The person sees at once what was opened to the group. Whoever opened it is told of the newcomer by name."
    form_class = GroupMemberForm
    submit_label = "Add"
    success_message = "The person is in the group."

    def act(self, form):
        given = form.cleaned_data
        return groups.add(group=self.object, person=given["email"], because=given["because"], by=self.request.user, at=now())  # fmt: skip


class GroupClose(OfGroup, ConfirmPage):
    page_title = "Close a group"
    form_class = ReasonForm
    submit_label = "Close the group"
    success_message = "The group is closed."
    is_dangerous = True
    consequences = ["Everybody in it loses what was opened to the group, from the next click on.",
                    "It cannot be opened again."]  # fmt: skip

    def act(self, form):
        return groups.close(group=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class GroupMembershipEnd(ConfirmPage):
    permission = "partnership.end_group_membership"
    fresh = True
    page_title = "Take somebody out of a group"
    model = GroupMembership
    form_class = EmptyForm
    submit_label = "Take out"
    success_message = "The person is out of the group."
    is_dangerous = True

    def queryset(self):
        return GroupMembership.objects.select_related("user", "group__named")

    def get_breadcrumbs(self):
        group = self.object.group
        back = reverse("partnership:group-detail", kwargs={"pk": group.named.pk})
        return [(LIST[0], reverse(LIST[1])), (group.name, back), (self.page_title, None)]

    def get_consequences(self):
        held = self.object
        return [f"{held.user.name} loses what was opened to the group {held.group.name}, from the next click on."]

    def act(self, form):
        return groups.end(membership=self.object, by=self.request.user, at=now())

    def success_url(self, made):
        return reverse(LIST[1]) if made.user_id == self.request.user.pk else self.cancel_url()
