"""What every template knows."""

from django.conf import settings
from django.utils import timezone

from partnership.access import proof
from partnership.web import factors
from partnership.web.nav import menu

THEMES = ("auto", "light", "dark")


def theme_cookie():
    """The name of the cookie that keeps the appearance; over https no other host can set it."""
    return "__Host-theme" if settings.SESSION_COOKIE_SECURE else "theme"


def portal(request):
    """Name, version, appearance, and for a signed-in person the menu and the organizations acted for."""
    theme = request.COOKIES.get(theme_cookie(), "auto")
    known = {
        "portal_name": settings.PORTAL_NAME,
        "portal_version": settings.PORTAL_VERSION,
        "theme": theme if theme in THEMES else "auto",
        "is_demo": settings.PORTAL_DEMO,
        "demo_logins": demo_logins() if settings.PORTAL_DEMO and not request.user.is_authenticated else [],
        "sign_on_name": settings.PORTAL_SIGN_ON["name"] if settings.PORTAL_SIGN_ON else "",
        "demo_password": settings.PORTAL_DEMO_PASSWORD if settings.PORTAL_DEMO else "",
    }
    actor = getattr(request, "actor", None)
    if actor is not None and actor.is_known and proof.is_proven(request):
        known["menu"] = menu(actor, request.path)
        known["acts_for"] = sorted({held.organization_name for held in actor.holdings})
    return known


def demo_logins():
    """The invented people, each with the code that their invented app shows now."""
    now = timezone.now()
    return [{**login, "code": factors.code_at(factors.demo_secret(login["email"]), now)}
            for login in settings.PORTAL_DEMO_LOGINS]  # fmt: skip
