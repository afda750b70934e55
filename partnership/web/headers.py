"""The shell of every answer: what browsers may do with it. The policy itself stands in the settings.

Two libraries read those settings (Django's security middleware and django-csp); what they do not know is added here.
This middleware is the outermost, so that no page, file, redirect, refusal or failure leaves without the shell.
"""

from csp.middleware import CSPMiddleware
from django.conf import settings

from partnership.web import openid

OFF = (
    "accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics",
    "camera", "clipboard-read", "clipboard-write", "compute-pressure", "cross-origin-isolated", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "interest-cohort", "keyboard-map", "local-fonts", "magnetometer", "microphone", "midi",
    "otp-credentials", "payment", "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get",
    "screen-wake-lock", "serial", "storage-access", "sync-xhr", "unload", "usb", "web-share", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
# Passkeys are the one feature that pages of ours use, and no page of another origin through us.
OWN = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join(f"{name}=({'self' if name in OWN else ''})" for name in OFF)
# A file that somebody gave us is saved and never shown or run in our name.
DOWNLOAD_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
FIXED = {
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'policy="/policy-reports"',
}


class PolicyMiddleware(CSPMiddleware):
    """The page policy. Where the way in stands, its form may lead on to the provider of single sign-on."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        match = getattr(request, "resolver_match", None)
        if settings.PORTAL_SIGN_ON and match is not None and match.url_name == "account_login":
            parts.update = {"form-action": openid.origin_of(settings.PORTAL_SIGN_ON["issuer"])}
        return parts


class HeadersMiddleware:
    """Adds the fixed headers, seals downloads, and keeps every answer but static files out of caches."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        headers = response.headers
        for name, value in FIXED.items():
            headers[name] = value
        if headers.get("Content-Disposition", "").startswith("attachment"):
            headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        if not _is_static(request, response) and "no-store" not in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "no-store"  # not only for pages of signed-in people: nothing here gains by it
        if _ends_a_session(request):
            headers["Clear-Site-Data"] = '"cache", "storage"'  # not cookies: a known device stays known
        return response


def _is_static(request, response):
    return request.path.startswith(settings.STATIC_URL) and response.status_code in (200, 206, 304)


def _ends_a_session(request):
    match = getattr(request, "resolver_match", None)
    return match is not None and match.url_name == "account_logout" and request.method == "POST"
