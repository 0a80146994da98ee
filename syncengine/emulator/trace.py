"""What every answer of Intuit's hosts carries: the id to quote to its support, the date, and the names of what stood in between."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

_EVERYWHERE = {"Server": "nginx", "Strict-Transport-Security": "max-age=15552000"}


class Trace:
    """Gives each request its ids; the same history gives the same ones."""

    def __init__(self) -> None:
        self._served = itertools.count(1)

    def headers(self, now: datetime) -> dict[str, str]:
        """`intuit_tid`, `X-Spanid`, `X-Amzn-Trace-Id`, `Date`, `Server`, `Strict-Transport-Security` (recorded 2020, 2022)."""
        seconds = int(now.timestamp())
        digest = hashlib.blake2b(str(next(self._served)).encode(), digest_size=28).hexdigest()
        tid = f"1-{seconds:08x}-{digest[:24]}"
        span = digest[24:]
        return {
            "intuit_tid": tid,
            "X-Spanid": f"{span[:8]}-{span[8:12]}-{span[12:16]}-{span[16:20]}-{span[20:]}",
            "X-Amzn-Trace-Id": f"Root={tid}",
            "Date": _date(seconds),
            **_EVERYWHERE,
        }


@lru_cache(maxsize=8)
def _date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
