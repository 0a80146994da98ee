"""Ports and waiting for servers that a test has started."""

from __future__ import annotations

import random
import socket
from pathlib import Path

#: Where Linux says from which ports it serves those who ask for any.
_KERNELS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_240
#: Not seeded by anything: runs at the same time must not draw the same ports.
_chance = random.SystemRandom()


def free_port() -> int:
    """A TCP port on loopback that nobody listens on, and that the system gives to nobody else until the test's server has begun."""
    for port in _chance.sample(range(_LOWEST, _end()), 100):
        with socket.socket() as probe:
            # As servers do: connections of the past do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port in a hundred tries")


def _end() -> int:
    """The first port that other tests' connections may get at any moment; where all are of that sort, the usual one."""
    usual = 32_768
    lowest = int(_KERNELS.read_text(encoding="ascii").split()[0]) if _KERNELS.exists() else usual
    return lowest if lowest > _LOWEST + 1000 else usual
