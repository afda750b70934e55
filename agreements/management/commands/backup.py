"""Take a backup from the command line."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.actions import backups
from partnership.errors import DomainError


class Command(BaseCommand):
    help = "Write database and files into a new folder of PORTAL_BACKUP_DIR, and remove backups whose days are over. Keys are not in it."

    def handle(self, *args, **options):
        try:
            made = backups.take(at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        missing = (
            f" {len(made.said['missing'])} files were missing or altered; the list names them."
            if made.said["missing"]
            else ""
        )
        self.stdout.write(
            f"{made.folder}: the database and {len(made.said['files'])} files, kept until {made.kept_until:%-d %B %Y}.{missing}"
        )
        self.stdout.write(
            "Keys, the trail's key and the folder of the trail are not in it: keep copies of them elsewhere."
        )
