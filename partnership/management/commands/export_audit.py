"""Write the trail with its proofs to a file, to be checked without the portal."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from partnership.exports import trail_pack
from partnership.management.commands.verify_audit import checkpoint_at
from partnership.models import AuditEntry


class Command(BaseCommand):
    help = "Write entries, checkpoints, keys and the verifier into one ZIP file. Check it with verify_trail.py."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where to write, such as trail.zip")
        parser.add_argument("--words", action="store_true", help="with names and values, which may be personal data")
        parser.add_argument(
            "--from", dest="since", type=int, metavar="SIZE",
            help="begin at the newest checkpoint of at most that many entries",
        )  # fmt: skip

    def handle(self, *args, **options):
        words_of = None if options["words"] else AuditEntry.objects.none()
        with transaction.atomic(), options["file"].open("wb") as target:
            count = trail_pack.write(target, words_of=words_of, since=checkpoint_at(options["since"]))
        self.stdout.write(f"{count} entries are in {options['file']}. Check them: python3 -I verify_trail.py FILE")
