"""What analysts may read in SQL: the views, which rows of which tables they show, and how either database says so.

A view never shows another company, a token, or what an accounting list that is closed to the person holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Date, Integer
from sqlalchemy.types import TypeEngine

from syncengine.db.types import JsonText, LooseBool, LooseDate, LooseDecimal, Money, Utc
from syncengine.inventory.tables import KINDS
from syncengine.ledger.tables import LedgerObject
from syncengine.store import tables
from syncengine.store.audit import OF_FILES, OWNERS_ONLY
from syncengine.store.rights import LIST_OF, LISTS, Permission, Rights


@dataclass(frozen=True)
class Column:
    """One column: its name in the view, the table's alias and column behind it, its kind, and what veils it.

    Attributes:
        veil: `entity`: empty for rows of a QuickBooks entity whose list is closed to the person; `all`: empty for who
            may not see all seven lists.
        owners: of which rows only an owner sees it; the same words on either database.
    """

    name: str
    alias: str
    source: str
    type: TypeEngine[Any]
    veil: str = ""
    owners: str = ""

    @property
    def kind(self) -> str:
        """What it holds, in a word."""
        return next((kind for kinds, kind in _KINDS if isinstance(self.type, kinds)), "text")

    @property
    def places(self) -> int:
        """How many decimal places the units of an amount have."""
        return self.type.scale if isinstance(self.type, Money) else 0


_KINDS: tuple[tuple[Any, str], ...] = (
    (Money, "amount"),
    (LooseDecimal, "number"),
    (Utc, "time"),
    ((LooseDate, Date), "day"),
    ((LooseBool, Boolean), "yes or no"),
    (JsonText, "JSON text"),
    (Integer, "whole number"),
)


@dataclass(frozen=True)
class View:
    """One view.

    Attributes:
        name, says: as analysts know it.
        table: whose rows it shows, under the alias t.
        columns: what of them.
        where: which of them, beside those of the company; the same words on either database.
        joined: a table under the alias a, and the condition that brings it.
        owners: which of its rows only an owner sees; the same words on either database.
        ledger: whether its rows are QuickBooks objects, which are closed with their lists.
        company: the column that says whose row it is: of a line, its record's, since another program may not have said.
    """

    name: str
    says: str
    table: Any
    columns: tuple[Column, ...]
    where: str = ""
    joined: tuple[Any, str] | None = None
    ledger: bool = False
    owners: str = ""
    company: str = "t.company_id"

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """The tables' columns that it reads."""
        own = {"t": self.table.name, "a": self.joined[0].name if self.joined else ""}
        named = {(own[each.alias], each.source) for each in self.columns}
        needed = ("company_id", "entity", "state", *(key.parent.name for key in self.table.foreign_keys))
        more = {(own["t"], name) for name in needed if name in self.table.c}
        return frozenset(named | more | ({(own["a"], "id"), (own["a"], "company_id")} if self.joined else set()))


def _columns(table: Any, names: str, *, alias: str = "t", **veils: str) -> tuple[Column, ...]:
    """Columns by their names; `new=old` gives another one. `veils` says what veils which."""
    found = []
    for said in names.split():
        name, _, source = said.partition("=")
        found.append(Column(name, alias, source or name, table.c[source or name].type, veils.get(name, "")))
    return tuple(found)


def _simple(name: str, says: str, model: Any, names: str, where: str = "", /, **veils: str) -> View:
    table = model.__table__
    return View(name, says, table, _columns(table, names, **veils), where)


def _attempts() -> View:
    item, attempt = tables.AttemptItem.__table__, tables.Attempt.__table__
    own = _columns(item, "id outbox_id operation entity payload outcome qbo_id fault", payload="entity", fault="entity")
    more = _columns(attempt, "run_id=cycle_id shape sends made_at answered_at tid service_ms", alias="a")
    says = "each record that was sent, with its request and QuickBooks' answer"
    return View("attempts", says, item, own + more, joined=(attempt, "a.id = t.attempt_id"))


def _records() -> Iterator[View]:
    for kind in KINDS.values():
        names = " ".join(column.name for column in kind.table.c if column.name != "company_id")
        called = kind.name.replace("_", " ")
        yield View(f"records_{kind.name}", f"the inventory's records of the kind {called}", kind.table, _columns(kind.table, names))
        if kind.lines is not None:
            wanted = " ".join(column.name for column in kind.lines.c if column.name != "company_id")
            says, whose = f"their lines; {kind.parent} names the record", (kind.table, f"a.id = t.{kind.parent}")
            yield View(f"lines_{kind.name}", says, kind.lines, _columns(kind.lines, wanted), joined=whose, company="a.company_id")


@cache
def every() -> Mapping[str, View]:
    """All views by name."""
    ledger = LedgerObject.__table__
    found = [
        _simple(
            "queue", "what waits to be sent, failing and parked rows among it", tables.Outbox,
            "id kind record_id label entity operation state position wave attempts revision queued_at queued_by changed_at "
            "reason message",
            "t.state IN ('available', 'running', 'retryable', 'parked')",
        ),
        _simple(
            "runs", "every run of the sync, with what it sent, received and read", tables.Cycle,
            "id trigger requested_by started_at finished_at result message sent received failed metered_reads calls seconds retry",
        ),
        _simple(
            "errors", "every error, open while closed_at is empty, with cause and remedy", tables.Error,
            "id outbox_id entity kind record_id label code message cause remedy tid element group_key class=klass correction "
            "first_run_id=first_cycle_id last_run_id=last_cycle_id tries opened_at closed_at closed_why",
        ),
        _attempts(),
        _simple(
            "corrections", "what was offered or done against errors", tables.Correction,
            "id error_id outbox_id entity kind record_id label name class=klass state says offered_at wanted_at wanted_by "
            "done_at outcome",
            says="all", outcome="all",
        ),
        _simple(
            "conflicts", "what both sides changed", tables.Conflict,
            "id entity kind record_id label field base ours theirs opened_at resolved_at resolution resolved_by",
            base="entity", ours="entity", theirs="entity",
        ),
        _simple(
            "drifts", "documents that QuickBooks holds otherwise than sent", tables.Drift,
            "id entity kind record_id qbo_id label what fields opened_at resolved_at resolution resolved_by", fields="entity",
        ),
        _simple(
            "pairs", "which record is which QuickBooks object, and when both last agreed", tables.Binding,
            "id entity kind record_id qbo_id last_success_at ended_at ended_by",
        ),
        View(
            "ledger", "the copies of what lies in QuickBooks, of the lists that you may see", ledger,
            _columns(ledger, "id entity qbo_id name doc_number txn_date total balance active deleted changed_at seen_at payload"),
            ledger=True,
        ),
        View(
            "audit", "who did what, and what the engine did", tables.Audit.__table__,
            (
                *_columns(tables.Audit.__table__, "id at actor event kind record_id outbox_id run_id=cycle_id"),
                *(replace(each, owners=OF_FILES) for each in _columns(tables.Audit.__table__, "detail", detail="all")),
            ),
            owners=OWNERS_ONLY,
        ),
        *_records(),
    ]  # fmt: skip
    return {view.name: view for view in found}


@dataclass(frozen=True)
class Sight:
    """What of the QuickBooks entities a person may see: those of open lists, those of closed ones, whether all are open.

    `owns` says whether it is an owner, who sees people, settings and alerts, too.
    """

    seen: tuple[str, ...]
    hidden: tuple[str, ...]
    whole: bool = field(default=False)
    owns: bool = field(default=False)

    @classmethod
    def of(cls, rights: Rights) -> Sight:
        """What these rights show."""
        seen = tuple(entity for entity in LIST_OF if rights.sees(entity))
        return cls(seen, tuple(sorted(set(LIST_OF) - set(seen))), rights.may(*LISTS.values()), rights.may(Permission.OWN))


def for_sqlite(view: View, company_id: int, sight: Sight) -> str:
    """The SELECT for one company and one person.

    The LIMIT that limits nothing keeps SQLite from asking the question's own conditions of rows before these: an error
    in one of those would tell of rows that are not shown.
    """
    named = ", ".join(f'{_sqlite(each, sight)} AS "{each.name}"' for each in view.columns)
    joined = f' JOIN "{view.joined[0].name}" AS a ON {view.joined[1]}' if view.joined else ""
    conditions = [f"{view.company} = {int(company_id)}", view.where]
    if view.ledger and not sight.whole:
        conditions.append(f"t.entity IN ({_texts(sight.seen)})")
    if view.owners and not sight.owns:
        conditions.append(f"NOT {view.owners}")
    where = " AND ".join(each for each in conditions if each)
    return f'SELECT {named} FROM "{view.table.name}" AS t{joined} WHERE {where} LIMIT -1'  # noqa: S608 -- names of our own


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values) or "NULL"


def _sqlite(column: Column, sight: Sight) -> str:
    plain = f'{column.alias}."{column.source}"'
    if column.kind == "time":
        plain = f"strftime('%Y-%m-%dT%H:%M:%fZ', {plain})"
    elif column.kind == "amount":
        plain = f"({plain} / 1e{column.places})"
    elif column.kind == "number":
        # What another program wrote may be no number.
        plain = f"CASE WHEN trim({plain}) GLOB '*[0-9]*' AND {plain} NOT GLOB '*[^-0-9.eE+ ]*' THEN CAST({plain} AS REAL) END"
    if column.owners and not sight.owns:
        plain = f"CASE WHEN NOT ({column.owners}) THEN {plain} END"
    if column.veil == "all":
        return plain if sight.whole else "NULL"
    if column.veil == "entity" and sight.hidden:
        return f"CASE WHEN t.entity NOT IN ({_texts(sight.hidden)}) THEN {plain} END"
    return plain


def for_postgres(view: View, schema: str) -> str:
    """The statement that makes the view. It shows the company of the seat that the backend asking has been given."""
    seat = f"FROM {schema}.seat s WHERE s.pid = pg_backend_pid() AND s.until > clock_timestamp()"
    named = ", ".join(f'{_postgres(each, seat)} AS "{each.name}"' for each in view.columns)
    joined = f' JOIN "{view.joined[0].name}" AS a ON {view.joined[1]}' if view.joined else ""
    conditions = [f"{view.company} = (SELECT s.company_id {seat})", view.where]
    if view.ledger:
        conditions.append(f"(SELECT s.whole OR t.entity = ANY (s.seen) {seat})")
    if view.owners:
        conditions.append(f"(NOT {view.owners} OR (SELECT s.owns {seat}))")
    where = " AND ".join(each for each in conditions if each)
    select = f'SELECT {named} FROM "{view.table.name}" AS t{joined} WHERE {where}'  # noqa: S608 -- names of our own
    return f'CREATE VIEW {schema}."{view.name}" WITH (security_barrier) AS {select}'


def _postgres(column: Column, seat: str) -> str:
    plain = f'{column.alias}."{column.source}"'
    if column.kind == "amount":
        plain = f"trim_scale({plain}::numeric / 1e{column.places})"
    if column.owners:
        plain = f"CASE WHEN NOT ({column.owners}) OR (SELECT s.owns {seat}) THEN {plain} END"
    if column.veil == "all":
        return f"CASE WHEN (SELECT s.whole {seat}) THEN {plain} END"
    if column.veil == "entity":
        return f"CASE WHEN (SELECT t.entity <> ALL (s.hidden) {seat}) THEN {plain} END"
    return plain
