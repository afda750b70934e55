"""Put a new key before the present ones; and, once every process runs with it, forget the former ones."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from partnership import encryption, keys
from partnership.security import note
from partnership.web import factors

REWRITTEN = (factors.seal_anew,)  # imported here, so that a command knows all that is encrypted


class Command(BaseCommand):
    help = "Rotate the key of one purpose. Start the portal again afterwards; then call it with --finish."

    def add_arguments(self, parser):
        parser.add_argument("purpose", choices=sorted(keys.KEYS))
        parser.add_argument("--finish", action="store_true", help="write values anew and forget the former keys")

    def handle(self, *args, **options):
        purpose, folder = options["purpose"], settings.PORTAL_KEYS_DIR
        secret = keys.KEYS[purpose]
        if os.environ.get(secret.name):
            raise CommandError(
                f"{secret.name} comes from the environment. Move its value to the front of {secret.former_name}, "
                f"give {secret.name} a new random text, and start again."
            )
        done = self._finish(purpose, folder) if options["finish"] else self._rotate(purpose, folder)
        note("key_rotated", detail={"purpose": purpose, "step": "finish" if options["finish"] else "new key"})
        if options["verbosity"]:
            self.stdout.write(done)

    def _rotate(self, purpose, folder):
        keys.rotate(purpose, folder)
        return f"The new key of {purpose} is in {folder / purpose}. Start every process again, then call --finish."

    def _finish(self, purpose, folder):
        if keys.read(purpose, {}, folder)[:1] != settings.PORTAL_KEYS[purpose][:1]:
            raise CommandError("This process runs with another key than the file holds. Start again first.")
        written = encryption.rewrite_all() if purpose == encryption.PURPOSE else {}
        told = ", ".join(f"{count} {name}" for name, count in written.items()) or "nothing to write anew"
        return f"{told}; {keys.drop_former(purpose, folder)} former keys forgotten. Start every process again."
