"""docs/deployment.md, followed literally on a new Debian 12, makes what it says.

The system has its own systemd, so that the units run in their sandbox, its own network and ports.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.copies import ROOT, Answer
from tests.drills.clusters import PATIENCE
from tests.drills.systems import PROGRAMS, System, new_system, require_programs, run
from tests.sourced import COMMITTED, millions

pytestmark = pytest.mark.long
HOST = "tracker.example"
CERTIFICATE = "/etc/carsi-tracker/tls/fullchain.pem"
DOCUMENT = ROOT / "docs" / "deployment.md"
STEP = re.compile(r"^## (\d+\. .+)$", re.MULTILINE)
WITHIN = "systemctl show --property MainPID --value carsi-web"
PASSWORD = "correct horse battery staple"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LATER = {
    ("backup.md", "Try a restore"): "Verified: ",
    ("monitoring.md", "Prometheus, Grafana and alerts"): '"__name__":"carsi_ledger_version"',
    ("upgrade.md", "The one machine of the deployment"): "Verified: ",
}


def steps() -> list[tuple[str, str]]:
    """Return the numbered steps: their titles, and what is to be typed in them."""
    _, *parts = STEP.split(DOCUMENT.read_text())
    parts[-1] = parts[-1].partition("\n## ")[0]
    blocks = ["\n".join(BLOCK.findall(text)) for text in parts[1::2]]
    return list(zip(parts[::2], blocks, strict=True))


@dataclass(frozen=True)
class Reader:
    """Somebody who asks through nginx, by curl, with a file of cookies."""

    system: System
    folder: Path
    name: str = "nobody"

    def ask(self, path: str, *options: str, scheme: str = "https") -> Answer:
        """Ask for a page, whatever its status; redirects are not followed."""
        headers, body = self.folder / "headers", self.folder / "body"
        run(
            *self._curl("-D", str(headers), "-o", str(body), *options),
            f"{scheme}://{HOST}{path}",
        )
        status, *lines = headers.read_text().rstrip().split("\n\n")[-1].split("\n")
        named = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        return Answer(int(status.split()[1]), named, body.read_text(errors="replace"))

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form that is fetched from the same address first, for its token."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path).body)
        assert token, path
        words = [f"{name}={value}" for name, value in fields.items()]
        words += [f"csrfmiddlewaretoken={token[1]}"]
        data = [word for field in words for word in ("--data-urlencode", field)]
        return self.ask(path, "--referer", f"https://{HOST}{path}", *data)

    def _curl(self, *options: str) -> list[str]:
        jar = str(self.folder / f"{self.name}.cookies")
        return self.system.beside(
            "curl", "--silent", "--show-error", "--max-time", "60", "--cookie", jar,
            "--cookie-jar", jar, "--cacert", f"{self.system.root}{CERTIFICATE}",
            "--resolve", f"{HOST}:443:127.0.0.1", "--resolve", f"{HOST}:80:127.0.0.1", *options,
        )  # fmt: skip


@dataclass(frozen=True)
class Installation:
    """A system on which the steps were done: what each printed, and what was mailed."""

    system: System
    folder: Path
    said: dict[str, str]
    mails: Path

    def reader(self, name: str = "nobody") -> Reader:
        return Reader(self.system, self.folder, name)

    def until_it_answers(self) -> None:
        """Wait until the web processes serve."""
        patience = time.monotonic() + PATIENCE
        asked = f"curl -fsk --resolve {HOST}:443:127.0.0.1 https://{HOST}/health/"
        while self.system.shell(asked).returncode:
            assert time.monotonic() < patience, self.system.does("journalctl -u carsi-web")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Give a new system on which somebody did the steps, in order, in one shell."""
    require_programs(*PROGRAMS)
    folder = tmp_path_factory.mktemp("deployment")
    with new_system() as system:
        tracked = run("git", "-C", ROOT, "ls-files").splitlines()  # as they are, committed or not
        archive = system.root / "root" / "carsi-tracker.tar.gz"
        run(
            "tar",
            "-C",
            ROOT,
            "-czf",
            archive,
            *[name for name in tracked if (ROOT / name).exists()],
        )
        mails = folder / "mails"
        sink = system.beside(sys.executable, str(Path(__file__).with_name("mail_sink.py")), "25")
        with mails.open("w") as into, subprocess.Popen(sink, stdout=into) as server:
            try:
                yield Installation(system, folder, follow(system), mails)
            finally:
                server.kill()


def follow(system: System) -> dict[str, str]:
    """Do the steps, and return what each printed; print how long each took."""
    marked = [f"echo; echo '=== {title}' $EPOCHREALTIME\n{typed}" for title, typed in steps()]
    said = system.does("\n".join([*marked, "echo; echo === $EPOCHREALTIME"]))
    parts = re.split(r"^=== (.*?) ?(\d+\.\d+)\n", said, flags=re.MULTILINE)[1:]
    titles, moments, texts = parts[::3], [float(at) for at in parts[1::3]], parts[2::3]
    for title, began, ended in zip(titles, moments, moments[1:], strict=False):
        print(f"{ended - began:6.1f} s  {title}")  # noqa: T201 (the times are the drill's result)
    print(f"{moments[-1] - moments[0]:6.1f} s  in all")  # noqa: T201
    return dict(zip(titles, texts, strict=True))


def test_the_steps_end_with_an_installation_in_which_nothing_is_missing(
    installed: Installation,
) -> None:
    last = next(said for title, said in installed.said.items() if "Is it right?" in title)
    assert re.fullmatch(r"System check identified no issues \(\d+ silenced\)\.", last.strip())


def test_readers_see_the_figures_in_both_languages(installed: Installation) -> None:
    for path, word in (("/", "committed"), ("/es/", "comprometido")):
        page = installed.reader().ask(path)
        assert page.status == 200
        assert f"${millions(COMMITTED)} " in page.body
        assert word in page.body.lower()
        assert "strict-transport-security" in page.headers
    style = re.search(r'href="(/static/[^"]+\.css)"', page.body)
    assert style
    assert installed.reader().ask(style[1]).status == 200


def test_plain_http_leads_to_https(installed: Installation) -> None:
    answer = installed.reader().ask("/es/changes/?x=1", scheme="http")
    assert (answer.status, answer.headers["location"]) == (
        301, f"https://{HOST}/es/changes/?x=1",
    )  # fmt: skip


def test_a_test_mail_reached_the_mail_server(installed: Installation) -> None:
    assert f"To: office@{HOST}" in installed.mails.read_text()
    said = next(said for title, said in installed.said.items() if "mail" in title)
    assert said.strip().endswith("mails were sent, 0 wait.")


def test_the_web_processes_are_shut_in(installed: Installation) -> None:
    status = installed.system.does(f"cat /proc/$({WITHIN})/status")
    assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\s+2$", status, re.MULTILINE)
    readable = installed.system.does(
        "su -s /bin/sh carsi_app -c 'cat /etc/carsi-tracker/*' || true"
    )
    assert "Permission denied" in readable
    environment = installed.system.does(f"tr '\\0' '\\n' </proc/$({WITHIN})/environ")
    assert "DATABASE_URL=" in environment
    assert "DATABASE_OWNER_URL" not in environment


@pytest.mark.parametrize("unit", ["carsi-web", "postgresql@15-main", "nginx"])
def test_a_server_that_is_killed_comes_back(installed: Installation, unit: str) -> None:
    asked = f"systemctl show --property MainPID --value {unit}"
    before = installed.system.does(asked).strip()
    installed.system.does(f"kill -9 {before}")
    installed.system.does(
        f'timeout {PATIENCE} sh -c \'until [ "$({asked})" -gt 0 -a "$({asked})" != {before} ];'
        " do sleep 0.2; done'"
    )
    installed.until_it_answers()
    installed.system.does(
        f"timeout {PATIENCE} sh -c 'until curl -fsS http://127.0.0.1:8000/ready/;"
        " do sleep 0.2; done'"
    )


@pytest.mark.parametrize("name", ["mail", "housekeeping", "backup", "verify", "witness"])
def test_what_timers_start_runs_and_is_due(installed: Installation, name: str) -> None:
    installed.system.does(f"systemctl start carsi-{name}.service")
    assert f"carsi-{name}.timer" in installed.system.does("systemctl list-timers --no-pager")


def test_the_first_administrator_signs_in_and_the_desk_is_never_kept(
    installed: Installation,
) -> None:
    said = next(said for title, said in installed.said.items() if "administrator" in title)
    password = said.split()[-1]
    person = installed.reader("administrator")
    answer = person.post("/account/login/", login="admin", password=password)
    assert answer.status == 302
    for cookie in (person.folder / "administrator.cookies").read_text().splitlines()[4:]:
        assert cookie.split("\t")[3] == "TRUE"  # secure
    person.post("/account/password/", oldpassword=password, password1=PASSWORD, password2=PASSWORD)
    for _ in range(2):
        desk = person.ask("/admin/")
        assert desk.status in {200, 302}
        assert "x-cache" not in desk.headers
        assert person.ask("/about/").headers["x-cache"] == "bypass"
    kept = installed.system.does("grep -arhE '^KEY: ' /var/cache/nginx-carsi || true")
    assert f"KEY: https{HOST}/" in kept
    assert not re.search("/(admin|account)/", kept)


@pytest.mark.parametrize(
    ("megabytes", "statuses"), [(16, {200, 400, 403}), (17, {413})], ids=["16 MB", "17 MB"]
)
def test_bodies_of_16_megabytes_pass_and_larger_ones_are_refused_in_a_sentence(
    installed: Installation, megabytes: int, statuses: set[int]
) -> None:
    body = installed.folder / "large"
    body.write_bytes(b"x" * megabytes * 2**20)
    answer = installed.reader().ask("/account/login/", "--data-binary", f"@{body}")
    assert answer.status in statuses
    assert ("More than 16 MB were sent" in answer.body) == (answer.status == 413)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/ready", "/ready/"])
def test_what_is_for_monitoring_is_not_let_out(installed: Installation, path: str) -> None:
    assert installed.reader().ask(path).status == 404


@pytest.mark.parametrize("path", ["/charts/card.png", "/entries/?text=honduras"])
def test_who_asks_too_often_is_told_so(installed: Installation, path: str) -> None:
    answers = (installed.reader().ask(path) for _ in range(100))
    refused = next(answer for answer in answers if answer.status == 429)
    assert refused.headers["retry-after"] == "60"
    assert "Too many requests came from your address." in refused.body
    assert installed.reader().ask("/").status == 200


def test_sign_in_has_a_limit_of_its_own(installed: Installation) -> None:
    answers = [
        installed.reader("guesser").ask("/account/login/", "--data", "login=a").status
        for _ in range(14)
    ]
    assert answers[0] != 429
    assert answers[-1] == 429
    assert installed.reader("guesser").ask("/account/login/").status == 200


def test_the_last_copy_of_a_page_stands_in_while_no_web_process_serves(
    installed: Installation,
) -> None:
    installed.until_it_answers()
    before = installed.reader().ask("/commitments/")
    assert before.headers["x-cache"] in {"miss", "expired", "revalidated"}
    installed.system.does("systemctl stop carsi-web")
    try:
        patience = time.monotonic() + PATIENCE
        while (stale := installed.reader().ask("/commitments/")).headers["x-cache"] == "hit":
            assert time.monotonic() < patience
        assert (stale.status, stale.headers["x-cache"]) == (200, "stale")
        assert stale.body == before.body
        for path in ("/admin/", "/account/login/", "/search/?q=never-asked"):
            away = installed.reader().ask(path)
            assert away.status == 503
            assert "The site does not answer at the moment." in away.body
    finally:
        installed.system.does("systemctl start carsi-web")
    installed.until_it_answers()
    assert installed.reader().ask("/commitments/").headers["x-cache"] == "revalidated"


@pytest.mark.parametrize(("document", "section"), LATER)
def test_what_is_typed_later_does_what_it_is_for(
    installed: Installation, document: str, section: str
) -> None:
    (_, names), *_steps = steps()
    (typed, *_more) = BLOCK.findall((DOCUMENT.parent / document).read_text().split(section)[1])
    assert LATER[document, section] in installed.system.does(f"{names}\n{typed}")
    installed.until_it_answers()
