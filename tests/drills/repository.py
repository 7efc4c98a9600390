"""A pgBackRest repository of a drill's server, by the configuration of installations."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings

from tests.drills.clusters import PASSWORD, PATIENCE, SUPERUSER, Cluster

DEPLOY = Path(settings.BASE_DIR) / "deploy" / "pgbackrest"


@dataclass(frozen=True)
class Repository:
    """Where back-ups and the write-ahead log go; `folder` is all that a disaster leaves."""

    folder: Path
    configuration: Path

    def run(self, *words: str, check: bool = True) -> str:
        """Run pgbackrest as PostgreSQL's user, and return what it said."""
        configured = f"--config={self.configuration}"  # what a restored server asks again
        return self._run("pgbackrest", configured, "--stanza=carsi", *words, check=check)

    def back_up_as_the_unit_does(self, stamp: Path) -> None:
        """Run what carsi-backup.service runs, one after the other, with this file as its stamp."""
        unit = (DEPLOY.parent / "systemd" / "carsi-backup.service").read_text()
        for command in re.findall(r"^ExecStart(?:Post)?=(.+)$", unit, re.MULTILINE):
            assert not stamp.exists()
            said = command.replace("$$", "$").replace("%%", "%")
            self._run(*shlex.split(said.replace("/var/lib/carsi-backup/last", str(stamp))))

    def _run(self, *words: str, check: bool = True) -> str:
        ran = subprocess.run(
            words,
            cwd="/", user="postgres" if os.geteuid() == 0 else None,
            group="postgres" if os.geteuid() == 0 else None,
            env=os.environ
            | {"PGPASSWORD": PASSWORD, "PGBACKREST_CONFIG": str(self.configuration)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert not check or ran.returncode == 0, ran.stdout
        return ran.stdout

    def fails(self, *words: str) -> str:
        """Run pgbackrest, which has to fail; return what it said."""
        said = self.run(*words, check=False)
        assert re.search("ERROR|errors", said), said
        return said

    def restored(self, cluster: Cluster, folder: Path, *words: str) -> Cluster:
        """Restore what `cluster` was into another folder, and start it there, on another port.

        It answers before it has read the whole log, so wait until it has.
        """
        self.run(f"--pg1-path={folder}", "restore", *words)
        made = Cluster(folder, bin=cluster.bin)
        made.start()
        patience = time.monotonic() + PATIENCE
        with psycopg.connect(made.url(SUPERUSER), autocommit=True) as session:
            while session.execute("select pg_is_in_recovery()").fetchone() == (True,):
                assert time.monotonic() < patience, "the recovery does not end"
                time.sleep(0.05)
        return made


def archived(
    cluster: Cluster, folder: Path, where: Path | None = None
) -> tuple[Cluster, Repository]:
    """Start a stopped server that archives to a repository of its own, as the documents say."""
    repository = where or folder / "repository"
    paths = {"repo1-path": repository, "log-path": folder / "log", "lock-path": folder / "lock"}
    for path in paths.values():
        path.mkdir(exist_ok=True)
        path.chmod(0o750)
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
    deployed = configparser.ConfigParser(allow_no_value=True, interpolation=None)
    deployed.read(DEPLOY / "pgbackrest.conf")
    deployed["global"].update({name: str(path) for name, path in paths.items()})
    deployed["global"]["repo1-cipher-pass"] = PASSWORD
    deployed["carsi"].update({
        "pg1-path": str(cluster.folder), "pg1-port": str(cluster.port),
        "pg1-socket-path": str(folder), "pg1-user": SUPERUSER,
    })  # fmt: skip
    made = Repository(repository, folder / "pgbackrest.conf")
    with made.configuration.open("w") as file:
        deployed.write(file)
    text = (DEPLOY / "postgresql.conf").read_text()
    told = dict(re.findall(r"^(\w+) = '?(.*?)'?$", text, re.MULTILINE))
    command = told["archive_command"].replace(
        "pgbackrest", f"pgbackrest --config={made.configuration}"
    )
    archiving = cluster.configured(
        **told | {"archive_command": command, "unix_socket_directories": str(folder)}
    )
    archiving.start()
    made.run("stanza-create")
    made.run("check")
    return archiving, made
