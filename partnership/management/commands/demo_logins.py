"""Say how to sign in to the demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print the logins of the demonstration."

    def handle(self, *args, **options):
        self.stdout.write(f"Demonstration logins, all with the password {settings.PORTAL_DEMO_PASSWORD}:")
        for login in settings.PORTAL_DEMO_LOGINS:
            self.stdout.write(f"  {login['role']:<24}{login['email']}")
