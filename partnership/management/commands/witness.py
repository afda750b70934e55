"""Let the witnesses of the demonstration counter-sign the newest checkpoint, as partners do with witness_trail.py."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partnership.demo import WITNESSES, counter_sign, offline_program
from partnership.models import User


class Command(BaseCommand):
    help = "Counter-sign the newest checkpoint with the keys of the demonstration's witnesses."

    def add_arguments(self, parser):
        parser.add_argument("partner", nargs="*", help=f"which; all of {', '.join(WITNESSES)} unless named")

    def handle(self, *args, **options):
        program = offline_program("witness_trail.py")
        for key in options["partner"] or WITNESSES:
            person = User.objects.filter(email=f"admin@{key}.example").first()
            try:
                own = program["Witness"](Path(settings.PORTAL_TRAIL_DIR) / "demo-witnesses" / key)
                if person is None:
                    raise CommandError(f"The demonstration has no administrator of {key}.")
                size = counter_sign(own, by=person, at=timezone.now())
            except program["Refused"] as error:
                raise CommandError(f"{key} did not sign. {error}") from error
            self.stdout.write(f"{key} counter-signed {size} entries.")
