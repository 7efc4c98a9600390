"""A machine that serves the public site alone, as a role that can only read."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from carsi_tracker.exports.api.tables import API_TABLES
from tests.copies import Answer
from tests.drills.clusters import APPLICATION, OWNER, READER, SUPERUSER, Cluster
from tests.drills.machines import environment, manage, serving
from tests.reports.addresses import EXAMPLES, IN_ONE_LANGUAGE

STAFF = re.compile(r' *<li><a href="(?:/es)?/admin/">[^<]+</a></li>\n')
"""What the foot of each page of a machine with a desk has besides."""
CSP = "content-security-policy"
HOST = "localhost"  # pages name the host that was asked for
DIFFERENT = {"etag", "date", "x-request-id", "content-length", "vary", CSP}
MAY_READ = {
    "django_migrations", "ledger_account", "ledger_appropriation", "ledger_commitment",
    "ledger_countersignature", "ledger_country", "ledger_document", "ledger_documentfile",
    "ledger_entry", "ledger_goal", "ledger_head", "ledger_openquestion", "ledger_organization",
    "ledger_posting", "ledger_programmingarea", "ledger_publishedfigure", "ledger_texts",
    "ledger_translation", "rules.posted_text",
}  # fmt: skip
REFUSED = (
    "select password from accounts_user",
    "select session_data from django_session",
    "select data from mfa_authenticator",
    "select * from accounts_event",
    "select * from accounts_attempt",
    "select amount from ledger_line",
    "select title from ledger_batch",
    "select text from ledger_remark",
    "select content from ledger_upload",
    "select text from rules.amount_text",
    "insert into ledger_country (code, name_en, name_es, retired) values ('XX', 'X', 'X', false)",
    "update ledger_head set version = 1",
    "update ledger_commitment set title = 'Mine'",
    "delete from ledger_document",
    "truncate ledger_entry",
    "copy ledger_translation from stdin",
    "select rules.post(1, 'x', '')",
    "select rules.submit(1)",
    "select rules.batch_content(1, null)",
    "select nextval('ledger_country_id_seq')",
    "create table mine (x int)",
    "create temporary table mine (x int)",
    "create function mine() returns int language sql as 'select 1'",
    "set role carsi_app",
    "set session_replication_role = replica",
    "set row_security = off; select * from ledger_commitment",
    "do $$ begin lock table ledger_entry in access exclusive mode; end $$",
    "select pg_read_file('/etc/passwd')",
)


@pytest.mark.long
def test_it_answers_what_a_machine_with_a_desk_answers_without_a_cookie_or_a_write(
    checkout: Path, primary: Cluster, make_standby: Callable[..., Cluster], folder: Path
) -> None:
    """Also from a standby, which could not write if it would."""
    standby = make_standby("standby")
    standby.wait_for(primary)
    before = written(primary)
    with (
        serving(checkout, folder / "full.log", DATABASE_URL=primary.url()) as full,
        public_only(checkout, folder, primary) as alone,
        public_only(checkout, folder, standby) as following,
    ):
        for address in public_addresses():
            expected = full.get(address, Host=HOST)
            body = STAFF.sub("", expected.body)
            for answer in (alone(address), following(address)):
                assert (answer.status, answer.body) == (expected.status, body), address
                assert comparable(answer) == comparable(expected), address
                assert "Set-Cookie" not in answer.headers
    assert written(primary) == before
    assert "Traceback" not in (folder / f"public-{primary.port}.log").read_text()


def test_it_knows_no_desk_and_no_sign_in(checkout: Path, primary: Cluster, folder: Path) -> None:
    with public_only(checkout, folder, primary) as ask:
        assert ask("/").status == 200
        for language in ("", "/es"):
            missing = ask(f"{language}/no-such-page/")
            assert missing.status == 404
            for address in ("/admin/", "/account/login/", "/admin/ledger/batch/", "/account/"):
                answer = ask(f"{language}{address}")
                assert (answer.status, answer.body) == (404, missing.body)
                assert "Set-Cookie" not in answer.headers
            assert "/admin/" not in missing.body


def test_the_reading_role_reads_what_the_public_sees_and_nothing_else(primary: Cluster) -> None:
    with psycopg.connect(primary.url(READER), autocommit=True) as session:
        for attack in REFUSED:
            with pytest.raises(psycopg.Error) as refused:
                session.execute(attack)  # type: ignore[call-overload]
            assert refused.value.sqlstate in {"42501", "22023"}, attack
        readable = session.execute(
            "select c.oid::regclass::text from pg_class c where relkind in ('r', 'v')"
            " and relnamespace in ('public'::regnamespace, 'rules'::regnamespace)"
            " and has_any_column_privilege(c.oid, 'select')"
        )
        assert {name for (name,) in readable} == MAY_READ


@pytest.mark.long
def test_what_a_draft_introduces_is_hidden_from_the_reading_role_until_it_is_posted(
    checkout: Path, migrated: Cluster
) -> None:
    with psycopg.connect(migrated.url(OWNER)) as session:
        session.execute(
            "select set_config('carsi.actor', id::text, true) from accounts_user"
            " where username = 'ana'"
        )
        session.execute(
            "insert into ledger_document select new.* from ledger_document d,"
            " jsonb_populate_record(d, jsonb_build_object('id', d.id + 1000, 'key', 'new-letter'))"
            " new where d.key = 'letter-of-the-dump'"
        )
    with (
        psycopg.connect(migrated.url(READER)) as reader,
        psycopg.connect(migrated.url(APPLICATION)) as application,
    ):
        for table, name, hidden in (
            ("ledger_commitment", "reference", {"DUMP-DRAFT", "DUMP-WAITS"}),
            ("ledger_document", "key", {"new-letter"}),
        ):
            query = f"select {name} from {table}"
            seen, all_of_them = (
                {found for (found,) in session.execute(query)}  # type: ignore[call-overload]
                for session in (reader, application)
            )
            assert hidden <= all_of_them - seen
            assert seen
    said = manage(checkout, "verify_ledger", **migrated.environment)
    assert said.startswith("Verified: ")


def test_the_reading_role_writes_the_published_ledger_to_the_byte(
    checkout: Path, primary: Cluster, folder: Path
) -> None:
    written = folder / "written"
    manage(
        checkout, "write_ledger", str(written), SERVES="public", DATABASE_URL=primary.url(READER)
    )
    published = checkout / "fixtures" / "ledger"
    for path in filter(Path.is_file, published.rglob("*")):
        assert (written / path.relative_to(published)).read_bytes() == path.read_bytes(), path


def test_check_warns_where_the_role_may_write(checkout: Path, primary: Cluster) -> None:
    for role, warned in ((APPLICATION, True), (READER, False)):
        said = subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy"],
            cwd=checkout,
            env=environment(
                SERVES="public", DATABASE_URL=primary.url(role), ALLOWED_HOSTS="tracker.example"
            ),
            capture_output=True, text=True, check=False,
        ).stderr  # fmt: skip
        assert ("but its role carsi_app may write" in said) is warned, said
        assert "Traceback" not in said


@contextmanager
def public_only(
    checkout: Path, folder: Path, cluster: Cluster
) -> Iterator[Callable[[str], Answer]]:
    """Serve the public site alone, and give what asks it."""
    log = folder / f"public-{cluster.port}.log"
    with serving(checkout, log, SERVES="public", DATABASE_URL=cluster.url(READER)) as machine:
        yield lambda address: machine.get(address, Host=HOST)


def public_addresses() -> Iterator[str]:
    """Yield each public address, in each language that it has."""
    for name in (*API_TABLES, "figures?by=area,document", "entries?text=policia", "openapi.json"):
        yield f"/api/v1/{name}"
    yield from ("/data/carsi-ledger-v12.zip.sha256", "/embed/available/?country=GT")
    for address in EXAMPLES.values():
        yield address
        if not address.startswith(IN_ONE_LANGUAGE):
            yield f"/es{address}"


def comparable(answer: Answer) -> dict[str, object]:
    """Return the headers that don't tell one answer, or one kind of machine, from the other."""
    named = {name.lower(): value for name, value in answer.headers.items()}
    varies = {word.strip() for word in named.get("vary", "").split(",")} - {"Cookie", ""}
    policy = {word.strip() for word in named.get(CSP, "").split(";")}
    same = {name: value for name, value in named.items() if name not in DIFFERENT}
    return same | {"vary": varies, CSP: policy}


def written(cluster: Cluster) -> int:
    """Return how many rows were ever written in the tables of a database."""
    with psycopg.connect(cluster.url(SUPERUSER)) as session:
        session.execute("select pg_stat_clear_snapshot()")
        (number,) = session.execute(
            "select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables"
        ).fetchone() or (0,)
        return int(number)
