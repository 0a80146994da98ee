"""References of one company, resolved: inventory ids to Ids and back, account names, features that are on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from syncengine.engine import custom, deposits
from syncengine.engine.reconcile import Base
from syncengine.engine.scope import TRACKING
from syncengine.entities import BY_KIND, ENTITIES, Entity, Payload
from syncengine.entities._entity import ACCOUNTS
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, numbers

#: What stands for a number of our series that is not given yet.
_UNNUMBERED = "{next number}"
#: Where QuickBooks' Preferences say whether a feature is on (quickbooks reference of Preferences).
_FEATURES = {
    "classes": ("AccountingInfoPrefs", ("ClassTrackingPerTxnLine", "ClassTrackingPerTxn")),
    "departments": ("AccountingInfoPrefs", ("TrackDepartments",)),
    "sales_tax": ("TaxPrefs", ("UsingSalesTax",)),
    "automated_sales_tax": ("TaxPrefs", ("PartnerTaxEnabled",)),
    "multicurrency": ("CurrencyPrefs", ("MultiCurrencyEnabled",)),
    "discounts": ("SalesFormsPrefs", ("AllowDiscount",)),
}
#: Features that are on where QuickBooks says nothing of them.
_ON = ("discounts",)


def placeholder(entity: str, record_id: int) -> str:
    """What a reference to a record without a twin looks like until the twin exists; never sent."""
    return f"{{{entity} {record_id}}}"


def features(preferences: Mapping[str, Any]) -> dict[str, bool]:
    """Which features QuickBooks' Preferences switch on."""
    return {
        name: any((preferences.get(section) or {}).get(key, name in _ON) is True for key in keys)
        for name, (section, keys) in _FEATURES.items()
    }


class Resolver:
    """The `References` of one company inside one transaction; remembers what it has looked up."""

    def __init__(self, connection: Connection, company_id: int, settings: Mapping[str, Any]) -> None:
        self._connection = connection
        self._company_id = company_id
        self._settings = settings
        self._twins: dict[tuple[str, str, int], str | None] = {}
        #: By entity and Id, the kind and record that it belongs to.
        self._records: dict[tuple[str, str], tuple[str, int] | None] = {}
        self._looked: dict[tuple[str, int], reader.Record | None] = {}
        #: By entity, kind and record, what QuickBooks holds of a living twin.
        self._posted: dict[tuple[str, str, int], Payload | None] = {}
        #: By entity, kind and record, the accounts that a posting was made with where its record names none: place -> Id.
        self._stood: dict[tuple[str, str, int], Mapping[str, str]] = {}
        #: The posting that is being put, and the names of the accounts that it is made with, by place.
        self._posting: tuple[str, str, int] | None = None
        self._chosen: dict[str, str] = {}
        #: By sales order, what the payments on it come to.
        self._paid: dict[int, Decimal] = {}
        self._numbers: dict[tuple[str, str, int], str] = {}
        self._accounts: dict[str, str | None] = {}
        self._any_account: bool | None = None
        self._account_names: dict[str, str | None] = {}
        #: By Id, the full names of accounts that QuickBooks has active.
        self._active: dict[str, str | None] = {}
        self._features: dict[str, bool] | None = None
        self._preferences: Payload | None = None
        self._custom: dict[str, dict[str, str]] = {}
        #: Records without a twin that were asked for since this was last emptied.
        self.missing: set[tuple[str, str, int]] = set()
        #: Names of the settings that were read since this was last emptied.
        self.used: set[str] = set()

    def prefetch(self, entity: str, record_ids: Iterable[int], kind: str = "") -> None:
        """Look many twins up with one query; without a kind, those of the entity's first."""
        kind = kind or ENTITIES[entity].kind
        wanted = {record_id for record_id in record_ids if (entity, kind, record_id) not in self._twins}
        found = bindings.of_records(self._connection, self._company_id, entity, kind, wanted) if wanted else {}
        for record_id in wanted:
            row = found.get(record_id)
            self._twins[entity, kind, record_id] = bindings.twin(row)

    def prefetch_looks(self, kind: str, record_ids: Iterable[int]) -> None:
        """Read many inventory records with one query."""
        wanted = {record_id for record_id in record_ids if (kind, record_id) not in self._looked}
        found = reader.load_headers(self._connection, kind, self._company_id, wanted) if wanted else {}
        self._looked.update({(kind, record_id): found.get(record_id) for record_id in wanted})

    def prefetch_numbers(self, entity: str, kind: str, record_ids: Iterable[int]) -> None:
        """Read many numbers of our own series with one query."""
        found = numbers.of_records(self._connection, self._company_id, entity, kind, record_ids)
        self._numbers.update({(entity, kind, record_id): number for record_id, number in found.items()})

    def look(self, kind: str, record_id: int) -> reader.Record | None:
        """Another inventory record, without its lines; None where there is none."""
        self.prefetch_looks(kind, [record_id])
        return self._looked[kind, record_id]

    def prefetch_posted(self, kind: str, record_ids: Iterable[int]) -> None:
        """Read, with two queries a target, what records have posted that may not change with the company's settings."""
        every = set(record_ids)
        for entity in BY_KIND.get(kind, ()):
            wanted = {each for each in every if (entity.name, kind, each) not in self._posted} if entity.stands else set()
            if wanted:
                self._read_posted(entity.name, kind, wanted)

    def _read_posted(self, entity: str, kind: str, record_ids: set[int]) -> None:
        bound = bindings.of_records(self._connection, self._company_id, entity, kind, record_ids)
        twins = {record_id: row["qbo_id"] for record_id, row in bound.items() if row["ended_at"] is None}
        held = ledger.load(self._connection, self._company_id, entity, list(twins.values())) if twins else {}
        for record_id in record_ids:
            qbo_id = twins.get(record_id)
            copy = wire.loads(held[qbo_id]["payload"]) if qbo_id in held else {}
            self._posted[entity, kind, record_id] = None if qbo_id is None else copy

    def posted(self, entity: str, kind: str, record_id: int) -> Payload | None:
        """What QuickBooks holds of a living twin, empty where its copy has not arrived; None without such a twin."""
        if (entity, kind, record_id) not in self._posted:
            self._read_posted(entity, kind, {record_id})
        return self._posted[entity, kind, record_id]

    def know_accounts(self, entity: Entity, record_ids: Iterable[int], bound: Mapping[int, Mapping[Any, Any]]) -> None:
        """Take from bindings, by record, with which accounts records were posted that name none themselves.

        What QuickBooks has deleted was posted with them too; what we took back ourselves begins anew.
        """
        for record_id in record_ids:
            row = bound.get(record_id)
            stands = row is not None and (row["ended_at"] is None or row["ended_by"] == "quickbooks")
            ours = Base.read(row["base"]).ours if row is not None and stands else {}
            self._stood[entity.name, entity.kind, record_id] = ours.get(ACCOUNTS) or {}

    @contextmanager
    def posting(self, entity: Entity, record_id: int) -> Iterator[dict[str, str]]:
        """While a record is put that is only ever sent. Yields the Ids of its accounts by place, filled once it is put."""
        key = (entity.name, entity.kind, record_id)
        if key not in self._stood:
            found = bindings.of_records(self._connection, self._company_id, entity.name, entity.kind, [record_id])
            self.know_accounts(entity, [record_id], found)
        self._posting, self._chosen = key, {}
        told: dict[str, str] = {}
        try:
            yield told
            every = {place: self._accounts.get(ledger.name_key(name)) for place, name in self._chosen.items()}
            told.update({place: qbo_id for place, qbo_id in every.items() if qbo_id is not None})
        finally:
            self._posting = None

    def posted_with(self, place: str) -> str | None:
        """The account with which the record that is being put is in QuickBooks already; None where that is no longer active."""
        qbo_id = self._stood[self._posting].get(place) if self._posting is not None else None
        if qbo_id is None:
            return None
        if qbo_id not in self._active:
            found = ledger.load(self._connection, self._company_id, "Account", [qbo_id]).get(qbo_id)
            alive = found is not None and found["active"] and not found["deleted"]
            self._active[qbo_id] = found["name"] if found is not None and alive else None
        return self._active[qbo_id]

    def post_with(self, place: str, name: str) -> None:
        """Note with which account the record that is being put is posted at a place."""
        self._chosen[place] = name

    def prefetch_paid(self, kind: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Read what was paid on many sales orders, or on those that records refer to, with two queries."""
        orders = {record["id"] if kind == "sales_order" else record.get("sales_order_id") for record in records}
        wanted = {each for each in orders if isinstance(each, int) and each not in self._paid}
        if wanted:
            self._paid.update(deposits.paid(self._connection, self._company_id, wanted))

    def paid_on_order(self, order_id: int) -> Decimal:
        """What the payments on a sales order come to."""
        self.prefetch_paid("sales_order", [{"id": order_id}])
        return self._paid[order_id]

    def number(self, entity: str, kind: str, record_id: int) -> str:
        """The number that our own series gave to a document, with its prefix."""
        if (entity, kind, record_id) not in self._numbers:
            self.prefetch_numbers(entity, kind, [record_id])
        number = self._numbers.get((entity, kind, record_id))
        return f"{self._settings['journal_prefix']}{number}" if number else _UNNUMBERED

    def prefetch_records(self, entity: str, qbo_ids: Iterable[str]) -> None:
        """Look many records up with one query."""
        wanted = {qbo_id for qbo_id in qbo_ids if (entity, qbo_id) not in self._records}
        found = bindings.of_objects(self._connection, self._company_id, entity, wanted) if wanted else {}
        for qbo_id in wanted:
            row = found.get(qbo_id)
            self._records[entity, qbo_id] = (row["kind"], row["record_id"]) if row and row["ended_at"] is None else None

    def learn(self, entity: str, kind: str, record_id: int, qbo_id: str) -> None:
        """A pair was just bound."""
        self._twins[entity, kind, record_id] = qbo_id
        self._posted.pop((entity, kind, record_id), None)
        self._records[entity, qbo_id] = (kind, record_id)

    def twin(self, entity: str, record_id: int, kind: str = "") -> str:
        """The twin's Id; a placeholder where it has none, which `missing` then names."""
        kind = kind or ENTITIES[entity].kind
        key = (entity, kind, record_id)
        if key not in self._twins:
            self.prefetch(entity, [record_id], kind)
        qbo_id = self._twins[key]
        if qbo_id is None:
            self.missing.add(key)
            return placeholder(entity, record_id)
        return qbo_id

    def record(self, entity: str, qbo_id: str, kind: str = "") -> int:
        """The inventory record of an object; RecordError where it has none of this kind."""
        self.prefetch_records(entity, [qbo_id])
        found = self._records[entity, qbo_id]
        if found is None or found[0] != (kind or ENTITIES[entity].kind):
            held = ledger.load(self._connection, self._company_id, entity, [qbo_id]).get(qbo_id)
            name = held["name"] if held else f"Id {qbo_id}"
            raise RecordError(
                entity,
                name,
                f"This {entity} of QuickBooks has no record here.",
                f"Choose another {entity} on it in QuickBooks, or wait until this one has arrived.",
            )
        return found[1]

    def account(self, name: str, field: str) -> str:
        """The Id of the active account with this full name."""
        key = ledger.name_key(name)
        if key not in self._accounts:
            found = ledger.by_name(self._connection, self._company_id, "Account", [name]).get(key)
            self._accounts[key] = found["qbo_id"] if found else None
        qbo_id = self._accounts[key]
        if qbo_id is None and not self._accounts_are_known():
            # Only a preview before the first pull comes here: a cycle reads the accounts before it plans.
            return f"{{Account {name}}}"
        if qbo_id is None:
            raise RecordError(
                field or "account",
                name,
                "QuickBooks has no active account of this name.",
                "Choose an account that QuickBooks has, or set the company's default account.",
            )
        return qbo_id

    def _accounts_are_known(self) -> bool:
        if self._any_account is None:
            self._any_account = ledger.any_of(self._connection, self._company_id, "Account")
        return self._any_account

    def account_name(self, qbo_id: str) -> str:
        """The full name of an account."""
        if qbo_id not in self._account_names:
            found = ledger.load(self._connection, self._company_id, "Account", [qbo_id]).get(qbo_id)
            self._account_names[qbo_id] = found["name"] if found else None
        name = self._account_names[qbo_id]
        if name is None:
            raise RecordError("account", f"Id {qbo_id}", "This account of QuickBooks has not arrived here.", "Sync once more.")
        return name

    def setting(self, name: str) -> Any:
        """One of the company's settings."""
        self.used.add(name)
        return self._settings[name]

    def feature(self, name: str) -> bool:
        """Whether a feature is on in QuickBooks, and followed here (A18).

        Before the first pull, when nothing is known yet, tracking counts as on.
        """
        if name in TRACKING and self._settings[TRACKING[name]] == "off":
            return False
        if self._features is None:
            unknown = {**dict.fromkeys(_FEATURES, False), **dict.fromkeys((*TRACKING, *_ON), True)}
            self._features = features(self.preferences) if self.preferences else unknown
        return self._features[name]

    @property
    def new(self) -> bool:
        """Whether nothing was read from QuickBooks yet."""
        return not self.preferences

    def home_currency(self) -> str:
        """The code of the currency of the books: QuickBooks' own, or until that has arrived the company's setting."""
        told = (self.preferences.get("CurrencyPrefs") or {}).get("HomeCurrency")
        return str((told or {}).get("value") or self._settings["home_currency"] or "USD")

    def custom_column(self, form: str, definition: str) -> str | None:
        """The column of a custom field of QuickBooks' forms; None where no field here has exactly its name."""
        if form not in self._custom:
            columns = custom.columns(reader.load(self._connection, "custom_field", self._company_id).values(), form)
            defined = custom.defined(self.preferences, form)
            self._custom[form] = {id_: columns[name] for id_, name in defined.items() if name in columns}
        return self._custom[form].get(definition)

    @property
    def preferences(self) -> Payload:
        """QuickBooks' Preferences; empty before the first pull."""
        if self._preferences is None:
            held = ledger.load(self._connection, self._company_id, "Preferences", ["1"]).get("1")
            self._preferences = wire.loads(held["payload"]) if held else {}
        return self._preferences
