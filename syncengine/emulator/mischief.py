"""Trouble on demand: answers that get lost, refusals of every layer, slowness; named, matched and counted."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Kind -> what happens. docs/emulator.md shows this table; a test keeps the two the same.
KINDS: dict[str, str] = {
    "commit_then_drop": "the request takes effect, then the connection breaks without an answer",
    "drop_before_commit": "the connection breaks; nothing took effect",
    "commit_then_401": "the request takes effect, then the answer is that the token has expired",
    "commit_then_500": "the request takes effect, then the answer is a system failure (10000)",
    "commit_then_503": "the request takes effect, then a proxy answers with an HTML page",
    "commit_then_504": "the request takes effect, then a proxy answers that it waited too long",
    "chunk_cut": "the request takes effect; the answer comes in chunks, and the connection closes before the last one",
    "slow_body": "the request takes effect; the answer's body drips in over `seconds`",
    "duplicate_headers": "the request takes effect; some headers of the answer come twice",
    "clock_wrong": "the answer's times are off by `seconds` (3600 behind by default)",
    "slow": "the answer comes `seconds` late; the request takes effect first",
    "slow_before": "the request takes effect only after `seconds`",
    "truncated": "the request takes effect; of the answer only the first half arrives",
    "cut_json": "the request takes effect; the answer is complete HTTP, but its JSON ends in the middle",
    "empty_200": "the request takes effect; the answer has no body",
    "wrong_content_type": "the answer calls itself text/html",
    "bom": "the answer begins with a byte order mark",
    "new_field": "the objects of the answer have a property that nobody knows (`field`)",
    "new_enum_value": "the enumerations in the answer's objects have a value that nobody knows (`value`)",
    "changed_type": "numbers and flags of the answer's objects are texts",
    "null_lists": "empty lists of the answer's objects are null, missing ones too",
    "throttle_429": "429 in XML, or as `body` says in json or html, with a Retry-After of `retry_after`; nothing took effect",
    "throttle_403": "403 with ThrottleExceeded, the older form",
    "unavailable_503": "503 with an HTML page; nothing took effect",
    "system_500": "500 with a system failure (10000); nothing took effect",
    "bad_gateway_502": "502 with an HTML page; nothing took effect",
    "gateway_504": "504 with an empty body; nothing took effect",
    "expired_401": "401: the token has expired (in XML where `body` says so); nothing took effect",
    "quota_reached": "the month's metered reads are used up: reads are refused, writes go on",
    "forbidden_403": "403/3100: the app is not authorized",
    "access_lost_120": "401 with 120: the person who connected lost access",
    "wrong_cluster_130": "401 in XML with 130: the wrong cluster",
    "subscription_6190": "400 with 6190: the subscription ended",
    "company_reset_10200": "400 with 10200: the company was reset",
    "feature_5030": "400 with 5030: the subscription does not include it",
    "fault_in_200": "HTTP 200 with a Fault (6000) as its body; nothing took effect",
    "refuse": "400 with `code`, `message` and `detail`; nothing took effect",
    "stale": "400 with 5010, as if someone had saved in between; nothing took effect",
    "batch_item_missing": "the batch takes effect; the answer of its last item is missing",
    "batch_item_doubled": "the batch takes effect; its first answer comes twice",
    "batch_reversed": "the batch takes effect; its answers come in reverse order",
    "batch_item_fault": "one write of the batch (`item`, counted from 0) is refused as an unsupported operation",
    "batch_item_500": "one item of the batch (`item`) takes effect, and its answer is a system failure (10000)",
    "cdc_wrong_deleted": "the first living object of the CDC answer is called Deleted",
    "cdc_unseen_stub": "the CDC answer ends with the deletion of an object (`id`) that never was",
    "cdc_cut": "the CDC answer holds no more than `rows` objects; deletions are lost first",
    "page_drift": "before a query's later page, `edited` rows are saved anew and `inserted` names come in",
    "rotation_lost": "the token endpoint changes the refresh token, then the connection breaks",
    "token_endpoint_500": "the token endpoint answers 500",
    "token_endpoint_429": "the token endpoint answers 429",
    "rotation_skipped": "the token endpoint gives the same refresh token again, though it was due to change",
    "sibling_refreshed": "somebody else refreshes first: the token endpoint finds the value superseded",
    "invalid_grant": "the token endpoint answers invalid_grant; nothing changed",
    "webhook_lost": "the event is never told",
    "webhook_late": "the event is told `seconds` late (4 hours)",
    "webhook_duplicated": "the delivery with the event is sent once more after it was acknowledged, with the same ids",
    "webhook_replayed": "the delivery with the event comes once more `seconds` after it was acknowledged (a day)",
    "webhook_reordered": "the event is told only after one that happened later (or `seconds` later, 10 minutes, if there is none)",
    "webhook_wrong_signature": "the first `attempts` (1) of the delivery bear a signature made with another token",
    "webhook_unknown_type": "the event's type names an `entity` (Shipment) that nobody knows",
    "webhook_mixed_realms": "the delivery also holds an event of a foreign company (`realm`)",
    "webhook_old_format": "the delivery comes in the older form",
}
#: Kinds that befall the token endpoint rather than the API.
TOKEN_KINDS = frozenset(
    {"rotation_lost", "rotation_skipped", "sibling_refreshed", "token_endpoint_500", "token_endpoint_429", "invalid_grant"}
)
#: Kinds that befall a webhook; they match on the entity, operation (`created`, `updated`...) and realm of its event.
WEBHOOK_KINDS = frozenset(kind for kind in KINDS if kind.startswith("webhook_"))
#: Ten years: more `seconds` than anybody waits.
_MOST = 315_360_000
#: What a fault can be bound to.
MATCHES = frozenset({"method", "path", "entity", "operation", "realm", "requestid", "client", "body"})
#: Matched as a part of what the request has; everything else as the whole of it, in any case.
_PARTS = frozenset({"path", "body"})


@dataclass
class Fault:
    """One armed fault.

    Attributes:
        number: its number, to disarm it by.
        kind: one of `KINDS`.
        left: how often it still strikes; None is without end.
        probability: how likely it strikes where it matches.
        skip: how many matches it lets pass first.
        match: what a request must be: method, path (a part of it), entity, operation, realm, requestid, client, body (a part of
            query string and body).
        options: what the kind itself takes (`seconds`, `body`, `code`...).
        seed: what this fault's own chance is drawn from; None is the emulator's.
    """

    number: int
    kind: str
    left: int | None = 1
    probability: float = 1.0
    skip: int = 0
    match: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    struck: int = 0
    rolls: int = 0

    def shown(self) -> dict[str, Any]:
        """The fault as the control interface shows it."""
        return {
            "number": self.number, "kind": self.kind, "count": self.left, "probability": self.probability, "skip": self.skip,
            "match": dict(self.match), "struck": self.struck,
            **({} if self.seed is None else {"seed": self.seed}), **self.options,
        }  # fmt: skip


class Mischief:
    """The armed faults; chance is a seeded one, so that a run can be had again."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self._rolls = itertools.count()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether anything is armed."""
        return bool(self._faults)

    def arm(self, wish: Mapping[str, Any]) -> Fault:
        """Arm a fault: `kind`, and as wished `count`, `probability`, `skip`, `match`, `seed` and the kind's own options.

        A fault with a probability strikes without end unless it has a count; one without strikes once.

        Raises:
            ValueError: the wish makes no sense; the text says why.
        """
        values = dict(wish)
        kind = values.pop("kind", None)
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind!r}; there are: {', '.join(KINDS)}")
        probability = float(values.pop("probability", 1.0))
        if not 0 <= probability <= 1:
            raise ValueError("probability lies between 0 and 1")
        count = values.pop("count", 1 if "probability" not in wish else None)
        match = values.pop("match", {})
        seed = values.pop("seed", None)
        if not isinstance(match, Mapping):
            raise ValueError("match is an object of conditions")  # noqa: TRY004 -- the caller shows the sentence
        unknown = set(match) - MATCHES
        if unknown:
            raise ValueError(f"a fault cannot match on {', '.join(sorted(unknown))}; it can on {', '.join(sorted(MATCHES))}")
        if kind in WEBHOOK_KINDS:
            _check_numbers(values)
        else:
            _check_options(values)
        with self._lock:
            left = None if count is None else int(count)
            fault = Fault(
                next(self._numbers),
                kind,
                left,
                probability,
                int(values.pop("skip", 0)),
                match,
                values,
                None if seed is None else int(seed),
            )
            self._faults.append(fault)
        return fault

    def disarm(self, number: int | None = None) -> int:
        """Disarm one fault or all; returns how many there were."""
        with self._lock:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if number is not None and fault.number != number]
            return before - len(self._faults)

    def armed(self) -> list[dict[str, Any]]:
        """The faults that may still strike."""
        with self._lock:
            return [fault.shown() for fault in self._faults]

    def strike(
        self, request: Mapping[str, str], *, token_endpoint: bool = False, among: frozenset[str] | None = None
    ) -> Fault | None:
        """The first armed fault that befalls a request with these properties; it has struck then.

        Args:
            request: what the faults match on.
            token_endpoint: whether it is one to the token endpoint.
            among: the kinds that come into question, for what is no request to the emulator.
        """
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if _befalls(fault.kind, among, token_endpoint=token_endpoint) and _matches(fault, request) and self._falls(fault):
                    return fault
        return None

    def _falls(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.probability < 1 and self._roll(fault) >= fault.probability:
            return False
        fault.struck += 1
        if fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self._faults.remove(fault)
        return True

    def _roll(self, fault: Fault) -> float:
        """The next number between 0 and 1: from the fault's own chance, or from the one that all share."""
        if fault.seed is None:
            drawn = f"{self._seed}:{next(self._rolls)}"
        else:
            fault.rolls += 1
            drawn = f"{fault.seed}:own:{fault.rolls}"
        return int.from_bytes(hashlib.blake2b(drawn.encode(), digest_size=8).digest()) / 2**64


def _check_numbers(options: Mapping[str, Any]) -> None:
    for name in ("seconds", "attempts"):
        value = options.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
            raise ValueError(f"{name} is a number from 0 to {_MOST}, not {value!r}")


def _befalls(kind: str, among: frozenset[str] | None, *, token_endpoint: bool) -> bool:
    if among is not None:
        return kind in among
    return (kind in TOKEN_KINDS) == token_endpoint and kind not in WEBHOOK_KINDS


#: Options that are numbers; every other one is a text.
_NUMBERS = frozenset({"seconds", "rows", "edited", "inserted", "item", "retry_after"})


def _check_options(options: Mapping[str, Any]) -> None:
    """ValueError for an option that would only fail once the fault strikes."""
    for name, value in options.items():
        if name in _NUMBERS:
            if isinstance(value, bool | str) or not -1e6 <= float(value) <= 1e6:
                raise ValueError(f"{name} is a number between -1000000 and 1000000, not {value!r}")
        elif not isinstance(value, str | int) or not str(value).isprintable():
            raise ValueError(f"{name} is a text, not {value!r}")


#: Kinds that befall only requests of which something else is so: a page drifts only where one was read before.
_NEEDS = {"page_drift": ("page", "later")}


def _matches(fault: Fault, request: Mapping[str, str]) -> bool:
    needed, value = _NEEDS.get(fault.kind, ("", ""))
    if request.get(needed, "") != value:
        return False
    for name, wanted in fault.match.items():
        found = request.get(name, "")
        if (str(wanted) not in found) if name in _PARTS else (str(wanted).lower() != found.lower()):
            return False
    return True
