"""A network of a test's own, whose cable can be pulled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Cable:
    """A cable from this machine to a place that is reached by nothing else."""

    place: str
    address: str

    @property
    def within(self) -> tuple[str, ...]:
        """The command that runs a program there."""
        return ("ip", "netns", "exec", self.place)

    def pull(self) -> None:
        """Let nothing through."""
        subprocess.run([*self.within, "ip", "link", "set", "there", "down"], check=True)

    def plug_in(self) -> None:
        """Let everything through again."""
        subprocess.run([*self.within, "ip", "link", "set", "there", "up"], check=True)


@contextmanager
def cable() -> Iterator[Cable]:
    """Lay a cable to a network namespace."""
    place, here = f"carsi-{os.getpid()}", f"carsi{os.getpid() % 10**7}"
    made = Cable(place, "10.213.77.2")
    laid = subprocess.run(
        ["ip", "netns", "add", place], capture_output=True, text=True, check=False
    )
    if laid.returncode:
        pytest.skip(f"A network of a test's own needs root: {laid.stderr.strip()}")
    try:
        for command in (
            f"ip link add {here} type veth peer name there netns {place}",
            f"ip address add 10.213.77.1/30 dev {here}",
            f"ip link set {here} up",
            f"ip netns exec {place} ip address add {made.address}/30 dev there",
            f"ip netns exec {place} ip link set lo up",
        ):
            subprocess.run(command.split(), check=True)
        made.plug_in()
        yield made
    finally:
        subprocess.run(["ip", "netns", "delete", place], check=True)
        subprocess.run(["ip", "link", "delete", here], capture_output=True, check=False)
