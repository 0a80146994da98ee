"""The questions that Explore offers: every one of `queries` that answers with a DataFrame, read off its signature.

A question that is added to `queries` is offered without a line here; `_TITLES` and `_SAYS` only say it better, to who knows no
Python, than its name and its docstring do.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from syncengine import queries
from syncengine.engine.moments import WEEKDAYS
from syncengine.engine.standing import STATES
from syncengine.store import rights
from syncengine.store.rights import Permission, Rights
from syncengine.ui.overview import FREQUENCIES

_TITLES: Mapping[str, str] = {
    "queue": "What the next sync will send",
    "waiting_counts": "How much waits, by kind",
    "runs": "The syncs",
    "sends": "What was sent",
    "received": "What came from QuickBooks",
    "errors": "Open errors",
    "error_groups": "Open errors by cause",
    "error_corrections": "What can be done about errors",
    "held_back": "What a cause holds back",
    "conflicts": "Conflicts",
    "drifts": "Documents changed in QuickBooks",
    "inbox": "QuickBooks records that could not be applied here",
    "decisions": "What was decided",
    "find": "Records that a text names",
    "record_kinds": "How many records there are, by kind",
    "records": "Inventory records",
    "record_states": "How some records stand with QuickBooks",
    "record_state": "One record, target by target",
    "timeline": "Everything that happened to one record",
    "reconcile": "Documents that do not agree with QuickBooks",
    "ledger": "Copies of QuickBooks objects",
    "ledger_counts": "How many copies there are",
    "accounting_lists": "The accounting lists",
    "accounting_list": "One accounting list",
    "accounting_totals": "Totals of one accounting list",
    "classes": "Classes",
    "departments": "Departments",
    "settings": "Settings",
    "settings_history": "Who changed settings",
    "slots": "The last automatic syncs",
    "coming_slots": "The next automatic syncs",
    "alerts": "Who is alerted, and of what",
    "alert_messages": "Messages of alerts",
    "people": "People",
    "people_changes": "Who was given which rights",
    "acts": "Who did what",
}
_SAYS: Mapping[str, str] = {
    "queue": "What will be sent, in sending order. What failed or needs a person stands first.",
    "waiting_counts": "What waits, by kind: what is new, what failed and is tried again, and what needs a person.",
    "runs": "Every sync that ended, and the one that runs; the newest first.",
    "sends": "What was sent, record by record, with the request and QuickBooks' answer; the newest first.",
    "received": "What came from QuickBooks, record by record; the newest first.",
    "errors": "What failed: first the connection itself, then records in the order in which they first failed.",
    "error_groups": "What failed, by cause: what waits behind each, and what comes next. The largest cause stands first.",
    "error_corrections": "What each correction will do or did, and what came of it; the newest first.",
    "held_back": "The records that wait because of one cause, each with the record that it waits for; the nearest first.",
    "conflicts": "Fields that both sides changed, each with its value when both agreed, here, and in QuickBooks; the oldest first.",
    "drifts": "Documents that QuickBooks holds otherwise than they were sent, field by field; the oldest first.",
    "decisions": "What people decided about conflicts, drift and questions of a sync; the newest first.",
    "find": "Records of any kind that a text names, the surest first, with how each stands with QuickBooks.",
    "record_kinds": "How many records there are of each kind, how many of them wait, and how many have failed.",
    "records": "The records of one kind with all their fields, and how each stands with QuickBooks.",
    "record_states": "How several records stand with QuickBooks, and since when. Where there is no message, all is well.",
    "record_state": "How one record stands with all that it becomes in QuickBooks, with cause and remedy where something is wrong.",
    "timeline": "Everything that happened to one record; the oldest first.",
    "reconcile": "Documents of one kind that do not agree with what QuickBooks holds of them. Everything adds those that agree.",
    "ledger": "Copies of one sort of QuickBooks object, such as accounts: documents the newest first, lists by name.",
    "ledger_counts": "How many copies there are of each sort of QuickBooks object, without those that were deleted there.",
    "accounting_lists": "The accounting lists that are open to you, and how many entries each has.",
    "accounting_list": "One accounting list, such as bills: documents the newest first, others by name. For viewing only.",
    "accounting_totals": "How many entries a list has; of documents also their totals and balances, currency by currency.",
    "classes": "The classes with what they stand under, how they stand with QuickBooks, and whether a change waits.",
    "departments": "The departments (locations in QuickBooks) with what they stand under, and how they stand with QuickBooks.",
    "settings": "Every setting with its value.",
    "settings_history": "Who changed the company's set-up, from what to what; the newest first.",
    "coming_slots": "When the next automatic syncs come, under the schedule as it is or as it would be. Nothing is changed.",
    "alerts": "Who is told, by what way, and of which changes. A webhook's secret is never shown.",
    "alert_messages": "The newest messages and what became of each; where the last try failed, why.",
    "people": "Everybody with a role in the company, what was granted or refused beside it, and what follows from both.",
    "people_changes": "Who gave or took which role or permission, from what to what; the newest first.",
    "acts": "What people and corrections did; the newest first.",
}
#: Parameters whose name in Python says little.
_LABELS: Mapping[str, str] = {
    "klass": "Class of the correction", "group_key": "Key of the cause", "error_id": "Id of the error", "run_id": "Sync",
    "only": "Only this one", "record_id": "Id of the record", "record_ids": "Ids of records",
    "before": "Before Id", "after": "After Id",
}  # fmt: skip
#: Parameters with few values, by question and name.
_VALUES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("runs", "result"): ("ok", "errors", "failed", "interrupted", "running"),
    ("sends", "outcome"): ("accepted", "refused", "unknown"),
    ("records", "state"): STATES,
    **{(name, "klass"): ("safe", "policy", "no") for name in ("errors", "error_groups")},
    ("coming_slots", "frequency"): tuple(FREQUENCIES),
    ("coming_slots", "weekday"): WEEKDAYS,
}
#: Answers that are no question of this page: SQL has a place of its own.
_ELSEWHERE = frozenset({"sql", "sql_views"})
#: Questions that look through a whole company: a second of the processor for a thousand documents.
_DEAR = frozenset({"reconcile"})
#: Parameters whose values the page knows.
_KNOWN = {"kind": "kind", "name": "list", "entity": "entity"}
#: How each annotation is asked for.
_ASKED = {
    "str": "text", "str | None": "text", "bool": "flag", "bool | None": "flag", "int": "number", "int | None": "number",
    "date | None": "day", "date": "day", "Iterable[int]": "ids", "Sequence[int]": "ids",
}  # fmt: skip
#: What a docstring says to developers only: names of requirements, and marks of code.
_ASIDE = re.compile(r"\s*\((?:[A-Z]\d+(?:, )?)+\)|`")
#: Which rows, and how much of each: that is decided here, not asked.
_PAGES = frozenset({"page", "size", "exact"})


@dataclass(frozen=True)
class Parameter:
    """What a question wants to know.

    Attributes:
        name: as Python calls it.
        asked: `text`, `flag`, `number`, `day`, `ids` or `choice`, or what the page knows: `kind`, `list`, `entity`.
        required: whether there is no answer without it.
        choices: what it may be, for a `choice`.
        positional: whether Python code names it by its place.
    """

    name: str
    asked: str
    required: bool
    choices: tuple[str, ...] = ()
    positional: bool = False

    @property
    def label(self) -> str:
        """How the field is called."""
        return _LABELS.get(self.name) or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Question:
    """One question: its name in `queries`, how people call it, what it says, what it wants to know, whether it has pages.

    One without may be `newest` first: it gives the newest rows, or those behind one that is named.
    """

    name: str
    title: str
    says: str
    parameters: tuple[Parameter, ...]
    paged: bool
    newest: bool = False

    @property
    def dear(self) -> bool:
        """Whether the whole company is looked through for each answer, however little of it is seen."""
        return self.name in _DEAR

    @property
    def ask(self) -> Any:
        """The function."""
        return getattr(queries, self.name)

    def open_to(self, held: Rights) -> bool:
        """Whether who has these rights may ask it; what depends on a parameter is decided when it is asked."""
        wanted = rights.needed(self.ask)
        return held.may(*wanted) if isinstance(wanted, tuple) else held.may(Permission.SEE_SYNC)


@cache
def every() -> Mapping[str, Question]:
    """All questions by name, those with a title first."""
    found = {name: _question(name) for name in queries.__all__ if name not in _ELSEWHERE and answers_with_frame(name)}
    named = [name for name in _TITLES if name in found]
    return {name: found[name] for name in [*named, *sorted(set(found) - set(named))]}


def answers_with_frame(name: str) -> bool:
    """Whether this name of `queries` is a question about a company whose answer is a table."""
    thing = getattr(queries, name)
    if not inspect.isfunction(thing):
        return False
    signature = inspect.signature(thing)
    return str(signature.return_annotation) == "pd.DataFrame" and next(iter(signature.parameters), "") == "session"


def _question(name: str) -> Question:
    signature = inspect.signature(getattr(queries, name))
    known = inspect.unwrap(getattr(queries, name)).__globals__
    own = list(signature.parameters.values())[1:]
    parameters = tuple(found for each in own if each.name not in _PAGES for found in _parameters(name, each, known))
    says = _SAYS.get(name) or " ".join(_ASIDE.sub("", inspect.getdoc(getattr(queries, name)) or "").split("\n\n")[0].split())
    title, paged = _TITLES.get(name, name.replace("_", " ").capitalize()), "page" in signature.parameters
    return Question(name, title, says, parameters, paged, not paged and {"before", "size"} <= set(signature.parameters))


def _parameters(question: str, each: inspect.Parameter, known: Mapping[str, Any]) -> list[Parameter]:
    """One parameter; of keywords that a TypedDict among the names `known` describes, each."""
    annotation = str(each.annotation)
    if each.kind is each.VAR_KEYWORD:
        described = getattr(known.get(re.sub(r"Unpack\[(\w+)\]", r"\1", annotation)), "__annotations__", {})
        kinds = {name: getattr(kind, "__forward_arg__", str(kind)) for name, kind in described.items()}
        return [Parameter(name, *_asked(question, name, kind, False)) for name, kind in kinds.items() if kind in _ASKED]
    positional, required = each.kind is not each.KEYWORD_ONLY, each.default is each.empty
    found = Parameter(each.name, *_asked(question, each.name, annotation, required), positional=positional)
    return [found] if found.asked else []


def _asked(question: str, name: str, annotation: str, required: bool) -> tuple[str, bool, tuple[str, ...]]:
    """How a value is asked for, whether it has to be there, and what it may be where that is little."""
    if few := _VALUES.get((question, name)):
        return "choice", required, few
    if annotation.startswith("Literal["):
        return "choice", required, tuple(re.findall(r"[\"']([^\"']+)[\"']", annotation))
    known = _KNOWN.get(name) if annotation == "str" and (required or name == "kind") else None
    return known or _ASKED.get(annotation, "text" if required else ""), required, ()
