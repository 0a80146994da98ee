"""Who is told: the endpoints that apps have entered, as they would in the developer portal."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from syncengine.emulator.state import State
from syncengine.emulator.webhooks import matrix

FORMATS = ("cloudevents", "legacy")
_PRINTABLE = re.compile(r"[!-~]{1,2000}")
_KNOWN = frozenset({"client_id", "realm_id", "url", "verifier_token", "format", "events"})


@dataclass(frozen=True)
class Subscription:
    """One endpoint of an app.

    Attributes:
        number: by which it is named.
        client_id: the app.
        realm: the one company that is meant; "" for all that the app is connected to.
        url: where events go; on loopback.
        verifier: the verifier token, the key of the signature.
        format: `cloudevents` or `legacy`.
        events: the types that are wanted; empty for all.
        blacklisted: the endpoint failed too often under the obsolete policy and is told nothing more.
    """

    number: int
    client_id: str
    realm: str
    url: str
    verifier: str
    format: str
    events: tuple[str, ...]
    blacklisted: bool

    def wants(self, entity: str, operation: str) -> bool:
        """Whether an event is to be told."""
        return not self.events or matrix.type_of(entity, operation) in self.events

    def shown(self) -> dict[str, Any]:
        """The subscription as the control interface shows it."""
        return {
            "number": self.number, "client_id": self.client_id, "realm_id": self.realm, "url": self.url,
            "verifier_token": self.verifier, "format": self.format, "events": list(self.events), "blacklisted": self.blacklisted,
        }  # fmt: skip


class Subscriptions:
    """The subscriptions of a state file, kept in memory as well; whoever uses them holds the state's lock."""

    def __init__(self, state: State, seed: int) -> None:
        self._state = state
        self._seed = seed
        self.all: list[Subscription] = []
        self._load()

    def _load(self) -> None:
        rows = self._state.execute(
            "SELECT number, client_id, realm, url, verifier, format, events, blacklisted FROM webhook_subscription ORDER BY number"
        ).fetchall()
        self.all = [Subscription(*(*row[:6], tuple(json.loads(row[6])), bool(row[7]))) for row in rows]

    def add(self, wish: Mapping[str, Any]) -> Subscription:
        """Enter an endpoint, or enter it anew: the same app, company and URL keep their number and what waits.

        Args:
            wish: `client_id`, `url`, and as wished `realm_id`, `verifier_token`, `format`, `events`.

        Raises:
            ValueError: the wish makes no sense; the text says why.
        """
        unknown = set(wish) - _KNOWN
        if unknown:
            raise ValueError(f"a webhook takes {', '.join(sorted(_KNOWN))}, not {', '.join(sorted(unknown))}")
        client_id, realm = str(wish.get("client_id") or ""), str(wish.get("realm_id") or "")
        if not client_id:
            raise ValueError("a webhook belongs to an app: name its client_id")
        url = loopback(str(wish.get("url") or ""))
        form = wish.get("format", "cloudevents")
        if form not in FORMATS:
            raise ValueError(f"a webhook's format is {' or '.join(FORMATS)}, not {form!r}")
        number = self._entered((client_id, realm, url, self._verifier(wish, client_id), form, json.dumps(_types(wish))))
        return next(each for each in self.all if each.number == number)

    def _entered(self, values: tuple[str, ...]) -> int:
        with self._state.transaction():
            row = self._state.execute(
                "INSERT INTO webhook_subscription (client_id, realm, url, verifier, format, events) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (client_id, realm, url) DO UPDATE SET verifier = excluded.verifier, format = excluded.format,"
                " events = excluded.events, blacklisted = 0 RETURNING number",
                values,
            ).fetchone()
            self._load()
        return int(row[0])

    def _verifier(self, wish: Mapping[str, Any], client_id: str) -> str:
        """The token that is wished, or the app's own (a uuid, as the portal gives)."""
        token = wish.get("verifier_token")
        if token is None:
            digest = hashlib.blake2b(f"{self._seed}:verifier:{client_id}".encode(), digest_size=16).hexdigest()
            return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
        if not isinstance(token, str) or not token:
            raise ValueError("a verifier_token is a text that is not empty")
        return token

    def remove(self, number: int | None = None) -> int:
        """Take an endpoint out, or all, with everything that waits for it; returns how many there were."""
        with self._state.transaction():
            for table, column in (("webhook_event", "subscription"), ("webhook_delivery", "subscription")):
                self._state.execute(f"DELETE FROM {table} WHERE ? IS NULL OR {column} = ?", (number, number))  # noqa: S608 -- names of ours
            count = self._state.execute("DELETE FROM webhook_subscription WHERE ? IS NULL OR number = ?", (number, number)).rowcount
            self._load()
        return count

    def blacklist(self, number: int) -> None:
        """Tell an endpoint nothing more until it is entered anew."""
        self._state.execute("UPDATE webhook_subscription SET blacklisted = 1 WHERE number = ?", (number,))
        self._load()


def _types(wish: Mapping[str, Any]) -> list[str]:
    words = wish.get("events") or []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("events is a list of types or entities")
    return list(matrix.wanted(words))


def loopback(url: str) -> str:
    """The URL, where it is one on this machine.

    Raises:
        ValueError: it is none, or leads elsewhere; the emulator tells nobody outside.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", 0
    if not _PRINTABLE.fullmatch(url) or not host or port == 0:
        raise ValueError(f"{url!r} is no URL")
    if parts.scheme != "http":
        raise ValueError(f"a webhook goes to http://127.0.0.1:PORT/..., not to {url!r}: on this machine there is no TLS")
    if host != "localhost" and not _is_loopback(host):
        raise ValueError(f"a webhook goes to this machine only (http://127.0.0.1:PORT/...), not to {host}")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
