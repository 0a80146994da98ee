"""Who a process is: a name that other processes on this host can tell to be alive or dead."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: Where Linux shows its processes; elsewhere it does not exist, and nobody is ever known to be dead.
PROC = Path("/proc")


@dataclass(frozen=True)
class Identity:
    """One process, as its name in leases and heartbeats tells it.

    Attributes:
        host: the machine's name.
        boot: which start of the machine, and which room of process numbers in it (two containers may share a boot
            and even a host name, while process 7 of one is not process 7 of the other); "" where that is not known.
        pid: the process number.
        started: clock ticks from boot to the process' start, so that a number used again is another process; 0 if unknown.
    """

    host: str
    boot: str
    pid: int
    started: int

    def __str__(self) -> str:
        return f"{self.host}:{self.boot}:{self.pid}.{self.started}"


def mine() -> Identity:
    """This process."""
    pid = os.getpid()
    return Identity(socket.gethostname()[:100], _boot(), pid, started(pid) or 0)


def parse(owner: str) -> Identity | None:
    """The identity behind a lease owner's name, or None where the name was made up by a person."""
    try:
        host, boot, process = owner.rsplit(":", 2)
        pid, _, begun = process.partition(".")
        return Identity(host, boot, int(pid), int(begun))
    except ValueError:
        return None


def dead(owner: str) -> bool:
    """Whether `owner` is known to be gone: it ran on this host, since this boot, and no such process runs any more.

    False means that it may live: a lease of such an owner is waited for until it runs out.
    """
    other = parse(owner)
    if other is None or not other.boot or (other.host, other.boot) != (socket.gethostname()[:100], _boot()):
        return False
    return started(other.pid) != other.started


def started(pid: int) -> int | None:
    """When the process `pid` of this host began, in clock ticks from boot; None where no such process runs.

    A zombie (ended, not yet waited for) does not run.
    """
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold anything, so fields are counted from its end: state is the 3rd of all, start the 22nd.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def command_line(pid: int) -> str:
    """What the process `pid` was started with, its words parted by blanks; "" where there is no such process."""
    if PROC.exists():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    asked = subprocess.run(  # noqa: S603 -- a fixed program and a number
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def _boot() -> str:
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:13]}-{(PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""
