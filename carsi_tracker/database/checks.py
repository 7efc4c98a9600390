"""What of the database a public installation lacks, for `manage.py check --deploy`."""

from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 (Django's name)
from django.db import Error, connection, connections
from psycopg.pq import Conninfo

from carsi_tracker import environment

MOST_APART = 5
"""Seconds by which two clocks may differ; codes of authenticator apps allow for 30."""
OLDEST_BACK_UP = timedelta(hours=36)
"""A back-up each night may be late by half a day."""
NEAR = ("", "localhost", "127.0.0.1", "::1")
ENCRYPTED = ("require", "verify-ca", "verify-full")
OF_THE_ROLE = """
    select
        current_user::text,
        (select rolsuper from pg_roles where rolname = current_user),
        exists (
            select from pg_class
            where relnamespace = 'public'::regnamespace and pg_has_role(relowner, 'member')
        ),
        exists (
            select from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r'
                and has_table_privilege(oid, 'insert, update, delete, truncate')
        ),
        coalesce(has_table_privilege(to_regclass('ledger_posting'), writing), false)
            or coalesce(has_table_privilege(to_regclass('ledger_entry'), writing), false),
        extract(epoch from clock_timestamp())::float8
    from (values ('insert, update, delete, truncate, trigger')) as of_all (writing)
"""


def role_and_clock(**_of: Any) -> list[CheckMessage]:
    """Say whether the role may do more than serve, and whether the clocks agree."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(OF_THE_ROLE)
            user, is_superuser, owns, writes, writes_journal, moment = cursor.fetchone()
    except Error:
        said = "The database does not answer, so its role and its clock were not looked at."
        return [Warning(said, id="database.W001")]
    found: list[CheckMessage] = []
    if is_superuser or owns:
        what = "is a superuser" if is_superuser else "owns tables"
        said = (
            f"The role {user} of DATABASE_URL {what}, so that a web process could change what is "
            "posted: name the application role there, which owns nothing."
        )
        found.append(Warning(said, id="database.W002"))
    elif settings.PUBLIC_ONLY and writes:
        said = (
            f"This machine serves the public site alone, but its role {user} may write: "
            "let DATABASE_URL name carsi_reader."
        )
        found.append(Warning(said, id="database.W009"))
    elif writes_journal:
        said = f"The role {user} of DATABASE_URL may write the journal: run manage.py migrate."
        found.append(Warning(said, id="database.W003"))
    if (apart := abs(moment - time())) > MOST_APART:
        said = (
            f"The clocks of this machine and of the database differ by {apart:.0f} seconds: "
            "let a time service set both."
        )
        found.append(Warning(said, id="database.W004"))
    return found


def encryption(**_of: Any) -> list[CheckMessage]:
    """Say which database is on another machine and may be spoken to in the clear."""
    usual = {
        option.keyword.decode(): option.val.decode()
        for option in Conninfo.get_defaults()
        if option.val is not None
    }
    found: list[CheckMessage] = []
    for database in connections.all():
        asked = database.settings_dict
        hosts = str(asked["HOST"] or usual.get("host", "")).split(",")
        mode = asked["OPTIONS"].get("sslmode", usual.get("sslmode"))
        far = [host for host in hosts if host not in NEAR and not host.startswith("/")]
        if far and mode not in ENCRYPTED:
            said = (
                f"The database on {far[0]} may be spoken to without encryption: add "
                "sslmode=verify-full to its address."
            )
            found.append(Warning(said, id="database.W005"))
    return found


def back_ups(**_of: Any) -> list[CheckMessage]:
    """Say that no back-up is seen, or that the last one is old."""
    stamp = environment.text("BACKUP_STAMP").strip()
    if not stamp:
        said = (
            "No back-up is seen: let each back-up touch a file, and name that in BACKUP_STAMP, "
            "as docs/backup.md does."
        )
        return [Warning(said, id="database.W006")]
    try:
        age = timedelta(seconds=time() - Path(stamp).stat().st_mtime)
    except OSError as error:
        said = f"The file {stamp} of BACKUP_STAMP can't be read: {error.strerror}."
        return [Warning(said, id="database.W007")]
    if age > OLDEST_BACK_UP:
        hours = age.total_seconds() // 3600
        said = f"The last back-up is {hours:.0f} hours old, by the file {stamp}: look at its timer."
        return [Warning(said, id="database.W008")]
    return []
