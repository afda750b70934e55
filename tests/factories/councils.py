"""The smallest valid thing of each model of councils."""

from datetime import UTC, date, datetime, timedelta

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from councils import models
from tests.factories.partnership import (
    LONG_AGO,
    AudienceFactory,
    AudienceMemberFactory,
    GroupFactory,
    OrganizationFactory,
    UserFactory,
)


class CouncilFactory(DjangoModelFactory):
    class Meta:
        model = models.Council
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Council {n}")
    audience = factory.SubFactory(AudienceFactory)
    secretariat = factory.SubFactory(OrganizationFactory)
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class CouncilUserGrantFactory(DjangoModelFactory):
    class Meta:
        model = models.CouncilUserGrant

    user = factory.SubFactory(UserFactory)
    permission = factory.LazyFunction(lambda: Permission.objects.get(codename="view_council"))
    content_object = factory.SubFactory(CouncilFactory)
    granted_at = LONG_AGO
    granted_by = factory.SubFactory(UserFactory)
    reason = "Asked by the chair"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class CouncilGroupGrantFactory(CouncilUserGrantFactory):
    class Meta:
        model = models.CouncilGroupGrant
        exclude = ["user"]

    user = None
    group = factory.SubFactory(GroupFactory)


class CharterFactory(DjangoModelFactory):
    class Meta:
        model = models.Charter

    council = factory.SubFactory(CouncilFactory)
    number = 1
    purpose = "Advise"
    authority = "A decision"
    adopted_on = date(2024, 1, 1)
    adopted_by = factory.SubFactory(UserFactory)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = models.Seat

    council = factory.SubFactory(CouncilFactory)
    number = factory.Sequence(lambda n: n % 30000)
    interest = "operator"


class OccupancyFactory(DjangoModelFactory):
    class Meta:
        model = models.Occupancy

    seat = factory.SubFactory(SeatFactory)
    membership = factory.SubFactory(AudienceMemberFactory, audience=factory.SelfAttribute("..seat.council.audience"))
    organization = factory.SubFactory(OrganizationFactory)
    appointed_at = LONG_AGO
    appointed_by = factory.SubFactory(UserFactory)


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = models.Meeting

    council = factory.SubFactory(CouncilFactory)
    charter = factory.SubFactory(CharterFactory, council=factory.SelfAttribute("..council"))
    title = "Meeting"
    starts_at = LONG_AGO
    place = "Room 1"
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = models.AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n % 30000)
    title = "An item"


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = models.Attendance

    meeting = factory.SubFactory(MeetingFactory)
    occupancy = factory.SubFactory(OccupancyFactory)
    arrived_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class MinutesFactory(DjangoModelFactory):
    class Meta:
        model = models.Minutes

    meeting = factory.SubFactory(MeetingFactory)
    text = "What was said"
    drafted_at = LONG_AGO
    drafted_by = factory.SubFactory(UserFactory)


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = models.Decision

    item = factory.SubFactory(AgendaItemFactory)
    meeting = factory.SelfAttribute("item.meeting")
    motion = "We do it"
    majority = "simple"
    proposed_at = LONG_AGO
    proposed_by = factory.SubFactory(UserFactory)


class RecusalFactory(DjangoModelFactory):
    class Meta:
        model = models.Recusal

    item = factory.SubFactory(AgendaItemFactory)
    occupancy = factory.SubFactory(OccupancyFactory)
    ground = "interest"
    declared_at = LONG_AGO
    declared_by = factory.SubFactory(UserFactory)


class BallotFactory(DjangoModelFactory):
    class Meta:
        model = models.Ballot

    decision = factory.SubFactory(DecisionFactory)
    occupancy = factory.SubFactory(OccupancyFactory)
    choice = "yes"
    cast_at = LONG_AGO
    cast_by = factory.SubFactory(UserFactory)
