"""Say how to sign in to the demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand

from partnership.web.context import demo_logins


class Command(BaseCommand):
    help = "Print the logins of the demonstration."

    def handle(self, *args, **options):
        self.stdout.write(f"Demonstration logins, all with the password {settings.PORTAL_DEMO_PASSWORD}:")
        for login in demo_logins():
            self.stdout.write(f"  {login['role']:<24}{login['email']:<34}code {login['code']}")
        self.stdout.write("A code works once and for about a minute; the sign-in page shows the current ones.")
