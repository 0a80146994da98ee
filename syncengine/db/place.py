"""Where a database is: on this machine, or somewhere that others reach too."""

from __future__ import annotations

from sqlalchemy.engine import make_url

#: Hosts that only this machine's own people reach; a path is the folder of a Unix socket.
LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})


def is_local(url: str) -> bool:
    """Whether the database is a file, or a server on this machine."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite"):
        return True
    named = parsed.query.get("host") or parsed.host or ""
    hosts = [named] if isinstance(named, str) else list(named)
    return all(host in LOOPBACK or host.startswith("/") for each in hosts for host in each.split(","))
