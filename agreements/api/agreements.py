"""Agreements: begun, shown, sent, signed, suspended, ended."""

from typing import Any

from rest_framework import serializers

from agreements.actions import agreements, amending, negotiation, retention, signing, templates, uses, versions
from agreements.api.drafting import CHANGE, Drafting
from agreements.api.negotiation import SHAPES, OpinionSerializer, ProposalSerializer, RemarkSerializer
from agreements.api.terms import OfVersionField, PartySerializer, UseSerializer, ValidField, VersionSerializer
from agreements.models import Agreement, AgreementTemplate, DataCategory, PermittedUse, Purpose
from partnership.access.rest import PERSON_ALONE
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.forms.organizations import known_zone
from partnership.models import TLP, Organization


class AgreementSerializer(serializers.ModelSerializer):
    lead = VisibleField("partnership.view_organization", queryset=Organization.objects.all(),
                        help_text="An organization whose liaison officer you are.")  # fmt: skip
    time_zone = serializers.CharField(max_length=64, required=False, validators=[known_zone])
    template = ValidField(queryset=AgreementTemplate.objects.all(), required=False, allow_null=True,
                          help_text="Its terms fill the first version.")  # fmt: skip
    governing = VersionSerializer(read_only=True)
    parties = PartySerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "id",
            "reference",
            "title",
            "kind",
            "template",
            "lead",
            "state",
            "time_zone",
            "in_force_since",
            "ended_on",
            "governing",
            "parties",
        ]
        read_only_fields = ["id", "reference", "state", "in_force_since", "ended_on"]
        extra_kwargs = {"kind": {"required": False, "help_text": "Needed without a template; else the template's."}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("template") and not attrs.get("kind"):
            raise serializers.ValidationError({"kind": ["Needed without a template."]})
        return attrs


class SignSerializer(serializers.Serializer):
    party = serializers.UUIDField()
    content_hash = serializers.CharField(max_length=64, help_text="The hash of the version that was read.")
    statement = serializers.CharField(max_length=500)


class ToSignSerializer(serializers.Serializer):
    content_hash = serializers.CharField(help_text="Of the version that is out; read it under `version`.")
    parties = PartySerializer(many=True)


class RenewSerializer(ReasonSerializer):
    ends_on = serializers.DateField(help_text="The new last day.")


class AskSerializer(serializers.Serializer):
    purpose = OfVersionField(queryset=Purpose.objects.all(), required=False, allow_null=True, default=None,
                             help_text="A purpose of the governing version; without it, any counts.")  # fmt: skip
    categories = ValidField(queryset=DataCategory.objects.all(), many=True)
    recipients = serializers.ChoiceField(PermittedUse.Recipients.choices)
    tlp = serializers.ChoiceField(TLP.choices)
    recipient = VisibleField("partnership.view_organization", queryset=Organization.objects.all(), required=False,
                             allow_null=True, default=None, help_text="A certain party.")  # fmt: skip


class AnswerSerializer(serializers.Serializer):
    """Yes with the permitted use that allows it, or no with the reason."""

    is_yes = serializers.BooleanField()
    because = serializers.CharField()
    use = UseSerializer(allow_null=True)


class ReturnedSerializer(serializers.Serializer):
    returned = serializers.IntegerField(help_text="How many records that were.")


class AgreementViewSet(Drafting, ReadOnly):
    """Agreements that concern the caller."""

    serializer_class = AgreementSerializer
    filterset_fields = ["state", "kind", "reference"]
    permissions = {
        "list": "agreements.view_agreement", "retrieve": "agreements.view_agreement", "version": "agreements.view_agreement", "paper": "agreements.view_agreement",
        "create": "agreements.draft_agreement", "basics": "agreements.change_agreement", **CHANGE,
        "negotiate": "agreements.change_agreement", "send": "agreements.change_agreement", "take_back": "agreements.change_agreement",
        "sign": "agreements.sign_agreement", "to_sign": "agreements.sign_agreement", "suspend": "agreements.end_agreement", "resume": "agreements.end_agreement",
        "amend": "agreements.change_agreement", "renew": "agreements.change_agreement", "withdraw": "agreements.change_agreement",
        "ask": "agreements.view_agreement", "remark": "agreements.negotiate_agreement", "propose": "agreements.negotiate_agreement",
        "review": "agreements.review_agreement", "terminate": "agreements.end_agreement", "confirm_returns": "agreements.hold_agreement",
    }  # fmt: skip
    fresh = {"sign": PERSON_ALONE}

    def rows(self):
        return Agreement.objects.select_related("governing").prefetch_related(
            "parties", "governing__purposes", "governing__retention_terms").order_by("-reference")  # fmt: skip

    def create(self, request):
        """Begin a draft; its terms are filled step by step."""
        made = templates.begin(by=request.user, at=self.now, **self.given(AgreementSerializer))
        return self.answer(made, status=201)

    @deed(answers=AgreementSerializer)
    def negotiate(self, request, pk):
        """Show the draft to all parties."""
        return self._again(agreements.open_negotiation(agreement=self.get_object(), by=request.user, at=self.now))

    @deed(answers=AgreementSerializer)
    def send(self, request, pk):
        """Freeze the version and send it for signature."""
        found = self.get_object()
        versions.send_for_signature(agreement=found, by=request.user, at=self.now)
        return self._again(found)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer, path="take-back")
    def take_back(self, request, pk):
        """Take it back from signature: a copy of the frozen version can be edited."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        versions.take_back(agreement=found, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(answers=ToSignSerializer, methods=["get"], path="to-sign")
    def to_sign(self, request, pk):
        """The parties for which the caller may still sign the version that is out."""
        found = self.get_object()
        waiting = {"parties": signing.parties_to_sign(found, request.user)}
        return self.answer(waiting | {"content_hash": versions.last_version(found).content_hash}, ToSignSerializer)

    @deed(takes=SignSerializer, answers=AgreementSerializer)
    def sign(self, request, pk):
        """Sign for a party the version whose hash is given."""
        found, values = self.get_object(), self.given(SignSerializer)
        party = found.parties.filter(pk=values.pop("party")).first()
        if party is None:
            raise serializers.ValidationError({"party": ["This is no party of the agreement."]})
        signing.sign(agreement=found, party=party, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def amend(self, request, pk):
        """Begin a new version as a copy of the governing one, which governs until every party has signed the new one."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        amending.amend(agreement=found, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(takes=RenewSerializer, answers=AgreementSerializer)
    def renew(self, request, pk):
        """Begin a new version that differs by its last day alone."""
        found, values = self.get_object(), self.given(RenewSerializer)
        amending.renew(agreement=found, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def withdraw(self, request, pk):
        """Give up the new version under work."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(amending.withdraw(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=RemarkSerializer, answers=RemarkSerializer, status=201)
    def remark(self, request, pk):
        """Comment on one clause of the version under work, for a party."""
        found, values = self.get_object(), self.given(RemarkSerializer)
        made = negotiation.remark(agreement=found, by=request.user, at=self.now, **values)
        return self.answer(made, RemarkSerializer, status=201)

    @deed(takes=ProposalSerializer, answers=ProposalSerializer, status=201)
    def propose(self, request, pk):
        """Propose to add a row, to leave one out, or to put one in the place of another, for a party."""
        found, version = self._open()
        values = self.given(ProposalSerializer)
        columns = self._columns(SHAPES[values["kind"]], values.pop("columns", None), version)
        made = negotiation.propose(agreement=found, columns=columns, removes=values.pop("removes", None), by=request.user,
                                   at=self.now, **values)  # fmt: skip
        return self.answer(made, ProposalSerializer, status=201)

    def _columns(self, shape, given, version):
        if not given:
            return {}
        row = shape(data=given, context={**self.get_serializer_context(), "version": version})
        if not row.is_valid():
            raise serializers.ValidationError({"columns": row.errors})
        return dict(row.validated_data)

    @deed(takes=OpinionSerializer, answers=OpinionSerializer, status=201)
    def review(self, request, pk):
        """Give a second person's opinion on the words of the version under work."""
        found, values = self.get_object(), self.given(OpinionSerializer)
        made = negotiation.review(agreement=found, by=request.user, at=self.now, **values)
        return self.answer(made, OpinionSerializer, status=201)

    @deed(takes=AskSerializer, answers=AnswerSerializer)
    def ask(self, request, pk):
        """May data of these categories, so marked, go to these recipients now? Changes nothing."""
        found = self.get_object()
        values = self.given(AskSerializer, version=found.governing)
        return self.answer(uses.ask(agreement=found, at=self.now, **values), AnswerSerializer)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def suspend(self, request, pk):
        """Suspend sharing, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.suspend(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def resume(self, request, pk):
        """Lift the suspension, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.resume(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def terminate(self, request, pk):
        """End the agreement, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.terminate(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=ReturnedSerializer, path="confirm-returns")
    def confirm_returns(self, request, pk):
        """Note that everything it wants back by the next run was given back, and how."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        count = retention.confirm_returns(agreement=found, by=request.user, at=self.now, **values)
        return self.answer({"returned": count}, ReturnedSerializer)

    def _again(self, found):
        return self.answer(self.rows().get(pk=found.pk))


router.register("agreements", AgreementViewSet, basename="agreement")
