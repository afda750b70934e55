"""Check the audit trail from the command line."""

import json
import sys

from django.core.management.base import BaseCommand
from django.db import transaction

from partnership.audit import chain


class Command(BaseCommand):
    help = "Recompute every link of the audit trail and name what does not fit. Exit code 0 if intact, else 1."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args, **options):
        with transaction.atomic():
            verdict = chain.verify()
        if options["json"]:
            self.stdout.write(json.dumps({
                "intact": verdict.is_intact, "entries": verdict.entries, "shredded": verdict.shredded,
                "head": verdict.head, "faults": verdict.faults,
            }))  # fmt: skip
        else:
            for fault in verdict.faults:
                self.stdout.write(fault)
            state = "intact" if verdict.is_intact else f"NOT intact: {len(verdict.faults)} faults"
            self.stdout.write(f"{verdict.entries} entries checked; the trail is {state}. Head: {verdict.head}")
        if not verdict.is_intact:
            sys.exit(1)
