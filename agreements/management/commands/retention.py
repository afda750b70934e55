"""Retention from the command line."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.retention import anchors, certificates, clock, execute, named, plan


class Command(BaseCommand):
    help = "preview: what would go now; sweep: delete what is due; verify: check the certificates."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["preview", "sweep", "verify"])
        parser.add_argument("--chunk", type=int, default=execute.CHUNK, help="records a transaction")

    def handle(self, *args, **options):
        getattr(self, options["what"])(options)

    def preview(self, options):
        found = plan.groups(timezone.now())
        for group in found.groups:
            self.stdout.write(
                f"{group.agreement} {group.category}: {group.goes} go, {group.held} held, {group.waiting} wait for return,"
                f" {group.unapproved} for approval"
            )
        self.stdout.write(
            f"{found.goes} records go with the next run; {found.held} are held; {found.waiting} wait for their return;"
            f" {found.unapproved} wait for the approval of a second coordinator."
        )

    def sweep(self, options):
        try:
            run = execute.sweep(trigger="command", chunk=max(1, options["chunk"]))
        except clock.ClockInDoubt as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{run.deleted_count} deleted, {run.anonymised_count} anonymised, {run.held_count} held, {run.unapproved_count} wait for approval,"
            f" {run.left_count} left: {run.state}."
        )

    def verify(self, options):
        faults = certificates.verify() + anchors.faults() + named.faults()
        for fault in faults:
            self.stdout.write(fault)
        self.stdout.write("The certificates are intact." if not faults else f"{len(faults)} faults found.")
        if faults:
            sys.exit(1)
