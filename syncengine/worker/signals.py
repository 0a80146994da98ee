"""How a process is asked to end: the first signal ends it in good order, a second one at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from syncengine.clock import Clock

#: Ctrl-C reaches a whole process group, and a parent that ends passes its own signal on: what comes this soon after
#: the first is the same wish.
SAME_WISH_SECONDS = 2.0
#: How often a waiting process looks round.
LOOK_SECONDS = 1.0


class Stopping:
    """Listens for SIGTERM, SIGINT and the closing of the terminal; to be made in the main thread.

    Attributes:
        event: set as soon as the process shall end.
    """

    def __init__(self, clock: Clock) -> None:
        self.event = threading.Event()
        self._clock = clock
        self._first: float | None = None
        for number in (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM)):
            # A process under nohup is told to ignore the closing of its terminal: that wish stands.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._heard)

    def wait(self, over: Callable[[], bool] = lambda: False, seconds: float = LOOK_SECONDS) -> None:
        """Wait for a signal, or until `over` says yes; it is asked every `seconds`."""
        while not self.event.wait(seconds):
            if over():
                self.event.set()

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        now = self._clock.monotonic()
        if self._first is not None and now - self._first > SAME_WISH_SECONDS:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        if self._first is None:
            self._first = now
            # Not set right here: the signal may have come while this very thread holds the event's lock, in `wait`.
            threading.Thread(target=self.event.set, daemon=True).start()
