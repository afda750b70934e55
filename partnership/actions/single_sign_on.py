"""The link to the provider of single sign-on: removing it. It is made by signing on, in `partnership.web.sign_on`."""

from datetime import datetime

from django.db import transaction

from partnership import verbs
from partnership.actions.second_factor import end_other_sessions
from partnership.audit.record import record
from partnership.models import SignOnLink, User


@transaction.atomic
def unlink(*, link: SignOnLink, session: str, at: datetime) -> None:
    """Remove a link; all other sessions of its person end."""
    user = User.objects.select_for_update().get(pk=link.user_id)
    SignOnLink.objects.filter(pk=link.pk).delete()
    end_other_sessions(user=user, kept=session)
    record(verbs.SIGN_ON_UNLINKED, user, by=user, at=at, provider=link.issuer)
