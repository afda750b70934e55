"""A forgotten password: the letter with the link to a new one, written by a worker."""

from urllib.parse import urljoin
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from partnership import mail
from partnership.models import User


def send_link(*, person: UUID, origin: str) -> bool:
    """Send a person the link; nobody is told when there is no such person."""
    user = User.objects.filter(pk=person, is_active=True).first()
    if user is None:
        return False
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    mail.send_link(to=user.email, subject="A new password",
                   link=urljoin(origin, reverse("account_reset_password_from_key", kwargs=key)))  # fmt: skip
    return True
