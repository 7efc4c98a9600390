#!/usr/bin/env python
"""Runs one command of the tracker, on the database that it needs."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from carsi_tracker.database import address
from carsi_tracker.local import postgresql

WITHOUT_DATABASE = {
    "collectstatic",
    "compilemessages",
    "database_address",
    "findstatic",
    "help",
    "makemessages",
    "verify",
    "version",
}


def main() -> None:
    """Run the command, in the role it needs, with the embedded server up while it runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carsi_tracker.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command in address.OWNER_COMMANDS:
            address.act_as_owner()
        if address.is_embedded() and command not in WITHOUT_DATABASE:
            postgresql.start(address.EMBEDDED)
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, postgresql.ServerError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
