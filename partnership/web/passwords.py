"""What a password may not be: made of what everybody tries first or of portal, person and organization; or known."""

import logging
import re
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from partnership import breached

log = logging.getLogger(__name__)

LONGEST = 128
LEAST_OWN = 8  # characters that must be left when the guessable parts are taken away
TRIED_FIRST = ("password", "passwort", "wachtwoord", "welcome", "welkom", "qwerty", "qwertz", "letmein", "admin", "login", "secret",
               "changeme", "iloveyou", "abcdef", "portal", "winter", "spring", "summer", "autumn")  # fmt: skip
RUNS = re.compile(r"(.)\1{2,}|[\d\W_]+")


def folded(text: str) -> str:
    """The text without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", folded(text)) if len(word) >= 4]


class GuessableParts:
    """Refuses a password of which too little is left without the words that somebody who knows the person would try."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"Choose at most {LONGEST} characters.", code="password_too_long")
        rest = folded(password)
        for word in sorted({*TRIED_FIRST, *words_of(settings.PORTAL_NAME), *self._about(user)}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(RUNS.sub("", rest)) < LEAST_OWN or len(set(rest)) < 5:
            raise ValidationError(
                "Somebody who knows you or the portal would guess this. Choose a few words that have nothing to do with either.",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "Leave out your name, your organization and the portal; a few unrelated words are good."

    @staticmethod
    def _about(user: Any) -> list[str]:
        if user is None:
            return []
        texts = [user.name, user.email, *getattr(user, "context_words", ())]
        if not user._state.adding:
            texts += user.memberships.values_list("organization__name", flat=True)
        return [word for text in texts for word in words_of(text)]


class KnownFromBreaches:
    """Refuses what stands in the operator's list. While the list cannot be read, no new password is taken."""

    def validate(self, password: str, user: Any = None) -> None:
        if not settings.PORTAL_BREACHED_PASSWORDS:
            return
        try:
            is_known = breached.holds(Path(settings.PORTAL_BREACHED_PASSWORDS), password)
        except breached.Unreadable as error:
            log.error("The list of breached passwords cannot be read: %s", error)
            raise ValidationError(
                "New passwords cannot be checked now, so none is taken; the present one still works."
                " Tell the operator of the portal.",
                code="password_unchecked",
            ) from error
        if is_known:
            raise ValidationError(
                "This password is known from a breach elsewhere, so that it is tried first. Choose another.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "Choose one that you use nowhere else."
