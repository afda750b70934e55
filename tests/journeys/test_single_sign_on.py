"""Single sign-on in a real browser: through a local provider and back, under the page policy; and its refusals."""

import pytest

from tests.journeys.conftest import Walk, next_code, running
from tests.provider import chosen, local_provider

pytestmark = pytest.mark.journey
OFFICER, BUTTON = "officer@noordnet.example", "Sign in with Test House"


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A provider, and a portal of its own that signs on through it; provider and address."""
    with local_provider() as provider:
        settings = chosen(provider)
        for name in ("issuer", "client", "secret", "name"):
            monkeypatch.setenv(f"PORTAL_SIGN_ON_{name.upper()}", settings[name])
        provider.asks = True
        provider.person["email"] = OFFICER
        with running(tmp_path) as address:
            yield provider, address


def test_an_officer_signs_on_sees_the_link_and_removes_it(house, chromium):
    provider, address = house
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    walk = Walk(context.new_page(), address)

    walk.go("/accounts/login/").look().click(BUTTON)
    assert walk.page.url.startswith(provider.address), "the policy of the page kept the browser from the provider"
    walk.click("Continue").fill(code=next_code(OFFICER)).click("Go on")
    assert walk.page.url == f"{address}/", walk.text()

    walk.go("/second-factor/").look()
    assert provider.address in walk.text()
    walk.click("Remove the link").look().click("Remove it")
    assert provider.address not in walk.text()

    context.clear_cookies()
    provider.person["email"] = "nobody@nowhere.example"
    walk.go("/accounts/login/").click(BUTTON).click("Continue")
    assert "Single sign-on did not work" in walk.text()
    walk.look().click("To the sign-in page")
    provider.answers["/.well-known/openid-configuration"] = (500, {})
    walk.click(BUTTON)
    assert "Single sign-on is not available" in walk.text()
    walk.look()
    context.close()
