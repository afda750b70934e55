"""Check the audit trail from the command line."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partnership.audit import chain
from partnership.models import AuditCheckpoint


class Command(BaseCommand):
    help = "Recompute every link of the audit trail and name what does not fit. Exit code 0 if intact, else 1."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--from", dest="since", type=int, metavar="SIZE",
            help="begin at the newest checkpoint of at most that many entries instead of reading all",
        )  # fmt: skip

    def handle(self, *args, **options):
        since = checkpoint_at(options["since"])
        with transaction.atomic():
            verdict = chain.verify(since=since)
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_data()))
        else:
            self._tell(verdict)
        if not verdict.is_intact:
            sys.exit(1)

    def _tell(self, verdict):
        for fault in verdict.faults:
            self.stdout.write(fault)
        state = "intact" if verdict.is_intact else f"NOT intact: {len(verdict.faults)} faults"
        behind = f" behind the first {verdict.begin}" if verdict.begin else ""
        self.stdout.write(f"{verdict.entries} entries{behind} checked; the trail is {state}. Head: {verdict.head}")
        self.stdout.write(f"Root: {verdict.root}. Checkpoints: {verdict.checkpoints} in the database, {verdict.anchors} in the file;"
                          f" {verdict.cosignatures} counter-signatures. Without their words: {verdict.shredded}.")  # fmt: skip


def checkpoint_at(size):
    if size is None:
        return None
    found = AuditCheckpoint.objects.filter(size__lte=size).order_by("-size", "-id").first()
    if found is None:
        raise CommandError(f"There is no checkpoint of at most {size} entries. Leave --from away to read all.")
    return found
