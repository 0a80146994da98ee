"""What sends due deliveries while a server runs: one thread that waits, and one for each subscription that is being told."""

from __future__ import annotations

import threading

from syncengine.emulator.webhooks.post import Send, post
from syncengine.emulator.webhooks.webhooks import Webhooks

#: A look is taken at least this often, and at most that often: the emulator's clock may be frozen, or ahead of the machine's.
_SELDOM_SECONDS = 30.0
_OFTEN_SECONDS = 0.02


class Pump:
    """Drives the deliveries of one emulator; its threads do not hold up the end of the process."""

    def __init__(self, webhooks: Webhooks, send: Send = post) -> None:
        self._webhooks = webhooks
        self._send = send
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True, name="webhooks").start()

    def stop(self) -> None:
        """Send nothing more; what is on its way is not waited for."""
        self._stopping.set()
        self._webhooks.close()

    def _run(self) -> None:
        changed = self._webhooks.changed
        while not self._stopping.is_set():
            changed.clear()
            numbers, seconds = self._webhooks.due()
            for number in numbers:
                threading.Thread(target=self._tell, args=(number,), daemon=True, name=f"webhook-{number}").start()
            # Who is being told is not looked at until its thread has finished and says so.
            pause = _OFTEN_SECONDS if numbers else min(_SELDOM_SECONDS, max(_OFTEN_SECONDS, seconds or _SELDOM_SECONDS))
            changed.wait(pause)

    def _tell(self, number: int) -> None:
        """Tell one subscription: a receiver that hangs holds up nobody else."""
        try:
            self._webhooks.deliver(self._send, number)
        finally:
            self._webhooks.changed.set()
