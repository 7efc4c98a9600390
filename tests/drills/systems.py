"""Whole systems: a new Debian with its own systemd, network and ports, on this machine."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.copies import ROOT
from tests.drills.clusters import PATIENCE

KEPT = Path("/var/tmp/carsi-drills")  # noqa: S108 (it outlives a run: a system takes a minute to make)
SUITE, PYTHON = "bookworm", "3.11"
PROGRAMS = ("mmdebstrap", "slirp4netns", "systemd-nspawn", "nsenter", "ip", "curl")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def require_programs(*names: str) -> None:
    """Skip the test where root, or one of the programs, is not there."""
    if os.geteuid() != 0 or any(shutil.which(name) is None for name in names):
        pytest.skip(f"This is for root, and needs the programs {', '.join(names)}.")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time make what is kept."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def debian() -> Path:
    """Return the root of a smallest Debian with systemd, as a server's installer leaves one."""
    made = KEPT / SUITE
    with _alone():
        if not made.exists():
            unfinished = made.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            sources = Path("/etc/apt/sources.list.d/debian.sources")
            run(
                "mmdebstrap", "--quiet", "--variant=minbase", "--include=systemd,systemd-sysv,dbus",
                SUITE, unfinished, *([sources] if sources.exists() else []),
            )  # fmt: skip
            (unfinished / "usr" / "sbin" / "policy-rc.d").unlink(missing_ok=True)
            unfinished.rename(made)
    return made


def wheels() -> Path:
    """Return a folder with the wheels of requirements.txt for the system's own Python."""
    requirements = ROOT / "requirements.txt"
    made = KEPT / f"wheels-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]}"
    with _alone():
        if not made.exists():
            unfinished = made.with_suffix(".unfinished")
            run(
                sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:",
                f"--python-version={PYTHON}", "--dest", unfinished, "-r", requirements,
            )  # fmt: skip
            unfinished.rename(made)
    return made


def run(*words: str | Path) -> str:
    """Run a program of this machine and return what it printed; fails with what it said."""
    done = subprocess.run(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class System:
    """A running system: where its files are, its first process and its network."""

    root: Path
    init: int
    network: str

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script in it, as root in a new shell, as somebody does who sits before it."""
        return subprocess.run(
            [
                "nsenter", f"--target={self.init}", "--mount", "--uts", "--ipc", "--net", "--pid",
                "--root", "--wd", "/usr/bin/env", "-i", f"PATH={PATH}", "HOME=/root", "TERM=dumb",
                "bash", "-eu", "-o", "pipefail", "-c", script,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip

    def does(self, script: str) -> str:
        """Run a script in it and return what it printed; fails where it does."""
        done = self.shell(script)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def beside(self, *words: str) -> list[str]:
        """Return a command that runs a program of this machine in the system's network."""
        return ["nsenter", f"--net=/run/netns/{self.network}", *words]


@contextmanager
def new_system() -> Iterator[System]:
    """Give a new Debian that has started; nothing of it is left afterwards.

    It reaches the network by a program of its own, but nothing of this machine; its packages come
    from where this machine's come, its wheels from a folder.
    """
    folder = KEPT.parent / f"carsi-system-{secrets.token_hex(4)}"  # the name of a machine, too
    folder.mkdir(mode=0o700)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        root = _overlay(folder, stack)
        network = _network(folder, stack)
        (root / "etc" / "resolv.conf").write_text("nameserver 10.0.2.3\n")
        (root / "etc" / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
        for path in Path("/etc/apt/apt.conf.d").glob("99*"):  # what this machine says of its mirror
            shutil.copy(path, root / "etc" / "apt" / "apt.conf.d")
        archives = KEPT / "archives"
        archives.mkdir(exist_ok=True)
        yield System(root, _boot(folder, root, network, archives, stack), network)


def _overlay(folder: Path, stack: contextlib.ExitStack) -> Path:
    below, root = debian(), folder / "root"
    for name in ("root", "upper", "work"):
        (folder / name).mkdir()
    options = f"lowerdir={below},upperdir={folder / 'upper'},workdir={folder / 'work'}"
    run("mount", "-t", "overlay", "overlay", "-o", options, root)
    stack.callback(run, "umount", root)
    return root


def _network(folder: Path, stack: contextlib.ExitStack) -> str:
    name = folder.name
    run("ip", "netns", "add", name)
    stack.callback(run, "ip", "netns", "delete", name)
    ours, theirs = os.pipe()
    network = subprocess.Popen(
        [
            "slirp4netns", "--configure", "--mtu=1500", "--disable-host-loopback",
            "--netns-type=path", f"--ready-fd={theirs}", f"/run/netns/{name}", "tap0",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[theirs],
    )  # fmt: skip
    stack.callback(_end, network)
    os.close(theirs)
    assert os.read(ours, 1), "the system has no network"
    os.close(ours)
    run("ip", "netns", "exec", name, "ip", "link", "set", "lo", "up")
    return name


def _boot(
    folder: Path, root: Path, network: str, archives: Path, stack: contextlib.ExitStack
) -> int:
    groups = _control_groups(network, stack)
    join = "".join(f'echo $$ >"{group}/cgroup.procs"; ' for group in groups)
    with (folder / "console").open("w") as console:
        container = subprocess.Popen(
            [
                "sh", "-c", f'{join}exec "$@"', "sh",
                "systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit",
                "--console=pipe", "--resolv-conf=off", f"--machine={network}",
                f"--directory={root}", f"--network-namespace-path=/run/netns/{network}",
                f"--bind={archives}:/var/cache/apt/archives", f"--bind-ro={wheels()}:/wheels",
            ],
            stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
        )  # fmt: skip
    stack.callback(_end, container)
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    patience = time.monotonic() + PATIENCE
    while True:
        for child in children.read_text().split():
            system = System(root, int(child), network)
            if system.shell("systemctl is-system-running").stdout.strip() == "running":
                return system.init
        assert container.poll() is None, (folder / "console").read_text()
        assert time.monotonic() < patience, (folder / "console").read_text()


def _control_groups(name: str, stack: contextlib.ExitStack) -> list[Path]:
    """Make control groups of its own: of those that it shared, systemd could end no process."""
    roots = (Path("/sys/fs/cgroup") / part for part in ("", "systemd", "unified"))
    made = [root / name for root in roots if (root / "cgroup.procs").exists()]
    for place in made:
        place.mkdir()
        stack.callback(_remove_control_groups, place)
    return made


def _remove_control_groups(place: Path) -> None:
    for folder, _folders, _files in os.walk(place, topdown=False):
        Path(folder).rmdir()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
