"""Attempts to sign in, counted in the database for all processes together."""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone

WRITE = """
    insert into accounts_attempt as kept (cache_key, value, expires) values (%s, %s, %s)
    on conflict (cache_key) do update set value = excluded.value, expires = excluded.expires
    where %s or kept.expires < %s
"""


class Attempts(DatabaseCache):
    """Django's cache in a table; but what can't be written is an error.

    Django's own answers then as if somebody else had been first, which a throttle reads as "too
    often".
    """

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        raise NotImplementedError

    def _base_set(self, mode: str, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Write a value, or add one where none is; say whether it was written."""
        now = timezone.now()
        ends = self.get_backend_timeout(timeout)
        expires = (
            datetime.max.replace(tzinfo=UTC) if ends is None else datetime.fromtimestamp(ends, UTC)
        )
        written = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from accounts_attempt")
            (number,) = cursor.fetchone()
            if number > self._max_entries:
                self._cull(connection.alias, cursor, now, number)  # type: ignore[attr-defined]  # Django has it
            cursor.execute(WRITE, [key, written, expires, mode == "set", now])
            return bool(cursor.rowcount)
