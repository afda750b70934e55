"""Import a VERIS file from the command line, with the same check and the same all-or-nothing as the page."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agreements.models import Agreement, DataCategory
from incidents.actions import imports
from incidents.models import Import
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.errors import DomainError
from partnership.models import TLP, Organization, User

MARKINGS = {"green": TLP.GREEN, "amber": TLP.AMBER, "amber+strict": TLP.AMBER_STRICT, "red": TLP.RED}


class Command(BaseCommand):
    """import_veris FILE --organization NAME --agreement REFERENCE --as EMAIL"""

    help = "Import VERIS incidents (JSON, JSON lines, plain or .gz) as reports under an agreement in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, help="name or id of the organization that files")
        parser.add_argument(
            "--agreement", required=True, help="reference of an agreement in force, such as AGR-2026-001"
        )
        parser.add_argument("--as", dest="email", required=True, help="e-mail address of its liaison officer")
        parser.add_argument("--category", default="incident-report", help="data category (default: incident-report)")
        parser.add_argument(
            "--tlp", choices=list(MARKINGS), default="amber", help="marking of every incident (default: amber)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only; nothing comes in")
        parser.add_argument("--skip-bad", action="store_true", help="import the good lines and list the bad ones")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._one(
            User.objects.filter(email__iexact=options["email"], is_active=True),
            f"Nobody has the address {options['email']}.",
        )
        organization = self._organization(options["organization"])
        if not can(Actor(by), "incidents.file_report", organization):
            raise CommandError(f"{options['email']} is no liaison officer of {organization.name}.")
        agreement = self._one(
            Agreement.objects.filter(reference__iexact=options["agreement"]),
            f"There is no agreement {options['agreement']}.",
        )
        category = self._one(
            DataCategory.objects.filter(code=options["category"]), f"There is no data category {options['category']}."
        )
        try:
            with transaction.atomic():
                self._run(organization, agreement, category, by, options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _run(
        self,
        organization: Organization,
        agreement: Agreement,
        category: DataCategory,
        by: User,
        options: dict[str, Any],
    ) -> None:
        path, at = options["file"], timezone.now()
        try:
            with path.open("rb") as file:
                given = imports.start(
                    organization=organization, agreement=agreement, category=category, tlp=MARKINGS[options["tlp"]],
                    file_name=path.name, chunks=iter(lambda: file.read(65536), b""), size=path.stat().st_size, by=by, at=at,
                    with_job=False,
                )  # fmt: skip
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        given = imports.check(given=given, tell=self._tell)
        self._report(given)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was imported.")
            transaction.set_rollback(True)
            return
        if given.bad_count and (not options["skip_bad"] or given.state != Import.State.CHECKED):
            transaction.set_rollback(True)
            raise CommandError(
                "Nothing was imported. Mend the lines above, or give --skip-bad to import the good ones."
            )
        given = imports.decide(given=given, skip_bad=options["skip_bad"], by=by, at=at, with_job=False)
        given = imports.bring_in(given=given, tell=self._tell)
        self.stdout.write(
            self.style.SUCCESS(
                f"{given.good_count:,} incidents imported, {given.known_count:,} known already, {given.bad_count:,} left out."
            )
        )

    def _report(self, given: Import) -> None:
        self.stdout.write(
            f"{given.read_count:,} read: {given.good_count:,} good, {given.bad_count:,} bad, {given.known_count:,} known."
        )
        for fault in given.errors:
            word = "remark" if fault.get("remark") else "bad"
            self.stderr.write(f"line {fault['line']} ({word}): {fault['reason']}")

    def _tell(self, done: int, total: int = 0, message: str = "") -> None:
        if done % 5000 == 0:
            self.stdout.write(message)

    def _organization(self, said: str) -> Organization:
        try:
            wanted = Q(pk=UUID(said))
        except ValueError:
            wanted = Q(name__iexact=said)
        return self._one(Organization.objects.filter(wanted), f"There is no organization {said}.")

    @staticmethod
    def _one(rows: Any, missing: str) -> Any:
        found = list(rows[:2])
        if len(found) != 1:
            raise CommandError(
                missing if not found else f"{missing.removesuffix('.')} that is the only one. Give its id."
            )
        return found[0]
