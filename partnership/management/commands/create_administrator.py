"""The first steps of an empty portal: a secretariat and its first coordinator."""

import getpass
import os

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from partnership.actions import founding
from partnership.countries import CODES
from partnership.errors import DomainError
from partnership.models import User


class Command(BaseCommand):
    help = "Make the neutral secretariat and its first coordinator, who invites everybody else."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", default="Coordinator")
        parser.add_argument("--secretariat", default="Secretariat", help="name of the coordinating body")
        parser.add_argument("--country", default="NL", help="its country, two letters")

    def handle(self, *args, **options):
        self.check_given(options)
        password = os.environ.get("PORTAL_FIRST_PASSWORD") or getpass.getpass("Password (at least 15 characters): ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        try:
            founding.found(
                secretariat=options["secretariat"], country=options["country"].upper(), email=options["email"], name=options["name"],
                password=password, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['email']} is coordinator of {options['secretariat']}.")

    def check_given(self, options):
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError("EMAIL is no e-mail address. Write one such as you@example.org.") from error
        if User.objects.filter(email__iexact=options["email"]).exists():
            raise CommandError("EMAIL belongs to an account already. Use another address.")
        if options["country"].upper() not in CODES:
            raise CommandError("--country is not the code of a country. Write two letters such as NL.")
        for name in ("name", "secretariat"):
            if not 0 < len(options[name].strip()) <= 200:
                raise CommandError(f"--{name} has to have 1 to 200 characters.")
