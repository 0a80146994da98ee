"""What the catalogue says about one entity: the data over which the verbs are written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncengine.emulator.catalogue.kinds import Kind, Record
from syncengine.emulator.catalogue.properties import kinds
from syncengine.emulator.rules.draft import Draft
from syncengine.emulator.rules.link import Link

#: Properties that every object knows, in the order in which they are shown.
COMMON = "domain sparse Id SyncToken MetaData CustomField AttachableRef status"


@dataclass(frozen=True)
class Entity:
    """One entity.

    Attributes:
        name: as on the wire, `SalesReceipt`; the path is the same in lower case.
        record: the properties it knows, with their kinds, in the order in which they are shown.
        key: what envelopes call it, where that is not its name (`CreditCardPaymentTxn`).
        sequence: who shares its numbers (`names`, `transactions`, or its own).
        first_id, id_step: where its numbers start and how far apart they are.
        element: what QuickBooks calls its members in a 2500 (`Names`, `Klasses`).
        required: what a create needs; a dotted name reaches into the lines' detail.
        read_only: properties that are computed: sent values are ignored.
        fixed: properties that an update keeps as they were.
        defaults: what a create sets where nothing is sent.
        name_property: `Name` or `DisplayName` for lists, None for transactions.
        shown_name: the property whose value references show.
        unique_with: the entities among which the name is unique; empty where names may repeat.
        unique_below_parent: names are unique among siblings only.
        hierarchy: members may have a parent of the same entity.
        party: the reference to whom a transaction is with.
        dated: it is a transaction with TxnDate, and so subject to closed books.
        auto_number: DocNumber is counted up when CustomTxnNumbers is false.
        creatable, updatable, deletable, voidable, deactivatable: which verbs it knows.
        cdc: whether change data capture knows it.
        plan: the least plan that has it (`essentials`, `plus`); "" is every plan.
        singleton: a company has exactly one, Id `1`, whatever id a read names.
        filterable, sortable: what queries may ask, besides Id, CreateTime and LastUpdatedTime.
        prepare: its rules; completes the draft or refuses it.
        links: the shares that one object has in other transactions.
        void: takes all amounts out of an object.
        opened: unwraps what a client sends, for an entity whose objects are wrapped.
        shown: the JSON text as it travels, for an entity that is kept in another form.
        rows: what a query with these conditions finds, for an entity that is not only what is kept.
        buries: refuses a deletion that would leave something behind.
        buried: what a deletion answers with, where that is not the usual short form.
    """

    name: str
    record: Record
    sequence: str
    key: str = ""
    first_id: int = 1
    id_step: int = 1
    element: str = ""
    required: tuple[str, ...] = ()
    read_only: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    name_property: str | None = None
    shown_name: str = ""
    unique_with: tuple[str, ...] = ()
    unique_below_parent: bool = False
    hierarchy: bool = False
    party: str | None = None
    dated: bool = False
    auto_number: bool = False
    creatable: bool = True
    updatable: bool = True
    deletable: bool = False
    voidable: bool = False
    deactivatable: bool = False
    cdc: bool = True
    plan: str = ""
    singleton: bool = False
    filterable: frozenset[str] = frozenset()
    sortable: frozenset[str] = frozenset()
    prepare: Callable[[Draft], None] | None = None
    links: Callable[[dict[str, Any]], Iterable[Link]] | None = None
    void: Callable[[dict[str, Any]], None] | None = None
    opened: Callable[[Any], Any] | None = None
    shown: Callable[[str], str] | None = None
    rows: Callable[[Any, Sequence[Any]], list[str]] | None = None
    buries: Callable[[Any, dict[str, Any]], None] | None = None
    buried: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    @property
    def path(self) -> str:
        """The segment that names it in URLs."""
        return self.name.lower()

    @property
    def envelope(self) -> str:
        """What its objects are called in answers."""
        return self.key or self.name

    def text(self, body: str) -> str:
        """An object's JSON text as it travels."""
        return self.shown(body) if self.shown else body


def record(name: str, own: str, changes: Mapping[str, Kind] | None = None, groups: str = "") -> Record:
    """The record of an entity, from blank-separated lists: its own properties, those of every object, those of its groups.

    In this order QuickBooks shows them: what a class adds to the one it stands on comes first (recorded).
    """
    return Record(name, kinds(f"{own} {COMMON} {groups}", changes))


def words(text: str) -> frozenset[str]:
    """The words of a blank-separated list."""
    return frozenset(text.split())
