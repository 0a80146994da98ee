"""A correction: one cause of failure, what a person does about it, and what the machine may do by itself.

Everything here is pure. What a correction needs to know is handed to it as `Facts`, look-ups in QuickBooks included;
what it wants done it returns as a `Verdict`, which `engine.correct` stores, shows and carries out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from syncengine.quickbooks import Fault, FaultClass, Payload, classify


class Klass(StrEnum):
    """What the machine may do once the grace is over."""

    #: It runs by itself (D8).
    SAFE = "safe"
    #: It runs where the company's owner opted in, with the setting `allow_` and the correction's name (D9).
    POLICY = "policy"
    #: Nobody but a person can do anything; the remedy says what (D10).
    NO = "no"


#: The code of what was refused here, before anything was sent; and of what befalls the connection as a whole.
LOCAL, CONNECTION = "local", "connection"


@dataclass(frozen=True)
class Trouble:
    """Why a record failed.

    Attributes:
        code: QuickBooks' code, `local`, or `connection`.
        words: QuickBooks' message and detail, or our own sentence.
        element: the property that QuickBooks named, or the inventory column that is wrong.
        status: the HTTP status; 0 where nothing was sent.
        meaning: the client's reading of it.
        what: for `connection` and `local`, which trouble it is: an error class's name, or a word such as `drift`.
        entity, operation, document: what was to be written: `Invoice`, `create`, whether it is a transaction.
    """

    code: str
    words: str = ""
    element: str = ""
    status: int = 0
    meaning: FaultClass = FaultClass.UNKNOWN
    what: str = ""
    entity: str = ""
    operation: str = ""
    document: bool = False

    @classmethod
    def of(cls, fault: Fault, *, entity: str = "", operation: str = "", document: bool = False) -> Trouble:
        """From a fault: its strongest row speaks."""
        meaning = classify(fault)
        row = next((each for each in fault.errors if classify(replace(fault, errors=(each,))) is meaning), fault.errors[0])
        words = " ".join(part for part in (row.message, row.detail) if part)
        return cls(row.code, words, row.element, fault.http_status, meaning, "", entity, operation, document)

    def says(self, *phrases: str) -> bool:
        """Whether one of the phrases stands in its words, in any case."""
        words = self.words.casefold()
        return any(phrase.casefold() in words for phrase in phrases)


@dataclass(frozen=True)
class Ref:
    """Something that the record refers to, as QuickBooks holds it and as it stands here (kind and record_id, if at all)."""

    path: str
    entity: str
    qbo_id: str
    name: str = ""
    active: bool = True
    there: bool = True
    kind: str = ""
    record_id: int | None = None

    @property
    def shown(self) -> str:
        """Such as `customer Harbour Supply`."""
        # QuickBooks calls what is inactive so; a person calls it by its name.
        return f"{_plain(self.entity)} {self.name.removesuffix(' (deleted)') or self.qbo_id}"


@dataclass(frozen=True)
class Words:
    """A text of the record that travels: where it goes, how long it may be, and what it says here."""

    path: str
    column: str
    longest: int | None
    value: str
    line: int | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a record that failed.

    Attributes:
        entity, kind, label, document, two_way, natural_key: which record it is, in both sides' words.
        operation: `create`, `update` or `delete`.
        payload: what was sent; empty where the record could not even be built.
        ours: our canonical values by path, as far as they can be built.
        mark: our marker in a document's note.
        refs: what it refers to.
        texts: its texts, header and lines.
        settings: the company's settings.
        preferences: QuickBooks' Preferences as last read.
        accounts: the Id of each account that a setting names: setting -> (full name, Id).
        linked: which objects of the same entity are bound here: Id -> (label, whether that record is active here).
        answers: what QuickBooks answered to the look-ups, by their names.
    """

    entity: str
    kind: str
    label: str
    document: bool = False
    two_way: bool = True
    natural_key: str = "Name"
    operation: str = "create"
    payload: Mapping[str, Any] = field(default_factory=dict)
    ours: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""
    refs: tuple[Ref, ...] = ()
    texts: tuple[Words, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    preferences: Mapping[str, Any] = field(default_factory=dict)
    accounts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    linked: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    answers: Mapping[str, Sequence[Payload]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Such as `invoice N-1`."""
        return f"{self.kind.replace('_', ' ')} {self.label}"

    @property
    def name(self) -> str:
        """What the record is told apart by: the name or the number that was sent."""
        return str(self.payload.get(self.natural_key) or self.ours.get(self.natural_key) or "")

    def told(self, name: str) -> Sequence[Payload]:
        """What a look-up found; nothing where it was not asked."""
        return self.answers.get(name, ())


@dataclass(frozen=True)
class LookUp:
    """One question to QuickBooks: a query with conditions, or one object by its Id (`qbo_id`)."""

    name: str
    entity: str
    where: tuple[tuple[str, str, Any], ...] = ()
    qbo_id: str = ""


@dataclass(frozen=True)
class Act:
    """One thing that the engine does: `do` is a word that `engine.acts` knows, `args` what it needs."""

    do: str
    args: Mapping[str, Any] = field(default_factory=dict)


def override(path: str, value: Any) -> Act:
    """Send `value` at `path` instead of our own; ours stays as it is here. None leaves the value out."""
    return Act("override", {"path": path, "value": value})


def adopt(found: Mapping[str, Any]) -> Act:
    """Link the record with an object that QuickBooks has."""
    return Act("adopt", {"qbo_id": str(found["Id"])})


def activate(entity: str, qbo_id: str) -> Act:
    """Make a list entry active in QuickBooks."""
    return Act("activate", {"entity": entity, "qbo_id": qbo_id})


def deactivate(entity: str, qbo_id: str) -> Act:
    """Make a list entry inactive in QuickBooks."""
    return Act("deactivate", {"entity": entity, "qbo_id": qbo_id})


def relink(ref: Ref, qbo_id: str) -> Act:
    """Let a referenced record's twin be another object."""
    return Act("relink", {"entity": ref.entity, "kind": ref.kind, "record_id": ref.record_id, "old": ref.qbo_id, "qbo_id": qbo_id})


def send_first(ref: Ref) -> Act:
    """Create a referenced record anew in QuickBooks, before this one goes."""
    return Act("send_first", {"entity": ref.entity, "kind": ref.kind, "record_id": ref.record_id, "qbo_id": ref.qbo_id})


def recreate() -> Act:
    """Create the record's twin anew, under a new generation of its requestid."""
    return Act("recreate")


#: The parts of a verdict, in the order of its attributes.
_PARTS = ("acts", "after", "otherwise")


@dataclass(frozen=True)
class Verdict:
    """What a correction will do: `says` tells a person, `acts` are done before the record goes again, `after` once it went.

    `otherwise` puts back what was changed in QuickBooks where the rest of the acts could not be done.
    """

    says: str
    acts: tuple[Act, ...]
    after: tuple[Act, ...] = ()
    otherwise: tuple[Act, ...] = ()

    def stored(self) -> dict[str, Any]:
        """For a row of the database."""
        return {name: [[act.do, dict(act.args)] for act in getattr(self, name)] for name in _PARTS}

    @classmethod
    def read(cls, says: str, stored: Mapping[str, Any]) -> Verdict:
        """From a row of the database."""
        return cls(says, *(tuple(Act(do, args) for do, args in stored.get(name, ())) for name in _PARTS))

    @property
    def reversible(self) -> bool:
        """Whether taking it back is a matter of sending our own values again."""
        return bool(self.acts) and all(act.do == "override" for act in self.acts) and not self.after


Group = Callable[[Trouble, Facts], str]
#: From this rank on, a correction stands for whatever nothing else fits.
_CATCH_ALL = 90


def alone(_: Trouble, facts: Facts) -> str:
    """Each record is a group of its own."""
    return f"{facts.entity} {facts.label}"


def together(_: Trouble, __: Facts) -> str:
    """All records of the company with this cause are one group."""
    return ""


def meant(trouble: Trouble, facts: Facts) -> tuple[Ref, ...]:
    """Which of the record's references are probably to blame: those that are inactive or gone, else those that were named."""
    bad = tuple(ref for ref in facts.refs if not ref.active or not ref.there)
    head = trouble.element.rpartition(".")[2]
    return bad or tuple(ref for ref in facts.refs if head and ref.path.endswith(head)) or facts.refs


def referred(trouble: Trouble, facts: Facts) -> str:
    """The references that are probably to blame, by name."""
    return listed(sorted({ref.shown for ref in meant(trouble, facts)}))


def by_reference(trouble: Trouble, facts: Facts) -> str:
    """One group for each reference that is to blame."""
    return ", ".join(sorted({f"{ref.entity} {ref.qbo_id}" for ref in meant(trouble, facts)}))


def by_words(trouble: Trouble, _: Facts) -> str:
    """One group for each thing that is said."""
    return trouble.words


def by_element(trouble: Trouble, facts: Facts) -> str:
    """One group for each kind of record and property."""
    return f"{facts.entity} {trouble.element}"


@dataclass(frozen=True)
class Correction:
    """One cause of failure.

    Attributes:
        row: the heading under which the catalogue of errors lists it: codes and situation.
        cause: in plain words.
        remedy: what a person does.
        klass: what the machine may do.
        source: how this is known.
        fits: whether a trouble is this one.
        rank: among those that fit, the lower one is asked first; what is left for a person stands last.
        names: who or what is meant, with real names; filled into `{who}` of cause and remedy.
        does: what it will do, in general words; empty where a person has to act.
        consent: what an owner allows, as it is called on the settings page; for class policy only.
        idle: why no record of today's kinds can need it, so that the consent would change nothing; empty where one can.
        look_ups: what it has to ask QuickBooks before it decides.
        decide: what it will do with one record, or None where it does not apply after all.
        undo: how it can be taken back, in words; empty where it cannot.
        group: what else is behind the same cause.
        counts: whether the failure counts towards the three cycles (D5).
        at_once: it is handled without grace, by the engine itself.
        warning: it is no failure and shows no X.
        there, here: what a person does step by step, in QuickBooks (its own words, from menu to menu) and in this installation.
        solvable: whether a person who works here can put it right, or it passes by itself; else support has to.
    """

    row: str
    cause: str
    remedy: str
    klass: Klass
    source: str
    fits: Callable[[Trouble], bool]
    rank: int = 50
    names: Callable[[Trouble, Facts], str] | None = None
    does: str = ""
    consent: str = ""
    idle: str = ""
    look_ups: Callable[[Facts], Iterable[LookUp]] = lambda _: ()
    decide: Callable[[Trouble, Facts], Verdict | None] | None = None
    undo: str = ""
    group: Group = alone
    counts: bool = True
    at_once: bool = False
    warning: bool = False
    there: str = ""
    here: str = ""
    solvable: bool = True
    #: The name of its file; filled in by the family.
    name: str = ""

    def told(self, trouble: Trouble, facts: Facts) -> tuple[str, str]:
        """Cause and remedy for one record."""
        who = (self.names(trouble, facts) if self.names else "") or "what it refers to"
        return _sentence(self.cause.replace("{who}", who)), _sentence(self.remedy.replace("{who}", who))

    def group_key(self, trouble: Trouble, facts: Facts) -> str:
        """The same for all records with one cause; at most 200 characters."""
        return f"{self.name}: {self.group(trouble, facts)}"[:200]

    @property
    def catch_all(self) -> bool:
        """Whether it stands for whatever nothing else fits."""
        return self.rank >= _CATCH_ALL

    @property
    def setting(self) -> str:
        """The setting by which a company's owner opts in."""
        return f"allow_{self.name}"


def coded(*codes: str, says: str | tuple[str, ...] = ()) -> Callable[[Trouble], bool]:
    """Fits these codes, with one of the phrases in the words where any are given."""
    phrases = (says,) if isinstance(says, str) else says
    return lambda trouble: trouble.code in codes and (not phrases or trouble.says(*phrases))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return ", ".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"


def _plain(entity: str) -> str:
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in entity).strip()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
