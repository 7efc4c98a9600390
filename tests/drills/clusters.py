"""PostgreSQL servers of Debian's package: made, copied, replicated, lost and promoted."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

PATIENCE = 60  # seconds
SUPERUSER, OWNER, APPLICATION, READER = "super", "carsi_owner", "carsi_app", "carsi_reader"
DATABASE = "carsi"
PASSWORD = secrets.token_hex(8)


def binaries() -> Path:
    """Return the folder of the newest programs of Debian's package; fails where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: path.parts)
    assert found, "No PostgreSQL was found in /usr/lib/postgresql: install Debian's package."
    return found[-1].parent


def free_port() -> int:
    """Return a port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_server(
    *words: str | Path, check: bool = True, within: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a program as PostgreSQL's own user, since it refuses to run as root.

    `within` is a command of root's that runs it elsewhere.
    """
    user = "postgres" if os.geteuid() == 0 and not within else None
    if within:
        within += ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    return subprocess.run(
        [*within, *(str(word) for word in words)],
        cwd="/",
        user=user,
        group=user,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=check,
    )


@dataclass(frozen=True)
class Cluster:
    """A server: its data, its port, and what its configuration says besides."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: tuple[tuple[str, str], ...] = ()
    bin: Path = field(default_factory=binaries)
    host: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    def initialise(self) -> None:
        """Make it, with its roles and an empty database, and start it."""
        password = self.folder.with_name(f"{self.folder.name}.password")
        password.write_text(PASSWORD)
        password.chmod(0o644)
        as_server(
            self.bin / "initdb", "-D", self.folder, "-U", SUPERUSER, "--pwfile", password,
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        hba = (self.folder / "pg_hba.conf").open("a")
        with hba:
            hba.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        self.start()
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as session:
            for role, more in ((OWNER, "createdb"), (APPLICATION, ""), (READER, "")):
                session.execute(f"create role {role} login {more} password '{PASSWORD}'")  # type: ignore[call-overload]
            session.execute(f"create database {DATABASE} owner {OWNER}")  # type: ignore[call-overload]

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        """Return its address for a role, as DATABASE_URL has it."""
        return f"postgresql://{role}:{PASSWORD}@{self.host}:{self.port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """What the tracker's environment says of it."""
        return {"DATABASE_URL": self.url(), "DATABASE_OWNER_URL": self.url(OWNER)}

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "port": str(self.port),
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "max_connections": "100",
            "shared_buffers": "64MB",
            **dict(self.settings),
        }
        words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        start = (
            *self.under,
            self.bin / "pg_ctl",
            "-D",
            self.folder,
            "-w",
            "-s",
            "-l",
            self.log,
            "-o",
            words,
        )
        as_server(*start, "start", within=self.within)

    def start_again(self) -> None:
        """Start it after its main process was killed: as soon as the others have noticed."""
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                self.start()
            except subprocess.CalledProcessError:
                assert time.monotonic() < patience, self.log.read_text()
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """Stop it, if it runs."""
        as_server(
            self.bin / "pg_ctl", "-D", self.folder, "-w", "-s", "-m", mode, "stop", check=False
        )

    def kill(self) -> None:
        """Kill its main process, as a machine does that is out of memory."""
        os.kill(self.postmaster, signal.SIGKILL)

    def end(self, main: int) -> None:
        """Kill its main process and all others at once, and wait until they are gone."""
        tasks = Path(f"/proc/{main}/task").glob("*/children")
        pids = [main, *(int(pid) for task in tasks for pid in task.read_text().split())]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        patience = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            assert time.monotonic() < patience, "PostgreSQL's processes do not end"

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def postmaster(self) -> int:
        """Its main process."""
        return int((self.folder / "postmaster.pid").read_text().split("\n")[0])

    def copied(self, folder: Path, **settings: str) -> "Cluster":
        """Return a copy of it while it is stopped, on a port of its own."""
        subprocess.run(["cp", "-a", self.folder, folder], check=True)  # keeps owner and rights
        made = replace(self, folder=folder, port=free_port())
        return made.configured(**settings)

    def configured(self, **settings: str) -> "Cluster":
        """Return it with further settings, which take effect when it starts."""
        return replace(self, settings=tuple((dict(self.settings) | settings).items()))

    def standby(self, folder: Path, **settings: str) -> "Cluster":
        """Make a hot standby of it that streams from it, and start that."""
        as_server(
            self.bin / "pg_basebackup", "-D", folder, "-R", "-X", "stream", "-c", "fast",
            "-d", self.url(SUPERUSER, "postgres"),
        )  # fmt: skip
        made = replace(self, folder=folder, port=free_port()).configured(**settings)
        made.start()
        return made

    def promote(self) -> None:
        """Make a standby the primary, and wait until it is."""
        as_server(self.bin / "pg_ctl", "-D", self.folder, "-w", "-s", "promote")

    def wait_for(self, primary: "Cluster") -> None:
        """Wait until this standby has replayed what the primary has committed by now."""
        with psycopg.connect(primary.url(SUPERUSER), autocommit=True) as session:
            (position,) = session.execute("select pg_current_wal_flush_lsn()").fetchone() or ("",)
        patience = time.monotonic() + PATIENCE
        with psycopg.connect(self.url(SUPERUSER), autocommit=True) as session:
            caught_up = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
            while session.execute(caught_up, [position]).fetchone() != (True,):
                assert time.monotonic() < patience, "the standby did not catch up"

    def remove(self) -> None:
        """Stop it and remove its data."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
