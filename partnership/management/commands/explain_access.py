"""Say why a person may do something, or that the person may not."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from partnership.access.actor import Actor
from partnership.access.decide import explain
from partnership.access.table import PERMISSIONS
from partnership.models import User


class Command(BaseCommand):
    help = "explain_access EMAIL PERMISSION [KEY]: print every way by which the person is allowed."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("permission")
        parser.add_argument("key", nargs="?", help="key of the row, for a permission on rows")

    def handle(self, *args, **options):
        person = User.objects.filter(email=options["email"].lower()).first()
        entry = PERMISSIONS.get(options["permission"])
        if person is None or entry is None:
            raise CommandError(
                "Unknown address." if person is None else "Unknown permission. See docs/generated/permissions.md."
            )
        row = self.row(entry.model, options["key"]) if entry.model and options["key"] else None
        ways = explain(Actor(person), entry.name, row)
        for way in ways:
            self.stdout.write(f"{way.name}: {way.because}")
        if not ways:
            self.stdout.write("No way leads there.")

    def row(self, model, key):
        try:
            return model._default_manager.get(pk=key)
        except (model.DoesNotExist, ValidationError, ValueError) as error:
            raise CommandError(
                f"KEY names no {model._meta.verbose_name}: {key}. It stands at the end of its page's address."
            ) from error
