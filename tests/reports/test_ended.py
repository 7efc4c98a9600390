"""A session that PostgreSQL ends between two statements is an outage, no error of the tracker."""

import logging
import sys
import time

import pytest
from django.db import InternalError, connection
from django.test import RequestFactory

from carsi_tracker.reports.page.errors import server_error
from carsi_tracker.web.log import OneLine


@pytest.mark.django_db
def test_a_session_ended_as_idle_is_answered_by_503_and_one_line_of_the_log(
    rf: RequestFactory,
) -> None:
    session = connection.copy()
    session.set_autocommit(False)
    patience = time.monotonic() + 60
    try:
        with session.cursor() as cursor:
            cursor.execute("set idle_in_transaction_session_timeout = '1ms'")
            while time.monotonic() < patience:
                time.sleep(0.01)
                cursor.execute("select 1")
    except InternalError:
        answer = server_error(rf.get("/"))
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Error", (), sys.exc_info())
    finally:
        session.close()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert OneLine().filter(record)
    assert record.exc_info is None
    assert record.getMessage() == "Error: terminating connection due to idle-in-transaction timeout"
