"""Pages and the connection to PostgreSQL, which a worker keeps from page to page."""

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests import databases


@pytest.mark.commits
@pytest.mark.usefixtures("desk_database")
def test_a_page_opens_again_the_connection_that_postgresql_has_closed(client: Client) -> None:
    client.get("/")
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (kept,) = cursor.fetchone()
    database = databases.application_of(str(connection.settings_dict["NAME"]))
    with psycopg.connect(database.conninfo()) as session:
        session.execute("select pg_terminate_backend(%s, 5000)", [kept])
    assert client.get("/").status_code == 200
