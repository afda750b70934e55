"""Create or repair the database's roles, after migrations and as its superuser."""

from django.core.management.base import BaseCommand, CommandError

from partnership import database_roles


class Command(BaseCommand):
    help = "Create the roles portal_owner, portal_app and portal_audit and give them what they own and may do."

    def handle(self, *args, **options):
        if not database_roles.is_superuser():
            raise CommandError(
                "Roles are made by the database's superuser; name it in DATABASE_URL for this one command."
            )
        database_roles.make()
        if options["verbosity"]:
            self.stdout.write("The roles portal_owner, portal_app and portal_audit are as they should be.")
