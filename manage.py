"""Run a management command with the settings named in the environment."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.local")
    execute_from_command_line(sys.argv)
