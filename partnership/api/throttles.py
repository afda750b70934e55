"""How often one person may call."""

from rest_framework.throttling import UserRateThrottle


class PerPerson(UserRateThrottle):
    """Per person and minute, whichever token is used."""

    scope = "person"
