"""What the log says of what is no fault of the tracker: one line, without a traceback."""

import logging

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction

PLAIN = (OperationalError, InterfaceError, DisallowedHost)
OUTAGES = (IdleInTransactionSessionTimeout, ReadOnlySqlTransaction)


class OneLine(logging.Filter):
    """Write an outage of the database, and a request for another host, in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record where it is such a one; let it pass."""
        error = record.exc_info[1] if record.exc_info else None
        cause = getattr(error, "__cause__", None)
        if isinstance(error, PLAIN) or isinstance(cause, OUTAGES):
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
            said = record.getMessage()
            record.msg = said if why in said else f"{said}: {why}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True
