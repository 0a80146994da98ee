"""What people asked for that takes longer than a click, done beside the syncs: in portions, with room for others in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import RowMapping

from syncengine.clock import Clock
from syncengine.commands import fileparts, portions
from syncengine.db.engine import Database
from syncengine.engine.site import Site
from syncengine.errors import Refused
from syncengine.failpoints import failpoint
from syncengine.store import longacts
from syncengine.worker import identity
from syncengine.worker.logs import facts

logger = logging.getLogger("tieout.worker")

#: After something unforeseen, until it is taken up again.
PAUSE_SECONDS = 2.0
#: Between two portions others get at the database for as long as the portion took, within these bounds: whoever waits
#: for SQLite looks for it ten times a second.
ROOM_SECONDS, MOST_ROOM_SECONDS = 0.02, 0.12


#: So many are done at once, as syncs are: the companies of a firm share one database. The others wait for their turn.
ACTS_AT_ONCE = 4


@dataclass(frozen=True)
class Asker:
    """Who has asked, with the rights that count for them by now; what a command wants of a session."""

    database: Database
    actor: str
    company_id: int
    clock: Clock
    signed_in: bool
    look_as: str


class ActRunner:
    """The threads in which long acts are done, one for a company and a few in all."""

    def __init__(self, site: Site, owner: str) -> None:
        self._site = site
        self._owner = owner
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads: dict[int, threading.Thread] = {}
        #: Until when an act is left alone, by the monotonic clock.
        self._rests: dict[int, float] = {}

    def take(self, acts: Iterable[RowMapping]) -> None:
        """Begin, or carry on, with those of the open acts that nobody here is at."""
        for act in acts:
            if not self._stop.is_set() and self._rests.get(act["id"], 0.0) <= self._site.clock.monotonic():
                self._start(act)

    def at_work(self) -> list[threading.Thread]:
        """The threads that are at it just now."""
        with self._lock:
            return list(self._threads.values())

    def end(self) -> None:
        """Begin nothing more, and let what is being done stop after its portion; the next worker carries it on."""
        self._stop.set()

    def _start(self, act: RowMapping) -> None:
        thread = threading.Thread(target=self._run, args=(act,), name=f"act-{act['id']}", daemon=True)
        with self._lock:
            if act["company_id"] in self._threads or len(self._threads) >= ACTS_AT_ONCE:
                return
            self._threads[act["company_id"]] = thread
        thread.start()

    def _run(self, act: RowMapping) -> None:
        about = {"company": act["company_id"], "what": act["what"], "by": act["asked_by"], "rows": act["total"]}
        try:
            hand = fileparts.Hand(self._stop.is_set, self._owner, identity.dead)
            if portions.take_up(self._site.database, self._site.clock, act, hand):
                logger.info("a long act goes on" if act["began_at"] else "a long act begins", extra=facts(**about))
                self._do(act, hand)
            self._rests.pop(act["id"], None)
        except Exception:  # whatever broke it must not end the worker
            self._rests[act["id"]] = self._site.clock.monotonic() + PAUSE_SECONDS
            logger.exception("an unforeseen error in a long act; it is tried again", extra=facts(**about))
        finally:
            with self._lock:
                self._threads.pop(act["company_id"], None)

    def _do(self, act: RowMapping, hand: fileparts.Hand) -> None:
        try:
            self._in_portions(act, hand)
        except Refused as why:
            logger.info("a long act was refused", extra=facts(company=act["company_id"], what=act["what"], why=str(why)))
            portions.give_up(self._site.database, self._site.clock, act, str(why))

    def _in_portions(self, act: RowMapping, hand: fileparts.Hand) -> None:
        site, what = self._site, act["what"]
        person = Asker(site.database, act["asked_by"], act["company_id"], site.clock, act["signed_in"], act["looked_as"])
        if act["state"] == longacts.ASKED:
            portions.begin(person, what, act["id"])
        while not self._stop.is_set():
            began = site.clock.monotonic()
            if not portions.carry_on(person, what, act["id"], hand):
                return
            failpoint("longact.portion")
            took = site.clock.monotonic() - began
            self._stop.wait(min(max(ROOM_SECONDS, took), MOST_ROOM_SECONDS))
