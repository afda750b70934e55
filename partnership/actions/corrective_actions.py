"""Action items: raised, done by their owner, verified by somebody else."""

from datetime import date, datetime

from django.db import models, transaction

from partnership import verbs
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Audience, CorrectiveAction, Organization, User


class NotTheOwner(DomainError):
    default = "Only the owner reports an action item as done."


class OwnWork(DomainError):
    default = "The owner does not verify its own action item. Ask another member."


class WrongState(DomainError):
    default = "The action item is not in a state that allows this."


@transaction.atomic
def raise_action(
    *,
    source: models.Model,
    source_name: str,
    title: str,
    owner: User,
    organization: Organization,
    due_on: date,
    audience: Audience | None,
    by: User,
    at: datetime,
) -> CorrectiveAction:
    """Give somebody something to do until a day. The caller has checked that `by` may raise it."""
    made = CorrectiveAction.objects.create(
        title=title, raised_by_type=source._meta.label_lower, raised_by_id=source.pk, raised_by_name=source_name[:200],
        organization=organization, owner=owner, audience=audience, due_on=due_on, created_at=at, created_by=by,
    )  # fmt: skip
    record(verbs.ACTION_RAISED, made, by=by, at=at, subject=organization, due=f"{due_on:%-d %B %Y}")
    return made


@transaction.atomic
def finish(*, action: CorrectiveAction, by: User, at: datetime) -> CorrectiveAction:
    """The owner says that it is done."""
    action = CorrectiveAction.objects.select_for_update().get(pk=action.pk)
    if action.owner_id != by.pk:
        raise NotTheOwner
    if action.state != CorrectiveAction.State.OPEN:
        raise WrongState
    action.state, action.done_at, action.done_by = CorrectiveAction.State.DONE, at, by
    action.save(update_fields=["state", "done_at", "done_by"])
    record(verbs.ACTION_DONE, action, by=by, at=at, subject=action.organization)
    return action


@transaction.atomic
def verify(*, action: CorrectiveAction, by: User, at: datetime) -> CorrectiveAction:
    """Another person confirms that it is done. The caller has checked that `by` may see it."""
    action = CorrectiveAction.objects.select_for_update().get(pk=action.pk)
    if action.owner_id == by.pk:
        raise OwnWork
    if action.state != CorrectiveAction.State.DONE:
        raise WrongState
    action.state, action.verified_at, action.verified_by = CorrectiveAction.State.VERIFIED, at, by
    action.save(update_fields=["state", "verified_at", "verified_by"])
    record(verbs.ACTION_VERIFIED, action, by=by, at=at, subject=action.organization)
    return action
