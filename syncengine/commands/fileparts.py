"""What the worker does with a kept file: it looks through it, makes portions of its records, and writes them one by one.

A portion's records, its problems, its counts and its place in the act are committed together: whoever carries on after a crash,
or at the same time, writes no record twice, and none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.commands import fileends
from syncengine.commands._session import Session
from syncengine.commands.importing import still_closed_as
from syncengine.errors import Refused
from syncengine.failpoints import failpoint
from syncengine.store import filed, longacts, people

if TYPE_CHECKING:
    from syncengine.imports.layouts import Layout
    from syncengine.imports.passes import Counts, Portion, Prepared, Writing
    from syncengine.imports.rows import Record
    from syncengine.imports.table import Content

#: What is about a kept file.
WHAT = frozenset({longacts.LOOK, longacts.IMPORT})
#: Records in one portion, and their lines: a fifth of a second of writing on a common machine.
RECORDS, LINES = 500, 2_000
#: So many portions are put down in one transaction, and so often is looked whether to go on, in rows.
_PUT_DOWN, _TOLD_EVERY = 10, 5_000
#: So long a file is left to whoever reads it, from the last they were heard of: a large workbook takes a minute to open.
READING = timedelta(minutes=2)


def _never(*_: str) -> bool:
    return False


@dataclass
class Hand:
    """What one who carries on has at hand: how to be stopped, and what makes the next portion quick. Never relied on."""

    stopping: Callable[[], bool] = _never
    #: Who it is, for others who would read the same file, and whether one of those is known to be gone.
    reader: str = ""
    dead: Callable[[str], bool] = _never
    #: Of which act, after how many of its portions, and what knows the company's records by then.
    writing: tuple[int, int, Writing] | None = None


class _Over(Exception):  # noqa: N818 -- it only ends what is being read
    """It was stopped, or somebody else is at it."""


def begun(connection: Connection, session: Session, act: RowMapping) -> None:
    """Let it begin: a file that is gone is told."""
    if filed.load(connection, session.company_id, act["conditions"]["file"]) is None:
        raise Refused("The file is not kept any more. Choose it again.")
    longacts.put(connection, act["id"], state=longacts.DOING, began_at=session.clock.now())


def claimed(connection: Connection, act: RowMapping, now: datetime, hand: Hand) -> bool:
    """Whether the file is this one's to read, for whoever holds the act's row: one who lives and is at it is not disturbed.

    Once its portions are made there is nothing to claim: they are written by whoever comes.
    """
    file = filed.load(connection, act["company_id"], act["conditions"]["file"], locked=True) if act["what"] in WHAT else None
    if file is None or (act["what"] == longacts.IMPORT and file["staged"]):
        return True
    until, other = file["read_until"], file["reader"]
    if until is not None and until > now and other != hand.reader and not hand.dead(other):
        return False
    filed.put(connection, file["id"], reader=hand.reader, read_until=now + READING)
    return True


def read_on(person: Session, act: RowMapping, hand: Hand) -> bool | None:
    """Look through the file, or make its portions, beside everybody else; None where a portion is to be written next."""
    with person.database.reading() as connection:
        file = _file(connection, person, act)
    try:
        if act["what"] == longacts.LOOK:
            _look(person, act, file, hand)
            return False
        if not file["staged"]:
            if _are_all_good(person, act, file, hand):
                _stage(person, act, file, hand)
            return True
    except _Over:
        _let_go(person, act, hand)
        return False
    return None


def _let_go(session: Session, act: RowMapping, hand: Hand) -> None:
    """Leave the file to whoever comes next, at once; that it was stopped does not count as a try in vain."""
    with suppress(_Over), session.database.writing() as connection:
        held, file = _held(connection, session, act, hand)
        filed.put(connection, file["id"], read_until=None)
        longacts.put(connection, act["id"], tries=max(held["tries"] - 1, 0))


# --- looking through it -----------------------------------------------------------------------------------------------------


def _look(session: Session, act: RowMapping, file: RowMapping, hand: Hand) -> None:
    from syncengine.imports import ImportRefused, Unmatched
    from syncengine.imports.portable import matched

    try:
        found = _prepared(session, act, file, hand)
    except ImportRefused as refused:
        matching = matched(refused.matching) if isinstance(refused, Unmatched) else None
        with session.database.writing() as connection:
            held, file = _held(connection, session, act, hand)
            filed.forget_problems(connection, file["id"])
            filed.put(connection, file["id"], refusal=str(refused), matching=matching, state=filed.REFUSED, read_until=None)
            longacts.end(connection, held["id"], session.clock.now(), state=longacts.REFUSED, outcome=str(refused), line=None)
        return
    with session.database.writing() as connection:
        held, file = _held(connection, session, act, hand)
        _keep_found(connection, file, found)
        outcome = _looked(act["conditions"]["name"], found.counts)
        longacts.end(connection, held["id"], session.clock.now(), state=longacts.DONE, outcome=outcome, line=None)


def _prepared(session: Session, act: RowMapping, file: RowMapping, hand: Hand) -> Prepared:
    """What the file would do by what the company holds now; raises ImportRefused where it cannot be used."""
    from syncengine.commands.importing import prepare_import
    from syncengine.imports.portable import options_of

    sources, reading = _sources(session, file), file["reading"]
    lines = {"lines": sources[1].data, "lines_name": sources[1].name} if len(sources) > 1 else {}
    return prepare_import(
        session, file["kind"], sources[0].data, name=sources[0].name, mapping=reading["mapping"],
        lines_mapping=reading["lines_mapping"], options=options_of(reading["options"]), progress=_telling(session, act, hand),
        **lines,
    )  # fmt: skip


def _keep_found(connection: Connection, file: RowMapping, found: Prepared) -> None:
    """Keep what was found, in the transaction that ends the looking."""
    from syncengine.imports.portable import looked

    filed.forget_problems(connection, file["id"])
    filed.put(connection, file["id"], found=looked(found), state=filed.LOOKED, read_until=None)
    filed.add_problems(connection, file, [astuple(each) for each in found.problems], 0)
    filed.add_left_out(connection, file, sorted(found.bad_rows))


def _looked(name: str, counts: Counts) -> str:
    said = f"{counts.new:,} new, {counts.changed:,} changed, {counts.unchanged:,} unchanged"
    return f"{name} was looked through: {said}, {counts.bad:,} cannot go in. Nothing is written before you say so on Import."


def _telling(session: Session, act: RowMapping, hand: Hand) -> Callable[[int, int], None]:
    """What is told how many rows are read: everybody sees it, and whoever stops it is heard."""

    def tell(done: int, total: int) -> None:
        if done % _TOLD_EVERY:
            return
        failpoint("import.read")
        with session.database.writing() as connection:
            held, _ = _held(connection, session, act, hand)
            if act["what"] == longacts.IMPORT:
                longacts.put(connection, act["id"], phase=longacts.AGAIN, ahead=done)
            elif done > held["done"]:  # further than whoever was at it before: the same trouble twice is still counted
                longacts.put(connection, act["id"], done=done, total=max(total, act["total"]), tries=0)
        if hand.stopping():
            raise _Over

    return tell


# --- making portions of it --------------------------------------------------------------------------------------------------


def _stage(session: Session, act: RowMapping, file: RowMapping, hand: Hand) -> None:
    """Put its good records down in portions; what somebody who was at it before has left goes."""
    from syncengine.imports.rows import Reading

    plan = _plan(session, file)
    with session.database.writing() as connection:
        _, kept = _held(connection, session, act, hand)
        if kept["staged"]:
            return  # by somebody else, who may be far with them
        longacts.drop_parts(connection, act["id"])
        bad = filed.left_out(connection, session.company_id, file["id"])
        longacts.put(connection, act["id"], phase=longacts.ORDER, ahead=0)
    portions = _portions(record for record in Reading(plan).records() if record.row not in bad)
    total = 0
    while some := list(islice(portions, _PUT_DOWN)):
        total += sum(len(each["records"]) for each in some)
        with session.database.writing() as connection:
            _held(connection, session, act, hand)
            longacts.add_parts(connection, act, some)
            longacts.put(connection, act["id"], ahead=total)
        failpoint("import.staged")
        if hand.stopping():
            raise _Over
    with session.database.writing() as connection:
        _held(connection, session, act, hand)
        filed.put(connection, file["id"], staged=True, read_until=None)
        filed.forget_left_out(connection, file["id"])
        longacts.put(connection, act["id"], total=total, tries=0)


def _are_all_good(session: Session, act: RowMapping, file: RowMapping, hand: Hand) -> bool:
    """Look through it once more where it goes in only if every row is good; where one is not, it is over, and nothing written."""
    if not _wants_all(act):
        return True
    found = _prepared(session, act, file, hand)
    if not found.problems:
        return True
    with session.database.writing() as connection:
        held, file = _held(connection, session, act, hand)
        _keep_found(connection, file, found)
        why = f"Not every row of {file['name']} is good any more: problems by now: {len(found.problems):,}."
        line = fileends.note(connection, held, _file(connection, session, act), session.clock, longacts.REFUSED, why)
        outcome = f"{why} Nothing was written. Look at the rows under Import."
        longacts.end(connection, held["id"], session.clock.now(), state=longacts.REFUSED, outcome=outcome, line=line)
    return False


def _wants_all(act: RowMapping) -> bool:
    """Whether it is to go in only if every row is good."""
    return bool(act["conditions"].get("mode") == "all")


def _portions(records: Iterator[Record]) -> Iterator[dict[str, Any]]:
    from syncengine.imports.portable import packed

    some: list[Any] = []
    lines = 0
    for record in records:
        some.append(packed(record))
        lines += len(record.lines or ())
        if len(some) >= RECORDS or lines >= LINES:
            yield {"round": 0, "records": some}
            some, lines = [], 0
    if some:
        yield {"round": 0, "records": some}


# --- writing one ------------------------------------------------------------------------------------------------------------


def write(connection: Connection, session: Session, act: RowMapping, part: RowMapping, hand: Hand) -> None:
    """Write the records of a portion in the transaction that is open, and count what became of them."""
    from syncengine.imports.portable import closed_in, packed, unpacked

    file = fileends.look_back(connection, _file(connection, session, act))
    people.hold(connection, session.company_id)
    still_closed_as(connection, session.company_id, file["kind"], closed_in(file["found"]))
    tally, number = dict(file["tally"]), part["pairs"]["round"]
    if number > tally["round"]:  # whoever still waits has none where a whole round brought nobody a parent
        tally |= {"round": number, "settled": 0, "giving": int(not tally["settled"])}
    records = [unpacked(each) for each in part["pairs"]["records"]]
    writing = _writing(session, act, file, hand)
    if number > file["tally"]["round"]:
        writing.forget()  # once a round, what is gone is seen, too, wherever nobody waits for us to write
    got = writing.portion(connection, records, give_up=bool(tally["giving"]))
    if got.problems and _wants_all(act) and not tally["created"] + tally["changed"]:
        first = got.problems[0]
        raise Refused(f"Row {first.row} is not good any more: {first.message} {first.remedy}")
    if got.waiting:
        longacts.add_parts(connection, act, [{"round": number + 1, "records": [packed(each) for each in got.waiting]}])
    if got.problems:
        filed.add_problems(connection, file, [astuple(each) for each in got.problems], file["problems"])
    done, left = _counted(tally, got)
    tally["parts"] += 1
    tally["unsure"] = got.unsure.kept()
    hand.writing = act["id"], tally["parts"], writing
    filed.put(connection, file["id"], tally=tally)
    longacts.part_done(connection, act, part, done, left)


def _counted(tally: dict[str, int], got: Portion) -> tuple[int, int]:
    """Add what became of a portion; how many records were written, and how many were not."""
    found = {str(outcome): number for outcome, number in got.outcomes.items()} | {"refused": got.refused}
    for name, number in found.items():
        tally[name] += number
    tally["settled"] += sum(found.values())
    done = found.get("created", 0) + found.get("changed", 0)
    return done, sum(found.values()) - done


def _writing(session: Session, act: RowMapping, file: RowMapping, hand: Hand) -> Writing:
    from syncengine.imports.passes import Writing
    from syncengine.imports.portable import closed_in, layout_of, options_of

    known = hand.writing
    if known is None or known[0] != act["id"]:
        plan = layout_of(file["kind"], file["found"], options_of(file["reading"]["options"]))
        return Writing(plan, session.company_id, closed_in(file["found"]))
    if known[1] != file["tally"]["parts"]:  # another one wrote the last portion, or it was taken back
        known[2].forget()
    return known[2]


# --- the file ---------------------------------------------------------------------------------------------------------------


def _file(connection: Connection, session: Session, act: RowMapping, *, locked: bool = False) -> RowMapping:
    file = filed.load(connection, session.company_id, act["conditions"]["file"], locked=locked)
    if file is None:
        raise Refused("The file is not kept any more. Choose it again.")
    return file


def _held(connection: Connection, session: Session, act: RowMapping, hand: Hand) -> tuple[RowMapping, RowMapping]:
    """The act and its file, for a transaction that goes on reading it: it is still this one's, and for a while more."""
    held = longacts.load(connection, session.company_id, act["id"])
    if held is None or held["state"] != longacts.DOING:
        raise _Over
    file = _file(connection, session, act, locked=True)
    if file["reader"] != hand.reader:
        raise _Over
    filed.put(connection, file["id"], read_until=session.clock.now() + READING)
    return held, file


def _sources(session: Session, file: RowMapping) -> tuple[Content, ...]:
    from syncengine.imports.portable import joined

    with session.database.reading() as connection:
        whole = [filed.pieces(connection, session.company_id, file["id"], of_lines=of_lines) for of_lines in (False, True)]
    names = (file["name"], file["lines_name"])
    return tuple(joined(name, found) for name, found in zip(names, whole, strict=True) if name)


def _plan(session: Session, file: RowMapping) -> Layout:
    from syncengine.imports.portable import options_of
    from syncengine.imports.run import lay_out

    found, reading = file["found"], file["reading"]
    plan, *_ = lay_out(
        file["kind"], _sources(session, file), found["mapping"], found["lines_mapping"], options_of(reading["options"])
    )
    return plan
