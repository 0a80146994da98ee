"""What an emulator is made of; the gateway and the control interface work with the same parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from syncengine.emulator import load
from syncengine.emulator.books import Books
from syncengine.emulator.clock import TurnableClock
from syncengine.emulator.journal import Journal
from syncengine.emulator.mischief import Mischief
from syncengine.emulator.quota import Quotas
from syncengine.emulator.register import Register
from syncengine.emulator.signin.authority import Authority
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches
from syncengine.emulator.trace import Trace
from syncengine.emulator.versions import Versions
from syncengine.emulator.webhooks.webhooks import Webhooks


@dataclass(frozen=True)
class Parts:
    """The parts of one emulator."""

    seed: int
    state: State
    clock: TurnableClock
    switches: Switches
    register: Register
    authority: Authority
    quotas: Quotas
    mischief: Mischief
    journal: Journal
    versions: Versions
    webhooks: Webhooks
    trace: Trace = field(default_factory=Trace)
    #: Who wants to know of writes: told inside their transaction, with the books and who wrote (a client id, "bookkeeper").
    recorders: list[Callable[[Books, str], None]] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let time pass as the `latency_clock` says: asleep, or by moving the emulator's clock on at once."""
        if self.switches["latency_clock"] == "advanced":
            self.clock.advance(seconds)
        else:
            self.clock.sleep(seconds)

    def record(self, books: Books, who: str) -> None:
        """Tell of what was written, while it can still be taken back together with what is recorded of it."""
        for recorder in self.recorders:
            recorder(books, who)

    def load(self, realm: str, rows: Iterable[Any], *, replace: bool = False) -> dict[str, int]:
        """Write objects into a company as they are (see `load.load`); all of them or, where one cannot be there, none.

        Raises:
            Unloadable: it says which row, and why.
            ValueError: there is no such company.
        """
        company = self.register.company(realm)
        with self.state.lock:
            try:
                with self.state.transaction():
                    books = self.register.books(company)
                    counts = load.load(books, rows, replace=replace)
                    self.versions.record_found(books)
            except BaseException:
                company.forget()
                raise
        return counts

    @classmethod
    def assembled(cls, state: State, clock: TurnableClock, switches: Switches, seed: int) -> Parts:
        """The parts over one state file, one clock and one set of switches."""
        journal, mischief = Journal(state), Mischief(seed)
        authority = Authority(state, clock, switches, seed)
        register = Register(state, clock, switches, seed)
        register.post_anew()
        parts = cls(
            seed, state, clock, switches, register, authority, Quotas(clock, switches), mischief, journal,
            Versions(state, switches, journal), Webhooks(state, clock, switches, mischief, seed, authority.connected),
        )  # fmt: skip
        parts.recorders.extend((parts.versions.record, parts.webhooks.record))
        parts.register.built.append(parts.versions.record_setup)
        return parts
