"""Signing: each party's signatory signs the frozen version; the last signature puts it in force."""

from datetime import datetime

from django.db import transaction

from agreements import verbs
from agreements.actions.amending import all_have_signed, signed_by_all
from agreements.actions.versions import out_for_signature
from agreements.models import Agreement, Party, Signature
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import User


class NotForSignature(DomainError):
    default = "This agreement is not out for signature."


class NotYourParty(DomainError):
    default = "You are not a signatory of this party."


class SignedAlready(DomainError):
    default = "This party has signed already."


class OtherWords(DomainError):
    default = "The version was replaced while you read it. Read the new one before you sign."


def parties_to_sign(agreement: Agreement, by: User) -> list[Party]:
    """Parties for which this person may still sign the version that is out."""
    version = out_for_signature(agreement)
    if version is None:
        return []
    own = Actor(by).organizations("signatory")
    signed = Signature.objects.filter(version=version).values("party")
    return list(
        agreement.parties.filter(organization__in=own, until__isnull=True)
        .exclude(pk__in=signed)
        .select_related("organization")
    )


@transaction.atomic
def sign(*, agreement: Agreement, party: Party, content_hash: str, statement: str, by: User, at: datetime) -> Signature:
    """Sign for a party the words whose hash the signatory saw."""
    require(Actor(by), "agreements.sign_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = out_for_signature(agreement)
    if version is None:
        raise NotForSignature
    if version.content_hash != content_hash:
        raise OtherWords
    if party.agreement_id != agreement.pk or party.organization_id not in Actor(by).organizations("signatory"):
        raise NotYourParty(field="party")
    if Signature.objects.filter(version=version, party=party).exists():
        raise SignedAlready(field="party")
    made = Signature.objects.create(
        version=version, party=party, content_hash=content_hash, statement=statement, signed_at=at, signed_by=by
    )
    record(verbs.AGREEMENT_SIGNED, agreement, by=by, at=at, subject=agreement, organization=party.organization.name,
           hash=content_hash)  # fmt: skip
    if all_have_signed(agreement, version):
        signed_by_all(agreement, version, at)
    return made
