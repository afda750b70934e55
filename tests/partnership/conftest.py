"""A provider of single sign-on, and somebody whom it knows."""

import pytest

from tests.clients import enrolled
from tests.provider import chosen, local_provider


@pytest.fixture
def provider(settings):
    with local_provider() as found:
        settings.PORTAL_SIGN_ON = chosen(found)
        yield found


@pytest.fixture
def person(liaison_officer, provider):
    """Somebody with a second factor, whom the provider knows by the same address."""
    enrolled(liaison_officer)
    provider.person["email"] = liaison_officer.email.upper()
    return liaison_officer
