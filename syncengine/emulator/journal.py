"""What was asked and what it did: a line for each request, and the ledger of metered reads."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from syncengine.emulator.state import State

#: Lines of requests that wrote nothing wait in memory until there are so many; a kill may lose them, never one of a write.
_PENDING = 256
_COUNT = (
    "INSERT INTO meter (client_id, realm, month, core, coreplus) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET core = core + excluded.core, coreplus = coreplus + excluded.coreplus"
)


@dataclass
class Line:
    """One request, as the journal keeps it."""

    time: str
    realm: str
    client_id: str = ""
    method: str = ""
    path: str = ""
    operation: str = ""
    entity: str = ""
    requestid: str = ""
    minorversion: str = ""
    bids: list[str] = field(default_factory=list)
    status: int = 0
    #: Code of the fault that was answered, "" for a success.
    fault: str = ""
    #: Name of the injected fault, "" for none.
    mischief: str = ""
    #: Metered reads, and unmetered successful writes.
    coreplus: int = 0
    core: int = 0
    in_flight: int = 0
    #: `Entity/Id/change` of everything written.
    wrote: list[str] = field(default_factory=list)
    #: Whether the answer is a remembered one.
    replayed: bool = False
    tid: str = ""
    milliseconds: float = 0.0
    note: str = ""

    def text(self) -> str:
        """The line as JSON, without what is empty."""
        return json.dumps(
            {name: value for name, value in self.__dict__.items() if value or name == "status"}, separators=(",", ":")
        )


class Journal:
    """The journal and the ledger; whoever uses them holds the state's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pending: list[Line] = []
        self._metered: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._months: dict[tuple[str, str], int] = {}

    def add(self, line: Line, month: str, *, keep: bool) -> None:
        """Note a request; one that wrote is saved at once, in the transaction of what it wrote."""
        if line.core or line.coreplus:
            counted = self._metered[line.client_id, line.realm, month]
            counted[0] += line.core
            counted[1] += line.coreplus
            if (line.client_id, month) in self._months:
                self._months[line.client_id, month] += line.coreplus
        if keep:
            self._pending.append(line)
        if line.wrote or len(self._pending) >= _PENDING:
            self.flush()

    def flush(self) -> None:
        """Save what waits."""
        with self._state.transaction():
            if self._pending:
                rows = [(line.realm, line.text()) for line in self._pending]
                self._state.executemany("INSERT INTO journal (realm, line) VALUES (?, ?)", rows)
            for key, (core, coreplus) in self._metered.items():
                self._state.execute(_COUNT, (*key, core, coreplus))
        self._pending.clear()
        self._metered.clear()

    def take(self, realm: str, text: str) -> int:
        """Save a line that another journal has kept, as its JSON; returns the number that it has here."""
        self.flush()
        return int(self._state.execute("INSERT INTO journal (realm, line) VALUES (?, ?)", (realm, text)).lastrowid or 0)

    def count(self, client_id: str, realm: str, month: str, core: int, coreplus: int) -> None:
        """Add to the ledger what was metered elsewhere."""
        self._state.execute(_COUNT, (client_id, realm, month, core, coreplus))
        self._months.pop((client_id, month), None)

    def next_number(self) -> int:
        """The number that the next line will have."""
        saved = self._state.execute("SELECT coalesce(max(n), 0) FROM journal").fetchone()[0]
        return int(saved) + len(self._pending) + 1

    def month(self, client_id: str, month: str) -> int:
        """Metered reads of an app in a month, over all its companies."""
        known = self._months.get((client_id, month))
        if known is None:
            self.flush()
            known = self._state.execute(
                "SELECT coalesce(sum(coreplus), 0) FROM meter WHERE client_id = ? AND month = ?", (client_id, month)
            ).fetchone()[0]
            self._months[client_id, month] = known
        return int(known)

    def lines(self, realm: str | None = None, since: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
        """Lines after number `since`, oldest first; each with its number `n`."""
        self.flush()
        rows = self._state.execute(
            "SELECT n, line FROM journal WHERE n > ? AND (? IS NULL OR realm = ?) ORDER BY n LIMIT ?", (since, realm, realm, limit)
        )
        return [{"n": n, **json.loads(line)} for n, line in rows]

    def meter(self) -> list[dict[str, Any]]:
        """The ledger: writes (core) and metered reads (coreplus) per app, company and month."""
        self.flush()
        rows = self._state.execute("SELECT client_id, realm, month, core, coreplus FROM meter ORDER BY month, client_id, realm")
        return [dict(zip(("client_id", "realm", "month", "core", "coreplus"), row, strict=True)) for row in rows]

    def clear(self) -> None:
        """Forget all lines and counts."""
        self._pending.clear()
        self._metered.clear()
        self._months.clear()
        with self._state.transaction():
            self._state.execute("DELETE FROM journal")
            self._state.execute("DELETE FROM meter")
            self._state.execute("UPDATE version SET line = NULL WHERE line IS NOT NULL")
