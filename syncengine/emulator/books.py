"""One company's books, as one request sees and writes them: rows, references, preferences, numbers and pending balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zlib import crc32

from syncengine.emulator import moments, wire
from syncengine.emulator.signature import signature
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

#: A cache of parsed list members is dropped as a whole at this size, so that a long run cannot grow without bound.
_CACHE_SIZE = 50_000
_PREFERENCES = ("Preferences", "1")


@dataclass
class Company:
    """One company of the state file, with what is kept in memory about it."""

    key: int
    realm: str
    kind: str
    name: str
    zone: str
    closing_password: str = ""
    seed: int = 0
    #: (entity, id) -> parsed object; never changed in place.
    cache: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    #: sequence -> last number given out.
    sequences: dict[str, int] = field(default_factory=dict)
    #: query -> row ids in the order in which its first page found them; see the switch `paging`.
    pages: dict[tuple[Any, ...], list[int]] = field(default_factory=dict)
    #: entities that share document numbers -> the highest one so far.
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop everything that is kept in memory; it is read anew from the books."""
        self.cache.clear()
        self.sequences.clear()
        self.numbers.clear()


class Row(NamedTuple):
    """One object as it is stored."""

    id: str
    token: int
    created: int
    updated: int
    active: int
    deleted: int
    body: str


class Version(NamedTuple):
    """What an object was made: the change, when (epoch seconds) and the JSON text that was written."""

    entity: str
    id: str
    change: str
    epoch: int
    text: str


class Keys(NamedTuple):
    """The columns beside the body that rules and queries look for; None where the entity has no such thing."""

    name: str | None = None
    full_name: str | None = None
    parent: str | None = None
    doc: str | None = None
    date: str | None = None
    party: str | None = None


class Books:
    """A company, open for one request; the state's lock is held around it."""

    def __init__(
        self, state: State, company: Company, switches: Switches, now: datetime, orders: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.state = state
        self.company = company
        self.switches = switches
        self.now = now
        self._orders = orders
        self.epoch = int(now.timestamp())
        #: (entity, id) -> amount by which a balance is to move; written by `settle`.
        self.pending: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        #: `Entity/id/change` of everything written, for the journal and the webhooks; of a merge `Entity/id/merge/id that is gone`.
        self.written: list[str] = []
        #: The same with the text that each change left.
        self.versions: list[Version] = []
        #: (entity, id) of what only got a new LastUpdatedTime, since a balance moved.
        self.touched: list[tuple[str, str]] = []
        #: (entity, id) -> JSON text of what was written, so that the answer need not be put together twice.
        self.texts: dict[tuple[str, str], str] = {}
        #: What the journal should say about the request besides.
        self.notes: list[str] = []
        #: Values of the `include` parameter.
        self.include: frozenset[str] = frozenset()

    # Reading

    def row(self, entity: str, id_: str) -> Row | None:
        """The object's row, also of a deleted one; None where the id never existed."""
        found = self.state.execute(
            "SELECT id, token, created, updated, active, deleted, body FROM object WHERE company = ? AND entity = ? AND id = ?",
            (self.company.key, entity, id_),
        ).fetchone()
        return Row(*found) if found else None

    def known(self, entity: str, id_: str) -> dict[str, Any] | None:
        """A living object, parsed; not to be changed. None where there is none."""
        cached = self.company.cache.get((entity, id_))
        if cached is not None:
            return cached
        row = self.row(entity, id_)
        if row is None or row.deleted:
            return None
        found: dict[str, Any] = wire.loads(row.body)
        self.remember(entity, found)
        return found

    def remember(self, entity: str, obj: dict[str, Any]) -> None:
        """Keep a parsed object, for it is likely to be referred to again."""
        if len(self.company.cache) >= _CACHE_SIZE:
            self.company.cache.clear()
        self.company.cache[entity, obj["Id"]] = obj

    def forget(self) -> None:
        """Drop what was kept in memory, after writes were taken back."""
        self.company.cache.clear()

    def preference(self, group: str, name: str) -> Any:
        """A value of the Preferences object, None where it is not set."""
        preferences = self.company.cache.get(_PREFERENCES) or self.known(*_PREFERENCES) or {}
        return preferences.get(group, {}).get(name)

    def other_preference(self, name: str) -> bool:
        """Whether a flag of OtherPrefs.NameValue is `true`."""
        pairs = self.preference("OtherPrefs", "NameValue") or []
        return any(pair.get("Name") == name and pair.get("Value") == "true" for pair in pairs)

    @property
    def today(self) -> str:
        """The company's calendar date."""
        return moments.today(self.now, self.company.zone)

    def ids(self, entity: str, column: str, value: str) -> list[tuple[str, int]]:
        """(Id, active) of the living objects whose column (`name`, `doc`, `parent`...) has that value."""
        found = self.state.execute(
            f"SELECT id, active FROM object WHERE company = ? AND entity = ? AND {column} = ? AND deleted = 0",  # noqa: S608 -- column is ours
            (self.company.key, entity, value),
        )
        return [(row[0], row[1]) for row in found]

    # Writing

    def next_id(self, sequence: str, entities: tuple[str, ...], first: int, step: int = 1) -> str:
        """The next number of a sequence that `entities` share; the first one is read from what exists."""
        last = self.company.sequences.get(sequence)
        if last is None:
            marks = ",".join("?" * len(entities))
            last = self.state.execute(
                f"SELECT max(CAST(id AS INTEGER)) FROM object WHERE company = ? AND entity IN ({marks})",  # noqa: S608 -- marks only
                (self.company.key, *entities),
            ).fetchone()[0]
            last = max(last or 0, first - step)
        self.company.sequences[sequence] = last + step
        return str(last + step)

    def count(self, name: str, first: int) -> int:
        """The next number of a counter of the company's, `first` to begin with."""
        found: int = self.state.execute(
            "INSERT INTO counter (company, name, last) VALUES (?, ?, ?)"
            " ON CONFLICT (company, name) DO UPDATE SET last = last + 1 RETURNING last",
            (self.company.key, name, first),
        ).fetchone()[0]
        return found

    def insert(self, entity: str, obj: dict[str, Any], keys: Keys) -> None:
        """Write a new object; sets its MetaData."""
        now = moments.second(self.epoch, self.company.zone)
        signed = signature(entity, self.company.realm, str(self.switches["minor_version"]))
        obj["MetaData"] = {"CreateTime": now, **signed, "LastUpdatedTime": now}
        text = self._text(entity, obj)
        self.state.insert("object", _ROW, [self._new_row(entity, obj, keys, self.epoch, self.epoch, text)], in_order=True)
        self.remember(entity, obj)
        self._note(entity, obj["Id"], "create", text)

    def insert_many(self, objects: Iterable[tuple[str, dict[str, Any], Keys, int, int]]) -> None:
        """Write objects that come with their MetaData: entity, object, columns, CreateTime and LastUpdatedTime in epoch seconds.

        Nothing is remembered or noted of them.

        Raises:
            Taken: one of them is there already.
        """
        rows = (self._new_row(*each, wire.dumps(each[1])) for each in objects)
        self.state.insert("object", _ROW, rows, in_order=True)

    def _new_row(self, entity: str, obj: dict[str, Any], keys: Keys, created: int, updated: int, text: str) -> tuple[Any, ...]:
        shuffle = crc32(f"{self.company.seed}:{entity}:{obj['Id']}".encode())
        token, active = int(obj["SyncToken"]), int(obj.get("Active", True))
        return (self.company.key, entity, obj["Id"], token, created, updated, active, 0, shuffle, *keys, text)

    def replace(self, entity: str, obj: dict[str, Any], keys: Keys, change: str = "update") -> None:
        """Write an object anew; moves its LastUpdatedTime."""
        obj["MetaData"] = {**obj["MetaData"], "LastUpdatedTime": moments.second(self.epoch, self.company.zone)}
        text = self._text(entity, obj)
        self.state.execute(
            "UPDATE object SET token=?, updated=?, active=?, name=?, full_name=?, parent=?, doc=?, date=?, party=?, body=?"
            " WHERE company=? AND entity=? AND id=?",
            (int(obj["SyncToken"]), self.epoch, int(obj.get("Active", True)), *keys, text,
             self.company.key, entity, obj["Id"]),
        )  # fmt: skip
        self.remember(entity, obj)
        self._note(entity, obj["Id"], change, text)

    def rewrite(self, entity: str, obj: dict[str, Any], *, touch: bool) -> None:
        """Write a changed body whose SyncToken and keys stay; `touch` moves its LastUpdatedTime."""
        if touch:
            obj["MetaData"] = {**obj["MetaData"], "LastUpdatedTime": moments.second(self.epoch, self.company.zone)}
            self.touched.append((entity, obj["Id"]))
        self.state.execute(
            "UPDATE object SET body = ?, updated = CASE WHEN ? THEN ? ELSE updated END WHERE company = ? AND entity = ? AND id = ?",
            (self._text(entity, obj), touch, self.epoch, self.company.key, entity, obj["Id"]),
        )
        self.remember(entity, obj)

    def bury(self, entity: str, id_: str) -> None:
        """Leave of an object only the stub that CDC shows."""
        now = moments.second(self.epoch, self.company.zone)
        text = wire.dumps({"domain": "QBO", "status": "Deleted", "Id": id_, "MetaData": {"LastUpdatedTime": now}})
        self.state.execute(
            "UPDATE object SET deleted = 1, active = 0, updated = ?, body = ?, name = NULL, full_name = NULL, parent = NULL,"
            " doc = NULL, date = NULL, party = NULL WHERE company = ? AND entity = ? AND id = ?",
            (self.epoch, text, self.company.key, entity, id_),
        )
        self.company.cache.pop((entity, id_), None)
        self._note(entity, id_, "delete", text)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Everything inside is taken back when it raises, with what was noted of it; the transaction around it goes on."""
        pending = dict(self.pending)
        written, versions, touched = len(self.written), len(self.versions), len(self.touched)
        try:
            with self.state.savepoint():
                yield
        except BaseException:
            self.forget()
            self.pending.clear()
            self.pending.update(pending)
            del self.written[written:]
            del self.versions[versions:]
            del self.touched[touched:]
            raise

    def _note(self, entity: str, id_: str, change: str, text: str) -> None:
        self.written.append(f"{entity}/{id_}/{change}")
        self.versions.append(Version(entity, id_, change.partition("/")[0], self.epoch, text))

    def text(self, entity: str, obj: dict[str, Any]) -> str:
        """The JSON text of an object, its properties in the order in which QuickBooks shows them."""
        return wire.dumps({name: obj[name] for name in self._orders[entity] if name in obj})

    def _text(self, entity: str, obj: dict[str, Any]) -> str:
        text = self.texts[entity, obj["Id"]] = self.text(entity, obj)
        return text

    # Balances

    def move(self, entity: str, id_: str, amount: Decimal) -> None:
        """Note that the Balance (of an account CurrentBalance, of an item QtyOnHand) of a list member moves by `amount`."""
        if amount:
            self.pending[entity, id_] += amount

    def settle(self) -> None:
        """Write the balances that were moved: of names with a new LastUpdatedTime, of accounts without; never a new SyncToken."""
        for (entity, id_), amount in self.pending.items():
            if amount:
                self._settle(entity, id_, amount)
        self.pending.clear()

    def carry(self, entity: str, above: str | None, amount: Decimal) -> None:
        """Add to the balances that a list member and those above it show for what is below them; after a change of parents."""
        if above is not None and amount and _BALANCES[entity][1]:
            self._settle(entity, above, amount, own=False)

    def _settle(self, entity: str, id_: str, amount: Decimal, *, own: bool = True) -> None:
        while True:
            obj = self.known(entity, id_)
            if obj is None:
                return
            obj = dict(obj)
            for name in _BALANCES[entity][0 if own else 1]:
                total = Decimal(obj.get(name) or 0) + amount
                obj[name] = wire.plain(total) if entity == "Item" else wire.money(total)
            self.rewrite(entity, obj, touch=entity != "Account")
            own, parent = False, obj.get("ParentRef", {}).get("value")
            if parent is None or not _BALANCES[entity][1]:
                return
            id_ = parent


_ROW = ("company", "entity", "id", "token", "created", "updated", "active", "deleted", "shuffle", *Keys._fields, "body")
#: Entity -> (balances of the object itself, balances of the objects above it) that move with an amount.
_BALANCES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Customer": (("Balance", "BalanceWithJobs"), ("BalanceWithJobs",)),
    "Vendor": (("Balance",), ()),
    "Account": (("CurrentBalance", "CurrentBalanceWithSubAccounts"), ("CurrentBalanceWithSubAccounts",)),
    "Item": (("QtyOnHand",), ()),
}
