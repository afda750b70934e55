"""People: who the caller is, memberships, invitations. Passwords and tokens are made on pages only."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from partnership.access.rest import PERSON_ALONE
from partnership.actions import accounts
from partnership.api.fields import ThroughField, VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, ScopedViewSet, deed
from partnership.models import Invitation, Job, Membership, Organization, Role, User

INVITE, MANAGE, OPEN = "partnership.invite_person", "partnership.manage_people", "partnership.manage_invitation"


class MembershipSerializer(serializers.ModelSerializer):
    person = ThroughField(MANAGE, path="memberships", parents=Membership, source="user", queryset=User.objects.all(),
                          help_text="Somebody who holds a role in an organization that you administer.")  # fmt: skip
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)
    organization = VisibleField(INVITE, queryset=Organization.objects.all())

    class Meta:
        model = Membership
        fields = ["id", "person", "name", "email", "organization", "role", "since", "until"]
        read_only_fields = ["id", "since", "until"]
        validators: list = []


class MembershipViewSet(ReadOnly):
    """Who holds which role in the organizations that the caller administers."""

    serializer_class = MembershipSerializer
    permissions = {"list": MANAGE, "retrieve": MANAGE, "create": INVITE, "end": MANAGE}
    fresh = {"create": PERSON_ALONE, "end": PERSON_ALONE}

    def rows(self):
        return Membership.objects.select_related("user", "organization").order_by("user__name", "pk")

    def create(self, request):
        """Give a person who has an account a role in an organization."""
        made = accounts.grant_membership(by=request.user, at=self.now, **self.given(MembershipSerializer))
        return self.answer(made, status=201)

    @deed(answers=MembershipSerializer)
    def end(self, request, pk):
        """End a membership now: it gives nothing at the next request."""
        return self.answer(accounts.end_membership(membership=self.get_object(), by=request.user, at=self.now))


class InvitationSerializer(serializers.ModelSerializer):
    organization = VisibleField(INVITE, queryset=Organization.objects.all())

    class Meta:
        model = Invitation
        fields = [
            "id",
            "organization",
            "name",
            "email",
            "role",
            "invited_at",
            "expires_at",
            "accepted_at",
            "withdrawn_at",
        ]
        read_only_fields = ["id", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]


class InvitationMadeSerializer(InvitationSerializer):
    link = serializers.CharField(read_only=True, help_text="Shown this once; it went to the address as well.")

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]


class InvitationViewSet(ReadOnly):
    """Invitations into organizations that the caller administers."""

    serializer_class = InvitationSerializer
    permissions = {"list": OPEN, "retrieve": OPEN, "create": INVITE, "withdraw": OPEN}
    fresh = {"create": PERSON_ALONE}

    def rows(self):
        return Invitation.objects.select_related("organization").order_by("-invited_at", "pk")

    @extend_schema(responses={201: InvitationMadeSerializer})
    def create(self, request):
        """Invite a person: a link goes to the address, which works once."""
        page = reverse("partnership:invitation-accept", kwargs={"token": "TOKEN"})
        link, values = request.build_absolute_uri(page), self.given(InvitationSerializer)
        made, token = accounts.invite(by=request.user, at=self.now, link=link, **values)
        return Response({**InvitationSerializer(made).data, "link": link.replace("TOKEN", token)}, status=201)

    @deed(answers=InvitationSerializer)
    def withdraw(self, request, pk):
        """Make an open invitation void."""
        return self.answer(accounts.withdraw(invitation=self.get_object(), by=request.user, at=self.now))


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "name", "is_active"]
        read_only_fields = fields


class PersonViewSet(ScopedViewSet):
    """Accounts that the caller may close."""

    serializer_class = PersonSerializer
    permissions = {"deactivate": "partnership.deactivate_person"}
    fresh = {"deactivate": PERSON_ALONE}

    def rows(self):
        return User.objects.all()

    @deed(takes=ReasonSerializer, answers=PersonSerializer)
    def deactivate(self, request, pk):
        """Close an account: sessions end, tokens and memberships give nothing from the next request on."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(accounts.deactivate(user=found, by=request.user, at=self.now, **values))


class HoldingSerializer(serializers.Serializer):
    organization = serializers.CharField(source="organization_name")
    role = serializers.ChoiceField(Role.choices)
    vetted = serializers.BooleanField(source="is_vetted")


class MeSerializer(serializers.Serializer):
    email = serializers.EmailField()
    name = serializers.CharField()
    roles = HoldingSerializer(many=True)


class MeViewSet(ScopedViewSet):
    """Who the caller is."""

    serializer_class = MeSerializer
    permissions = {"list": "partnership.view_job"}
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=MeSerializer)
    def list(self, request):
        """The caller's address, name and roles."""
        roles = HoldingSerializer(self.actor.holdings, many=True).data
        return Response({"email": request.user.email, "name": request.user.name, "roles": roles})

    def rows(self):
        return Job.objects.none()


router.register("memberships", MembershipViewSet, basename="membership")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("people", PersonViewSet, basename="person")
router.register("me", MeViewSet, basename="me")
