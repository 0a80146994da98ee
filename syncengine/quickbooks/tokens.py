"""The token pair: where it is kept, and how it is renewed once however many ask, losing it at no crash."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from syncengine.clock import Clock
from syncengine.errors import ConnectionRevoked, Retriable
from syncengine.failpoints import failpoint
from syncengine.quickbooks.hidden import Unpicklable

#: An access token that ends within this time is renewed before it is used: a batch and its wait may take that long.
RENEW_BEFORE = timedelta(seconds=60)


@dataclass(frozen=True)
class Tokens(Unpicklable):
    """One grant's tokens.

    Attributes:
        access: the bearer token, good for an hour.
        refresh: what it is renewed with; its value changes about once a day.
        access_expires_at, refresh_expires_at: in UTC; the latter moves with each renewal (100 days).
        hard_expires_at: the end that no renewal moves (5 years after consent), None where Intuit did not say.
        version: counts renewals, so that a store can save with compare-and-set.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None = None
    version: int = 0


class TokenStore(Protocol):
    """Where one connection's tokens are kept; safe to call from several threads."""

    def load(self) -> Tokens:
        """The tokens as stored now. May be called inside `refreshing`; raises `ConnectionRevoked` where there are none."""

    def refreshing(self) -> AbstractContextManager[Tokens]:
        """Be the only one who renews, in all processes that share the store; gives the tokens as stored now."""

    def received(self, tokens: Tokens) -> None:
        """Write a pair that just arrived where a crash cannot take it, before anything else is done with it."""

    def save(self, tokens: Tokens) -> None:
        """Make `tokens` the stored ones; called inside `refreshing`."""


class MemoryTokenStore(Unpicklable):
    """Tokens of one process, gone with it."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._renewing = threading.Lock()

    def load(self) -> Tokens:
        """The tokens as stored now."""
        return self._tokens

    @contextmanager
    def refreshing(self) -> Iterator[Tokens]:
        """Be the only thread that renews."""
        with self._renewing:
            yield self._tokens

    def received(self, tokens: Tokens) -> None:
        """Nothing to do: memory has no crash to survive."""

    def save(self, tokens: Tokens) -> None:
        """Keep `tokens`."""
        self._tokens = tokens


class InvalidGrant(Exception):  # noqa: N818 -- the wire's own word
    """The token endpoint does not accept this refresh token (`invalid_grant`)."""


class Keeper(Unpicklable):
    """Hands out a usable pair and renews it: the one place where tokens change.

    Args:
        store: where the pair is kept.
        clock: what expiry is measured with.
        renew: one exchange with the token endpoint: the stored pair in, the new pair out. Raises InvalidGrant where
            the refresh token is not accepted, `errors.Retriable` for trouble on the way.
    """

    def __init__(self, store: TokenStore, clock: Clock, renew: Callable[[Tokens], Tokens]) -> None:
        self._store = store
        self._clock = clock
        self._renew = renew
        self._known: Tokens | None = None
        # One thread of this process asks the store at a time; a store in a database would answer the others LockBusy.
        self._turn = threading.Lock()

    def current(self) -> Tokens:
        """A pair that will be accepted for another minute; renewed, by one caller, if need be."""
        known = self._known
        if known is not None and self._lasts(known):
            return known
        with self._turn:
            stored = self._known = self._store.load()
            if self._lasts(stored):
                return stored
            return self._renewed_in_time(stored)

    def renewed(self, refused: Tokens) -> Tokens:
        """The pair that replaces `refused`, which QuickBooks did not accept."""
        with self._turn:
            return self._replace(refused)

    def _renewed_in_time(self, stored: Tokens) -> Tokens:
        try:
            return self._replace(None)
        except Retriable:
            # The token endpoint is in trouble, but the old token's last minute is still good: work goes on.
            if stored.access_expires_at > self._clock.now():
                return stored
            raise

    def _replace(self, refused: Tokens | None) -> Tokens:
        with self._store.refreshing() as stored:
            # Somebody else may have renewed while we waited; then there is nothing left to do.
            usable = self._lasts(stored) and (refused is None or stored.access != refused.access)
            self._known = stored if usable else self._rotate(stored)
            return self._known

    def _rotate(self, stored: Tokens) -> Tokens:
        try:
            return self._exchange(stored)
        except InvalidGrant:
            sibling = self._store.load()
        if sibling.refresh == stored.refresh:
            raise _revoked()
        if self._lasts(sibling):
            return sibling
        try:
            return self._exchange(sibling)
        except InvalidGrant:
            raise _revoked() from None

    def _exchange(self, old: Tokens) -> Tokens:
        failpoint("token.sent")
        new = replace(self._renew(old), version=old.version + 1)
        # From here to `received` the only copy of a rotated token is in this process: nothing else happens in between.
        failpoint("token.received")
        self._store.received(new)
        failpoint("token.journaled")
        self._store.save(new)
        failpoint("token.committed")
        return new

    def _lasts(self, tokens: Tokens) -> bool:
        return tokens.access_expires_at - RENEW_BEFORE > self._clock.now()


def _revoked() -> ConnectionRevoked:
    return ConnectionRevoked("QuickBooks no longer accepts this company's sign-in. Connect the company to QuickBooks again.")
