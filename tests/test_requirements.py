"""What the tracker is installed from: pinned by hashes, licensed, compared with what is known."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from carsi_tracker import __version__

ROOT = Path(settings.BASE_DIR)
PINNED = re.compile(
    r"^([\w.-]+)(?:\[[^]]*])?==(\S+).*? \\((?:\n    --hash=\S+(?: \\)?)+)$", re.MULTILINE
)


def pinned(file: str) -> dict[str, tuple[str, set[str]]]:
    """Return what a file of pinned libraries says of each: its version and its files' hashes."""
    found = PINNED.findall((ROOT / file).read_text())
    return {
        name: (version, set(re.findall(r"sha256:(\w+)", said))) for name, version, said in found
    }


def asked(file: str) -> dict[str, str]:
    """Return the libraries that we ask for, and their versions."""
    found = re.findall(r"^([\w.-]+)\S*==(\S+)$", (ROOT / file).read_text(), re.MULTILINE)
    return {name.lower(): version for name, version in found}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_library_is_pinned_by_hashes_as_it_was_asked_for(name: str) -> None:
    lines = (ROOT / f"{name}.txt").read_text().splitlines()
    found = pinned(f"{name}.txt")
    assert len(found) == sum(line[:1].isalnum() for line in lines)
    assert all(hashes for _version, hashes in found.values())
    wanted = asked(f"{name}.in")
    assert len(wanted) > 10
    assert {each: found[each][0] for each in wanted} == wanted


def test_tests_run_on_the_libraries_that_serve() -> None:
    assert pinned("requirements.txt").items() <= pinned("requirements-dev.txt").items()


def test_a_library_under_a_license_that_is_not_allowed_is_refused() -> None:
    licenses = [ROOT / ".venv" / "bin" / "pip-licenses", "--packages"]
    assert subprocess.run([*licenses, "django"], cwd=ROOT, check=False).returncode == 0
    general = subprocess.run(
        [*licenses, "djlint"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (general.returncode, "GPL-3.0" in general.stderr) == (1, True)


@contextmanager
def database_of_vulnerabilities(answer: Callable[[str], Any]) -> Iterator[str]:
    """Give the address of a database that answers so about a library."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answer(json.loads(sent)["package"]["name"])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def compared(address: str) -> tuple[int, str]:
    """Compare our libraries with the database at an address."""
    run = subprocess.run(
        [".ci/vulnerabilities", "--osv-url", address],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout


def test_a_known_vulnerability_fails_and_a_database_out_of_reach_is_said() -> None:
    with database_of_vulnerabilities(lambda _library: {}) as address:
        assert compared(address) == (0, "No known vulnerabilities found\n")
    assert compared(address) == (0,
        "The database of vulnerabilities could not be reached: no library was compared with it.\n",
    )  # fmt: skip
    of_waitress = {
        "id": "CVE-2099-1", "summary": "Made up",
        "affected": [{"package": {"name": "waitress", "ecosystem": "PyPI"}}],
    }  # fmt: skip
    with database_of_vulnerabilities(
        lambda library: {"vulns": [of_waitress]} if library == "waitress" else {}
    ) as address:
        status, said = compared(address)
    assert (status, "CVE-2099-1" in said) == (1, True)


def test_the_list_of_libraries_for_a_release_is_valid_whole_and_the_same_each_time() -> None:
    from cyclonedx.schema import SchemaVersion  # two seconds, which all workers would take
    from cyclonedx.validation.json import JsonStrictValidator

    make = ["make", "-s", "-o", ".venv/developing", "sbom"]
    runs = []
    for _ in range(2):
        made = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True)
        runs.append((ROOT / made.stdout.strip()).read_text())
    assert runs[0] == runs[1]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(runs[0]) is None
    told = json.loads(runs[0])
    assert told["metadata"]["component"]["version"] == __version__
    hashes = {
        each["name"]: {hash_["content"] for hash_ in each["externalReferences"][0]["hashes"]}
        for each in told["components"]
    }
    libraries = pinned("requirements.txt")
    assert hashes == {name: hashes for name, (_version, hashes) in libraries.items()}
    assert {each["name"]: each["version"] for each in told["components"]} == {
        name: version for name, (version, _hashes) in libraries.items()
    }
