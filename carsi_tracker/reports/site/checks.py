"""What `manage.py check --deploy` asks of a machine that serves the public site alone."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from carsi_tracker.database.reading import connection

MAY_WRITE = """
    select current_user, exists (
        select from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace
            and has_table_privilege(oid, 'insert, update, delete, truncate')
    )
"""


@checks.register(checks.Tags.security, deploy=True)
def who_only_reads_may_not_write(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Warn where a machine without a desk speaks to the database as a role that may write."""
    if not settings.PUBLIC_ONLY:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(MAY_WRITE)
            role, may_write = cursor.fetchone()
    except DatabaseError:
        return []  # what does not answer is told by other means
    if not may_write:
        return []
    return [
        checks.Warning(
            f"This machine serves the public site alone, but its role {role} may write.",
            hint="Let DATABASE_URL name carsi_reader.",
            id="reports.W001",
        )
    ]
