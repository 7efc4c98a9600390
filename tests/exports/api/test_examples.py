"""The lines that the page of the API offers to copy do what is said of them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.test import Client

from carsi_tracker.exports.api.examples import examples
from carsi_tracker.figures import aggregates
from carsi_tracker.figures.query import Filters, Query
from carsi_tracker.figures.versions import newest
from carsi_tracker.ledger.days import today
from tests.exports.api.asking import asked, within

pytestmark = pytest.mark.usefixtures("sourced")


class Silent(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def run(client: Client, tmp_path: Path) -> Iterator[Callable[[list[str]], str]]:
    """Give what runs a command and answers it over a socket meanwhile, in the test's session."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
        headers = {"Host": environ["HTTP_HOST"], "Accept-Encoding": encodings}
        response = client.get(f"{path}?{query}", headers=headers)
        start_response(f"{response.status_code} Answered", list(response.items()))
        return [b"".join(response)]

    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        server.timeout = 0.1

        def command(words: list[str]) -> str:
            said = tmp_path / "said"
            with said.open("w") as out:
                process = subprocess.Popen(words, stdout=out, env={**os.environ, "no_proxy": "*"})
                while process.poll() is None:
                    server.handle_request()
            assert process.returncode == 0
            return said.read_text()

        command.site = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        yield command


def lines(site: str, name: str) -> str:
    (example,) = (each for each in examples(site, "en") if each.name == name)
    return example.lines


def test_curl_asks_for_all_countries_on_a_day(client: Client, run: Any) -> None:
    answer = json.loads(run(["sh", "-c", lines(run.site, "curl")]))
    assert answer["data"] == asked(client, "figures?by=country&as_of=2009-09-30")["data"]


def test_python_with_pandas_adds_a_whole_list_up_by_fiscal_year(run: Any) -> None:
    said = run([sys.executable, "-c", lines(run.site, "pandas")])
    found = [line.split() for line in said.splitlines() if line[:2] == "20"]
    query = Query(newest()[0], today(), Filters(stage="committed", country="GT"))
    sums = aggregates.breakdown(query, "year")
    assert {int(year): Decimal(amount) for year, amount in found} == {
        year: each.committed for year, each in sums.items()
    }


@pytest.mark.skipif(not shutil.which("Rscript"), reason="Debian's R and r-cran-jsonlite")
def test_r_adds_the_commitments_of_an_area_up(run: Any) -> None:
    said = run(["Rscript", "-e", lines(run.site, "r")])
    query = Query(newest()[0], today(), Filters(area="community"))
    assert Decimal(said.split()[-1]) == aggregates.totals(query).committed


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_spreadsheets_and_r_ask_is_answered(client: Client, language: str) -> None:
    told = {each.name: each.lines for each in examples("http://testserver", language)}
    response = client.get(within(told["spreadsheet"]))
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Language"] == language
    assert asked(client, told["r"].split('"')[1].partition("/api/v1/")[2])["data"]
