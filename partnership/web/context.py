"""What every template knows."""

from django.conf import settings

from partnership.web.nav import menu

THEMES = ("auto", "light", "dark")


def portal(request):
    """Name, version, appearance, and for a signed-in person the menu and the organizations acted for."""
    theme = request.COOKIES.get("theme", "auto")
    known = {
        "portal_name": settings.PORTAL_NAME,
        "portal_version": settings.PORTAL_VERSION,
        "theme": theme if theme in THEMES else "auto",
        "is_demo": settings.PORTAL_DEMO,
        "demo_logins": settings.PORTAL_DEMO_LOGINS if settings.PORTAL_DEMO else [],
        "demo_password": settings.PORTAL_DEMO_PASSWORD if settings.PORTAL_DEMO else "",
    }
    actor = getattr(request, "actor", None)
    if actor is not None and actor.is_known:
        known["menu"] = menu(actor, request.path)
        known["acts_for"] = sorted({held.organization_name for held in actor.holdings})
    return known
