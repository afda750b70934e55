"""Drafting step by step: the head, the parties and the terms of an agreement's open version."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agreements import paper
from agreements.actions import agreements, versions
from agreements.api.terms import (
    BasicsSerializer,
    ClauseSerializer,
    DataItemSerializer,
    HandlingSerializer,
    PartySerializer,
    PurposeSerializer,
    RedactionSerializer,
    TermSerializer,
    TransferSerializer,
    UseSerializer,
    WholeVersionSerializer,
)
from agreements.models import AgreementVersion
from partnership.api.downloads import BYTES, Whatever
from partnership.api.views import ScopedViewSet, deed

PARTS = ("party", "purpose", "data_item", "retention_term", "redaction_step", "permitted_use", "handling_policy", "transfer",
         "clause")  # fmt: skip
CHANGE = {f"{verb}_{part}": "agreements.change_agreement" for verb in ("add", "remove") for part in PARTS}


class Drafting(ScopedViewSet):
    """What is added to a draft and taken out of it."""

    @deed(answers=WholeVersionSerializer, methods=["get"])
    def version(self, request: Request, pk: str) -> Response:
        """The version that people talk about, as a whole: under work or for signature, else the governing one."""
        return self.answer(versions.last_version(self.get_object()), WholeVersionSerializer)

    @extend_schema(
        parameters=[OpenApiParameter("version", int, description="Its number; without it, the newest frozen one.")]
    )
    @deed(answers=BYTES, methods=["get"], content_negotiation_class=Whatever)
    def paper(self, request: Request, pk: str) -> FileResponse:
        """A frozen version as an archival PDF, with its hash and its signatures."""
        frozen = self.get_object().versions.filter(frozen_at__isnull=False).order_by("-number")
        asked = request.query_params.get("version")
        if asked is not None:
            frozen = frozen.filter(number=serializers.IntegerField(min_value=1, max_value=9_999).run_validation(asked))
        version = frozen.first()
        if version is None:
            raise Http404
        return paper.saved(paper.of_version(version))

    @deed(takes=BasicsSerializer, answers=WholeVersionSerializer, methods=["patch"])
    def basics(self, request: Request, pk: str) -> Response:
        """Change title, kind and calendar, and of the open version: summary, highest marking, group size, days."""
        found, columns = self.get_object(), self.given(BasicsSerializer, partial=True)
        changed = agreements.change_basics(agreement=found, columns=columns, by=self.actor.user, at=self.now)
        return self.answer(versions.last_version(changed), WholeVersionSerializer)

    @deed(takes=PartySerializer, answers=PartySerializer, status=201, path="parties")
    def add_party(self, request: Request, pk: str) -> Response:
        """Name a party; it becomes one in force with the last signature."""
        found, values = self.get_object(), self.given(PartySerializer)
        made = agreements.add_party(agreement=found, by=self.actor.user, at=self.now, **values)
        return self.answer(made, PartySerializer, status=201)

    @deed(status=204, path="parties/{key}", methods=["delete"])
    def remove_party(self, request: Request, pk: str, key: str) -> Response:
        """Take a named party out of the draft."""
        party = self.get_object().parties.filter(pk=_uuid(key)).select_related("agreement").first()
        if party is None:
            raise Http404
        agreements.remove_party(party=party, by=self.actor.user, at=self.now)
        return Response(status=204)

    @deed(takes=PurposeSerializer, answers=PurposeSerializer, status=201, path="purposes")
    def add_purpose(self, request: Request, pk: str) -> Response:
        """Add a purpose with its legal basis and the law cited."""
        return self._add("purposes", PurposeSerializer)

    @deed(status=204, path="purposes/{key}", methods=["delete"])
    def remove_purpose(self, request: Request, pk: str, key: str) -> Response:
        """Take a purpose out, with the uses that rest on it."""
        return self._remove("purposes", key)

    @deed(takes=DataItemSerializer, answers=DataItemSerializer, status=201, path="data-items")
    def add_data_item(self, request: Request, pk: str) -> Response:
        """List a category of data."""
        return self._add("data_items", DataItemSerializer)

    @deed(status=204, path="data-items/{key}", methods=["delete"])
    def remove_data_item(self, request: Request, pk: str, key: str) -> Response:
        """Take a category of data off the list."""
        return self._remove("data_items", key)

    @deed(takes=TermSerializer, answers=TermSerializer, status=201, path="retention-terms")
    def add_retention_term(self, request: Request, pk: str) -> Response:
        """Say from which event and for how long data of a category is kept, and what then."""
        return self._add("retention_terms", TermSerializer)

    @deed(status=204, path="retention-terms/{key}", methods=["delete"])
    def remove_retention_term(self, request: Request, pk: str, key: str) -> Response:
        """Take a retention period out."""
        return self._remove("retention_terms", key)

    @deed(takes=RedactionSerializer, answers=RedactionSerializer, status=201, path="redaction-steps")
    def add_redaction_step(self, request: Request, pk: str) -> Response:
        """Add a step of what is taken out before release."""
        return self._add("redaction_steps", RedactionSerializer)

    @deed(status=204, path="redaction-steps/{key}", methods=["delete"])
    def remove_redaction_step(self, request: Request, pk: str, key: str) -> Response:
        """Take a redaction step out."""
        return self._remove("redaction_steps", key)

    @deed(takes=UseSerializer, answers=UseSerializer, status=201, path="permitted-uses")
    def add_permitted_use(self, request: Request, pk: str) -> Response:
        """Authorise a use beforehand."""
        return self._add("permitted_uses", UseSerializer)

    @deed(status=204, path="permitted-uses/{key}", methods=["delete"])
    def remove_permitted_use(self, request: Request, pk: str, key: str) -> Response:
        """Take a use out."""
        return self._remove("permitted_uses", key)

    @deed(takes=HandlingSerializer, answers=HandlingSerializer, status=201, path="handling-policies")
    def add_handling_policy(self, request: Request, pk: str) -> Response:
        """Say how recipients handle data of a category."""
        return self._add("handling_policies", HandlingSerializer)

    @deed(status=204, path="handling-policies/{key}", methods=["delete"])
    def remove_handling_policy(self, request: Request, pk: str, key: str) -> Response:
        """Take a handling policy out."""
        return self._remove("handling_policies", key)

    @deed(takes=TransferSerializer, answers=TransferSerializer, status=201, path="transfers")
    def add_transfer(self, request: Request, pk: str) -> Response:
        """Say by which mechanism data goes to a party abroad."""
        return self._add("transfers", TransferSerializer)

    @deed(status=204, path="transfers/{key}", methods=["delete"])
    def remove_transfer(self, request: Request, pk: str, key: str) -> Response:
        """Take a transfer out."""
        return self._remove("transfers", key)

    @deed(takes=ClauseSerializer, answers=ClauseSerializer, status=201, path="clauses")
    def add_clause(self, request: Request, pk: str) -> Response:
        """Write a further clause."""
        return self._add("clauses", ClauseSerializer)

    @deed(status=204, path="clauses/{key}", methods=["delete"])
    def remove_clause(self, request: Request, pk: str, key: str) -> Response:
        """Take a further clause out."""
        return self._remove("clauses", key)

    def _open(self) -> tuple[Any, AgreementVersion]:
        found = self.get_object()
        version = versions.open_version(found)
        if version is None:
            raise versions.NotEditable
        return found, version

    def _add(self, kind: str, shape: Any) -> Response:
        found, version = self._open()
        columns = self.given(shape, version=version)
        made = agreements.add_row(agreement=found, kind=kind, columns=columns, by=self.actor.user, at=self.now)
        return self.answer(made, shape, status=201)

    def _remove(self, kind: str, key: str) -> Response:
        found, version = self._open()
        if not getattr(version, kind).filter(pk=_uuid(key)).exists():
            raise Http404
        agreements.remove_row(agreement=found, kind=kind, key=key, by=self.actor.user, at=self.now)
        return Response(status=204)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError as malformed:
        raise Http404 from malformed
