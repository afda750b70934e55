"""Step-up: some deeds ask for a second factor proven within the last minutes.

Asked for a page, the portal asks for the factor first and then shows the page. When a form comes in too late, the same
address answers with the question, and carries what was entered in hidden fields; the right code sends it on. Nothing is
kept on the server, and nothing is typed twice.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partnership.access import proof
from partnership.web import factors
from partnership.web.accounts import CodeForm, PasskeyForm
from partnership.web.fields import hidden_json

PREFIX = "step-up"
ASKED = f"{PREFIX}-asked"  # by which method the page was asked for when the question was put


class Answer(forms.Form):
    """The code, or what the passkey said."""

    code = CodeForm.base_fields["code"]
    credential = hidden_json(required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, prefix=PREFIX, **kwargs)
        self.user = user
        self.fields["code"].required = False

    def clean(self):
        given = super().clean()
        if not self.errors:
            self._check(given)
        return given

    def _check(self, given: dict[str, Any]) -> None:
        if given.get("credential"):
            inner: Any = PasskeyForm({"credential": self.data[f"{PREFIX}-credential"]}, user=self.user)
        else:
            inner = CodeForm({"code": given.get("code", "")}, user=self.user)
        if not inner.is_valid():
            self.add_error("code", ValidationError([text for texts in inner.errors.values() for text in texts]))


def ask(request: Any) -> HttpResponse | None:
    """None when the session is fresh; otherwise the question, or the way on after the right answer."""
    if proof.is_fresh(request, timezone.now()):
        return None
    is_answer = request.method == "POST" and ASKED in request.POST
    form = Answer(request.POST if is_answer else None, user=request.user)
    if not (is_answer and form.is_valid()):
        return _question(request, form)
    request.session.cycle_key()
    proof.prove(request.session, request.user, timezone.now())
    return redirect(request.get_full_path()) if request.POST[ASKED] == "GET" else None


def _question(request: Any, form: Answer) -> HttpResponse:
    asked = request.POST.get(ASKED, request.method)
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith(PREFIX) and name != "csrfmiddlewaretoken"
        for value in values
    ]
    options = factors.proof_options(request.user) if factors.has_passkey(request.user) else ""
    context = {"page_title": "Confirm that it is you", "form": form, "asked": asked, "carried": carried,
               "passkey_options": options, "is_posted": asked == "POST"}  # fmt: skip
    return render(request, "account/step_up.html", context, status=200 if request.method == "GET" else 422)
