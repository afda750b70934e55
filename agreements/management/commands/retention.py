"""Retention from the command line."""

import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.actions import backups
from agreements.retention import anchors, certificates, clock, execute, named, plan, replay, standing
from partnership.errors import DomainError


class Command(BaseCommand):
    help = "preview: what would go now; sweep: delete what is due; verify: check the certificates;"
    help += " replay: after a restore, delete again what was deleted since; drill: rehearse a restore."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["preview", "sweep", "verify", "replay", "drill"])
        parser.add_argument("--chunk", type=int, default=execute.CHUNK, help="records a transaction")

        parser.add_argument(
            "--from", dest="backup", type=Path, metavar="FOLDER", help="the backup to rehearse with; else the oldest"
        )

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
        except (clock.ClockInDoubt, standing.NotReplayed) as error:
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

    def replay(self, options):
        begun = time.monotonic()
        try:
            done = replay.replay()
        except DomainError as error:
            raise CommandError(str(error)) from error
        erased, failed = backups.erase_all_files(at=timezone.now())
        self.stdout.write(
            f"Replayed up to batch {done.seq}: {done.batches} batches, {done.records} records in {time.monotonic() - begun:.1f} s, of which"
            f" {done.gone} were there again; {done.holds} holds placed again; {erased} files erased."
        )
        if failed:
            raise CommandError(f"{failed} files could not be erased yet; the schedule tries again.")

    def drill(self, options):
        try:
            found = backups.drill(folder=options["backup"], at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        for line in [*found.told, *found.faults]:
            self.stdout.write(line)
        times = ", ".join(f"{what} {seconds} s" for what, seconds in found.seconds.items())
        if found.faults:
            raise CommandError(f"The rehearsal with {found.backup} failed ({times}).")
        self.stdout.write(
            f"The rehearsal with {found.backup} went well: nothing deleted is readable, the certificates are the same ({times})."
        )
