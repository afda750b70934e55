"""Bring a database up to date in one process, which is quicker than one for each step."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from partnership.models import User
from partnership.registry import refusal


class Command(BaseCommand):
    help = "Migrate; with --demo load the demonstration into an empty portal and say how to sign in."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="load the demonstration where the portal is empty")
        parser.add_argument("--logins-to", type=Path, metavar="FILE", help="write the demonstration's logins to a file")

    def handle(self, *args, **options):
        call_command("migrate", verbosity=0, interactive=False)
        if why := refusal():
            raise CommandError(why)  # before the demonstration, and before anything is started
        if not options["demo"]:
            return
        call_command("load_demo", stdout=self.stdout)
        emails = [login["email"] for login in settings.PORTAL_DEMO_LOGINS]
        if options["logins_to"] and User.objects.filter(email__in=emails).exists():
            with options["logins_to"].open("w") as file:
                call_command("demo_logins", stdout=file)
