"""Pages of the trail: what was done, who read what, its check, checkpoints and witnesses."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View

from partnership.access.decide import may_somewhere
from partnership.access.scope import get_or_404, visible
from partnership.actions import checkpoints, trail
from partnership.audit import anchors
from partnership.audit import checkpoints as signed
from partnership.audit.keys import known
from partnership.audit.sentences import lines
from partnership.forms.people import EmptyForm
from partnership.forms.trail import (
    AuditFilter,
    BecauseForm,
    CheckpointFilter,
    CosignForm,
    ReadFilter,
    ReasonForm,
    WitnessForm,
    reading_verbs,
)
from partnership.jobs.job import progress_of
from partnership.models import (
    AuditCheckpoint,
    AuditCosignature,
    AuditDetail,
    AuditEntry,
    AuditWitness,
    Job,
    Organization,
    User,
)
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, Page, RecordFormPage, RecordPage, now

TRAIL = ("Audit trail", "partnership:audit-list")


def said(name):
    """What the detail of an entry holds under a name; nothing once it was shredded."""
    return Subquery(AuditDetail.objects.filter(entry_id=OuterRef("pk")).values_list(KT(f"detail__{name}"))[:1])


class AuditList(ListPage):
    permission = "partnership.view_audit"
    page_title = "Audit trail"
    lead = "What was done, by whom and why. Nobody can change it, and everybody can check that."
    source_name = "partnership:audit-list"
    filterset = AuditFilter
    ordering = ("-id",)
    count_label = "entries"
    template_name = "partnership/audit_list.html"
    columns = [
        Column("id", "Number", kind="number"),
        Column("at", "When", kind="moment"),
        Column("verb", "Deed"),
        Column("object_type", "Kind of record"),
        Column("object_id", "Record"),
        Column("actor_id", "Person"),
        Column("outcome", "Outcome"),
        Column("request_id", "Request"),
    ]

    def queryset(self):
        return AuditEntry.objects.all()

    def actions(self):
        found = [("Who read what", reverse("partnership:read-list"), False)]
        for label, name, permission, is_first in (
            ("Checkpoints", "checkpoint-list", "partnership.view_checkpoint", False),
            ("Export the trail", "trail-export", "partnership.export_trail", False),
            ("Verify the trail", "audit-verify", "partnership.verify_audit", True),
        ):
            if may_somewhere(self.actor, permission):
                found.append((label, reverse(f"partnership:{name}"), is_first))
        return found

    def context(self, **more):
        keys = [row[0].html for row in more.get("rows", [])]
        entries = AuditEntry.objects.filter(pk__in=[int(str(key).replace(",", "").replace("\xa0", "")) for key in keys])
        return super().context(lines=lines(entries.order_by("-id")), **more)


class ReadList(ListPage):
    """Who opened narratives, source records, files and exports; for the organization that they concern."""

    permission = "partnership.view_audit"
    page_title = "Who read what"
    lead = "Each opening of a narrative, a source record or a file, and each export, with the rule that allowed it."
    source_name = "partnership:read-list"
    filterset = ReadFilter
    ordering = ("-id",)
    count_label = "readings"
    empty = ("Nobody has read anything", "Narratives, source records and files that somebody opens appear here.")
    columns = [
        Column("at", "When", kind="moment"),
        Column("who", "Who", said("who"), sort=None),
        Column("what", "What", said("what"), sort=None),
        Column(
            "verb",
            "How",
            kind="choice",
            choices={code: code.partition(".")[2].replace("_", " ") for code in reading_verbs()},
        ),
        Column("way", "Allowed because", said("way"), sort=None),
        Column("subject_id", "Organization or agreement", on_screen=False),
        Column("object_id", "Record", on_screen=False),
        Column("actor_id", "Person", on_screen=False),
        Column("request_id", "Request", on_screen=False),
    ]

    def get_breadcrumbs(self):
        return [(TRAIL[0], reverse(TRAIL[1])), ("Who read what", None)]

    def queryset(self):
        return AuditEntry.objects.filter(verb__in=reading_verbs())


class RecordTimeline(Page):
    """What happened to one record, as far as the person may read the trail of it."""

    permission = "partnership.view_audit"
    template_name = "partnership/trail_timeline.html"

    def get(self, request, kind, pk):
        rows = visible(self.actor, self.permission, AuditEntry.objects.filter(object_type=kind, object_id=pk))
        return self.show(page_title="What happened to one record", timeline=lines(rows.order_by("-id")[:500]),
                         breadcrumbs=[(TRAIL[0], reverse(TRAIL[1])), ("One record", None)], subject=f"{kind} {pk}")  # fmt: skip


class PersonTimeline(Page):
    """What one person did, and what was done to that person's account."""

    permission = "partnership.view_audit"
    template_name = "partnership/trail_timeline.html"

    def get(self, request, pk):
        person = get_object_or_404(User, pk=pk)
        rows = visible(self.actor, self.permission, trail.about(person)).order_by("-id")[:500]
        found = lines(rows)
        if not found:
            raise Http404  # nothing to see is as absent as nobody
        actions = []
        if may_somewhere(self.actor, "partnership.shred_details"):
            actions.append(("Take the words out", reverse("partnership:trail-shred", kwargs={"pk": pk}), False))
        return self.show(page_title="What one person did", timeline=found, actions=actions, subject=f"Person {pk}",
                         breadcrumbs=[(TRAIL[0], reverse(TRAIL[1])), ("One person", None)])  # fmt: skip


class Shred(ConfirmPage):
    permission = "partnership.shred_details"
    fresh = True
    page_title = "Take a person's words out of the trail"
    form_class = BecauseForm
    submit_label = "Take them out"
    is_dangerous = True
    success_message = "Names and values of this person are no longer in the trail."
    consequences = [
        "Names, reasons and values in entries of what this person did, and of what was done to the account, are erased for good.",
        "The entries stay with keys and times, and the trail still verifies.",
    ]

    def prepare(self):
        self.object = get_object_or_404(User, pk=self.kwargs["pk"])

    def get_breadcrumbs(self):
        return [(TRAIL[0], reverse(TRAIL[1])), (self.page_title, None)]

    def act(self, form):
        return trail.shred(person=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now())


class AuditVerify(FormPage):
    permission = "partnership.verify_audit"
    page_title = "Verify the trail"
    lead = "Every link is computed again from the entries, and compared with what was signed and kept elsewhere."
    form_class = EmptyForm
    submit_label = "Verify now"
    template_name = "partnership/audit_verify.html"

    def get_breadcrumbs(self):
        return [(TRAIL[0], reverse(TRAIL[1])), ("Verify", None)]

    def act(self, form):
        return trail.start_verification(by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("partnership:audit-verify")

    def context(self, **more):
        job = Job.objects.filter(kind="verify-trail", requested_by=self.request.user).order_by("-requested_at").first()
        return super().context(
            job=job, progress=progress_of(job) if job else None, verdict=job.result.get("verdict") if job else None,
            checkpoints=_checkpoints()[:5], witnesses=_standing(), keys=known(anchors.keys_file()), **more,
        )  # fmt: skip


class TrailExport(FormPage):
    permission = "partnership.export_trail"
    fresh = True
    page_title = "Export the trail"
    lead = "One file with entries, proofs, checkpoints, keys, and the program that checks them without this portal."
    form_class = ReasonForm
    submit_label = "Make the file"
    template_name = "partnership/trail_export.html"

    def get_breadcrumbs(self):
        return [(TRAIL[0], reverse(TRAIL[1])), ("Export", None)]

    def act(self, form):
        return trail.export(reason=form.cleaned_data["reason"], by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("partnership:export-detail", kwargs={"pk": made.pk})


def _checkpoints():
    return AuditCheckpoint.objects.annotate(signers=Count("cosignatures")).order_by("-size", "-id")


def _standing():
    """Witnesses with what each last counter-signed, and how many entries behind it is."""
    newest = signed.last()
    last = AuditCosignature.objects.filter(witness=OuterRef("pk")).order_by("-checkpoint__size")
    rows = AuditWitness.objects.filter(withdrawn_at=None).select_related("organization").annotate(
        signed_size=Subquery(last.values("checkpoint__size")[:1]), signed_at=Subquery(last.values("witnessed_at")[:1])
    )  # fmt: skip
    return [
        (row, (newest.size if newest else 0) - (row.signed_size or 0)) for row in rows.order_by("organization__name")
    ]


class CheckpointList(ListPage):
    permission = "partnership.view_checkpoint"
    page_title = "Checkpoints"
    lead = "What the trail was at a moment, signed by the portal and counter-signed by partners."
    source_name = "partnership:checkpoint-list"
    filterset = CheckpointFilter
    ordering = ("-size", "-id")
    row_url_name = "partnership:checkpoint-detail"
    count_label = "checkpoints"
    template_name = "partnership/checkpoint_list.html"
    columns = [
        Column("at", "Signed", kind="moment", links=True),
        Column("size", "Entries", kind="number"),
        Column("signers", "Counter-signed by", Count("cosignatures"), kind="number", sort=None),
        Column("root", "Root", sort=None),
        Column("head", "Head", on_screen=False),
    ]

    def get_breadcrumbs(self):
        return [(TRAIL[0], reverse(TRAIL[1])), ("Checkpoints", None)]

    def queryset(self):
        return AuditCheckpoint.objects.all()

    def context(self, **more):
        own = visible(self.actor, "partnership.register_witness", Organization.objects.order_by("name"))
        return super().context(witnesses=_standing(), own=own, **more)


class CheckpointDetail(RecordPage):
    permission = "partnership.view_checkpoint"
    model = AuditCheckpoint
    template_name = "partnership/checkpoint_detail.html"

    def get_breadcrumbs(self):
        return [("Checkpoints", reverse("partnership:checkpoint-list")), (f"{self.object.size} entries", None)]

    def extra(self):
        signers = self.object.cosignatures.select_related("witness__organization").order_by("id")
        return {"page_title": f"Checkpoint of {self.object.size:,} entries", "note": signed.note(self.object),
                "signers": signers}  # fmt: skip


class CheckpointNote(View):
    """The checkpoint as the plain text that is signed."""

    permission = "partnership.view_checkpoint"

    def get(self, request, pk):
        row = get_or_404(request.actor, self.permission, AuditCheckpoint.objects.all(), pk=pk)
        return HttpResponse(signed.note(row), content_type="text/plain; charset=utf-8")


class Cosign(RecordFormPage):
    permission = "partnership.cosign_checkpoint"
    model = AuditCheckpoint
    page_title = "Enter a counter-signature"
    lead = "For a partner whose witness program has no line to the portal. The signature is checked before it is kept."
    form_class = CosignForm
    submit_label = "Check and keep"

    def get_breadcrumbs(self):
        back = reverse("partnership:checkpoint-detail", kwargs={"pk": self.object.pk})
        return [
            ("Checkpoints", reverse("partnership:checkpoint-list")),
            (f"{self.object.size} entries", back),
            ("Counter-sign", None),
        ]

    def act(self, form):
        made = checkpoints.cosign(
            checkpoint=self.object, signature=form.cleaned_data["signature"], by=self.request.user, at=now()
        )
        messages.success(self.request, f"{made.witness} has counter-signed {self.object.size} entries.")
        return made


class WitnessNew(RecordFormPage):
    permission = "partnership.register_witness"
    fresh = True
    model = Organization
    page_title = "Register a witness key"
    lead = "With its private key, which stays with you, your organization counter-signs that nothing in the trail was rewritten."
    form_class = WitnessForm
    template_name = "partnership/witness_new.html"
    submit_label = "Register"
    success_message = "The key is registered. Counter-signatures made with it count from now on."

    def get_breadcrumbs(self):
        return [("Checkpoints", reverse("partnership:checkpoint-list")), (self.object.name, None)]

    def act(self, form):
        return checkpoints.register_witness(
            organization=self.object, key=form.cleaned_data["key"], by=self.request.user, at=now()
        )


class WitnessWithdraw(ConfirmPage):
    permission = "partnership.withdraw_witness"
    fresh = True
    model = AuditWitness
    page_title = "Withdraw a witness key"
    form_class = EmptyForm
    submit_label = "Withdraw"
    success_message = "The key is withdrawn. What it signed stays."
    consequences = ["The key signs no further checkpoint. What it has signed stays and is still checked."]

    def get_breadcrumbs(self):
        return [("Checkpoints", reverse("partnership:checkpoint-list")), (str(self.object), None)]

    def act(self, form):
        return checkpoints.withdraw_witness(witness=self.object, by=self.request.user, at=now())
