"""The one door to mail: a message carries a reference and a link, never content."""

from django.conf import settings
from django.core.mail import EmailMessage


def send_link(*, to: str, subject: str, link: str, quietly: bool = True) -> bool:
    """Send somebody the way to what waits in the portal; False when no mail server took it, or raised unless quietly."""
    body = f"{settings.PORTAL_NAME} has something for you:\n\n{link}\n\nIf you did not expect this, ignore it."
    return EmailMessage(f"{settings.PORTAL_NAME}: {subject}", body, to=[to]).send(fail_silently=quietly) == 1
