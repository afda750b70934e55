"""The first steps of an empty portal: a secretariat and its first coordinator."""

import getpass
import os

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partnership.actions import founding


class Command(BaseCommand):
    help = "Make the neutral secretariat and its first coordinator, who invites everybody else."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", default="Coordinator")
        parser.add_argument("--secretariat", default="Secretariat", help="name of the coordinating body")
        parser.add_argument("--country", default="NL", help="its country, two letters")

    def handle(self, *args, **options):
        password = os.environ.get("PORTAL_FIRST_PASSWORD") or getpass.getpass("Password (at least 15 characters): ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        founding.found(
            secretariat=options["secretariat"], country=options["country"], email=options["email"], name=options["name"],
            password=password, at=timezone.now(),
        )  # fmt: skip
        self.stdout.write(f"{options['email']} is coordinator of {options['secretariat']}.")
