"""Pull: what changed in QuickBooks since the cursor, at the price of one metered read when nothing did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from syncengine.engine import arrivals, guards, merges, scope, windows
from syncengine.engine.apply import Applier
from syncengine.engine.refs import features
from syncengine.engine.run import Run
from syncengine.engine.windows import Listing
from syncengine.entities import ENTITIES
from syncengine.failpoints import failpoint
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import Changes, FaultError, Payload, select, wire
from syncengine.store import cursors, inbox

#: Rows may become visible up to a minute after their timestamp, and timestamps have whole seconds.
OVERLAP = timedelta(seconds=120)
#: Intuit's feed looks back 30 days; a day of margin.
_LOOK_BACK = timedelta(days=29)
#: Intuit's feed silently stops at so many objects, deletions last: then it is no checkpoint.
_CDC_MAX = 1_000
#: What the feed does not carry (tax codes) and what changes seldom (preferences): once a day.
_SLOW = timedelta(days=1)
#: Ids in one query: well below any limit on the length of a statement.
_IDS = 200
_PAGE = 1_000

FEED = [entity.name for entity in ENTITIES.values() if entity.cdc]
SLOW = [entity.name for entity in ENTITIES.values() if not entity.cdc]


def pull(run: Run) -> None:
    """Bring everything in that changed in QuickBooks since the last time, or everything there is the first time."""
    with run.site.database.reading() as connection:
        cursor = cursors.get(connection, run.company_id, "cdc")
        slow = cursors.get(connection, run.company_id, "slow")
        off = cursors.get(connection, run.company_id, "off")
    now = run.site.clock.now()
    if slow is None or now - slow[0] > _SLOW:
        run.say("Reading QuickBooks' settings")
        _slow_lists(run)
    _follow_switches(run, off[1] if off else [])
    _note_switches(run)
    if cursor is None or now - cursor[0] > _LOOK_BACK:
        _everything(run) if cursor is None else _everything_again(run)
        with run.site.database.reading() as connection:
            cursor = cursors.get(connection, run.company_id, "cdc")
    if cursor is not None:
        run.say("Asking QuickBooks what changed")
        _changes(run, cursor[0])
    _retry_inbox(run)


def _follow_switches(run: Run, before: Sequence[str]) -> None:
    """What the settings kept out and let in again missed its changes: it is read whole."""
    now = scope.unread(run.settings, ENTITIES)
    if now == sorted(before):
        return
    wanted = scope.reread(before, now, ENTITIES)
    back = [name for name in FEED if name in wanted]
    if back:
        _take_in(run, {}, back)
    with run.unit() as connection:
        cursors.advance(connection, run.company_id, "off", run.site.clock.now(), now)


def _note_switches(run: Run) -> None:
    """What new documents make here looks only forward, from the moment at which it was switched on."""
    with run.site.database.reading() as connection:
        stale = arrivals.stale(connection, run.company_id, run.settings)
    if stale:
        with run.unit() as connection:
            arrivals.note(connection, run.company_id, run.settings, run.site.clock.now())


def _slow_lists(run: Run) -> None:
    """Preferences, company info and the lists that the feed does not carry."""
    preferences, info = run.client.preferences(), run.client.company_info()
    on = features(preferences.payload)
    wanted = [name for name in SLOW if on.get(ENTITIES[name].feature or "", True)]
    # Read to the end before the transaction begins: nobody else could write while QuickBooks is asked.
    lists = {name: list(_offset_pages(run, name)) for name in wanted}
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        applier.objects("Preferences", [preferences.payload])
        applier.objects("CompanyInfo", [info.payload])
        for name, pages in lists.items():
            for page in pages:
                applier.objects(name, page)
        cursors.advance(connection, run.company_id, "slow", run.site.clock.now())


def _offset_pages(run: Run, name: str) -> Iterator[list[Payload]]:
    """A short list that does not move while it is read: pages by position."""
    start, seen = 1, set[str]()
    while True:
        page = run.client.query(select(name, order=["Name"], start=start, max=_PAGE))
        fresh = [each for each in page.objects if each["Id"] not in seen]
        seen.update(each["Id"] for each in fresh)
        if fresh:
            yield fresh
        if page.count < _PAGE:
            return
        start += page.count


# --- the feed ------------------------------------------------------------------------------------------------------


def _changes(run: Run, since: datetime) -> None:
    try:
        changes = run.client.cdc(FEED, since)
    except FaultError as error:
        if "older than" not in str(error):
            raise
        # The feed looks back less far than documented: everything is read, as after a long silence.
        _everything_again(run)
        return
    if changes.count >= _CDC_MAX:
        _entity_by_entity(run, since, changes.time)
        return
    gone = {name: _really_gone(run, name, stubs) for name, stubs in changes.deleted.items() if stubs}
    merged = merges.found(run, {name: ids for name, (ids, _) in gone.items()}, changes.objects)
    alive = [(name, living) for name, (_, living) in gone.items()]
    guards.incoming(run, chain(changes.objects.items(), alive), _deleted(gone, merged), merged)
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        _follow(applier, merged)
        for name in FEED:
            applier.objects(name, changes.objects.get(name, []))
        _apply_gone(applier, gone)
        failpoint("page.applied")
        failpoint("cursor.pre")
        cursors.advance(connection, run.company_id, "cdc", changes.time - OVERLAP)
    failpoint("cursor.committed")
    run.counts.received += applier.received


def _deleted(
    gone: Mapping[str, tuple[list[str], list[Payload]]], merged: Sequence[tuple[str, str, str]]
) -> dict[str, list[str]]:
    """What is gone and was not merged into another."""
    followed = {(name, loser) for name, loser, _ in merged}
    return {name: [each for each in ids if (name, each) not in followed] for name, (ids, _) in gone.items()}


def _follow(applier: Applier, merged: Sequence[tuple[str, str, str]]) -> None:
    for each in merged:
        applier.merged(*each)
    if merged:
        failpoint("merge.followed")


def _apply_gone(applier: Applier, gone: dict[str, tuple[list[str], list[Payload]]]) -> None:
    # Documents before the names they refer to: the reverse of the order in which they are created.
    for name in reversed(FEED):
        ids, alive = gone.get(name, ([], []))
        applier.objects(name, alive)
        applier.deleted(name, ids)


def _entity_by_entity(run: Run, since: datetime, until: datetime) -> None:
    """The answer was cut: each entity is asked for alone, and one that is cut even then is read whole."""
    run.say("QuickBooks has many changes; asking list by list")
    told, cut = {}, []
    for name in FEED:
        run.go_on()
        changes = run.client.cdc([name], since)
        if changes.count >= _CDC_MAX:
            cut.append(name)
        else:
            told[name] = changes
    _take_in(run, told, cut)
    with run.unit() as connection:
        failpoint("cursor.pre")
        # The first, cut answer was asked before all the others: nothing that came later is skipped.
        cursors.advance(connection, run.company_id, "cdc", until - OVERLAP)
    failpoint("cursor.committed")


def _take_in(run: Run, told: Mapping[str, Changes], whole: Sequence[str]) -> None:
    """Apply what the feed told and the lists that are read `whole`, once the guards have seen all of it together."""
    with ExitStack() as stack:
        lists = {}
        for name in whole:
            lists[name] = windows.read(run, name)
            stack.callback(lists[name].close)
        gone = {name: _really_gone(run, name, changes.deleted.get(name, [])) for name, changes in told.items()}
        gone |= {name: _unlisted(run, listing) for name, listing in lists.items()}
        objects = {name: [*changes.objects.get(name, []), *gone[name][1]] for name, changes in told.items()}
        objects |= {name: gone[name][1] for name in lists}
        merged = merges.found(run, {name: ids for name, (ids, _) in gone.items()}, objects)
        pages = ((name, page) for name, listing in lists.items() for page in listing.pages())
        guards.incoming(run, chain(objects.items(), pages), _deleted(gone, merged), merged)
        for name in FEED:
            if name in gone:
                told_pages = [told[name].objects.get(name, [])] if name in told else lists[name].pages()
                _apply_one(run, name, told_pages, gone[name], [each for each in merged if each[0] == name])


def _apply_one(
    run: Run,
    name: str,
    pages: Iterable[Sequence[Payload]],
    gone: tuple[list[str], list[Payload]],
    merged: Sequence[tuple[str, str, str]],
) -> None:
    for page in pages:
        run.go_on()
        with run.unit() as connection:
            applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
            _follow(applier, merged)
            applier.objects(name, page)
            failpoint("page.applied")
        run.counts.received += applier.received
        merged = ()
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        _follow(applier, merged)
        _apply_gone(applier, {name: gone})
    run.counts.received += applier.received


def _really_gone(run: Run, name: str, stubs: Sequence[Payload]) -> tuple[list[str], list[Payload]]:
    """Deletions are looked up before they are believed: the feed was seen to call live objects deleted."""
    ids = [str(stub["Id"]) for stub in stubs]
    with run.site.database.reading() as connection:
        known = ledger.load(connection, run.company_id, name, ids)
    ids = [each for each in ids if each in known and not known[each]["deleted"]]
    alive: list[Payload] = []
    entity = ENTITIES[name]
    for start in range(0, len(ids), _IDS):
        where: list[tuple[str, str, Any]] = [("Id", "IN", ids[start : start + _IDS])]
        if not entity.document:
            where.append(("Active", "IN", [True, False]))
        alive += run.client.query(select(name, where=where, max=_PAGE)).objects
    living = {str(each["Id"]) for each in alive}
    return [each for each in ids if each not in living], alive


# --- everything ----------------------------------------------------------------------------------------------------


def _everything_again(run: Run) -> None:
    """Read all lists whole once more, and let the change feed start from the moment before: nothing is half done where it stops."""
    begun = run.client.preferences().time
    _take_in(run, {}, FEED)
    with run.unit() as connection:
        failpoint("cursor.pre")
        cursors.advance(connection, run.company_id, "cdc", begun - OVERLAP)
    failpoint("cursor.committed")


def _everything(run: Run) -> None:
    """Read whole lists in keyset windows on CreateTime, which never changes, so that no row can slip between pages.

    Where it was interrupted it goes on: each window's rows and place are committed together. What was not seen at the
    end is gone from QuickBooks. The change feed then starts from the moment before the first window.
    """
    begun = _begin(run)
    for name in FEED:
        run.go_on()
        _whole_list(run, name, begun)
    with run.unit() as connection:
        failpoint("cursor.pre")
        cursors.advance(connection, run.company_id, "cdc", begun - OVERLAP)
        cursors.forget(connection, run.company_id, "begun")
        for name in FEED:
            # The places of this back-fill: the next one begins at the beginning.
            cursors.forget(connection, run.company_id, f"first:{name}")
    failpoint("cursor.committed")


def _begin(run: Run) -> datetime:
    """The server's time before the first window of this back-fill, kept over a crash."""
    with run.site.database.reading() as connection:
        known = cursors.get(connection, run.company_id, "begun")
    if known is not None:
        return known[0]
    begun = run.client.preferences().time
    with run.unit() as connection:
        cursors.advance(connection, run.company_id, "begun", begun)
    return begun


def _whole_list(run: Run, name: str, begun: datetime) -> None:
    feed = f"first:{name}"
    with run.site.database.reading() as connection:
        place = cursors.get(connection, run.company_id, feed)
    if place is not None and place[1] == "done":
        return
    started = run.site.clock.now()
    for page in windows.pages(run, name, place[0] if place else None):
        run.go_on()
        with run.unit() as connection:
            applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
            applier.objects(name, page)
            failpoint("page.applied")
            cursors.advance(connection, run.company_id, feed, windows.created(page[-1]) or begun)
        run.counts.received += applier.received
        run.say(f"Reading {name} from QuickBooks", run.counts.received)
    _gone_since(run, name, started if place is None else None)
    with run.unit() as connection:
        cursors.advance(connection, run.company_id, feed, begun, "done")


def _gone_since(run: Run, name: str, started: datetime | None) -> None:
    """Copies that the whole list did not show are candidates for deletion; each is looked up before it is believed."""
    if started is None:
        return  # resumed in the middle: what an earlier part showed is not known any more; the next whole read finds it
    with run.site.database.reading() as connection:
        # What we have just sent ourselves may not be visible in lists yet: only older copies can be missing.
        unseen = ledger.unseen_since(connection, run.company_id, name, started - OVERLAP)
    if not unseen:
        return
    ids, alive = _proved(run, name, unseen)
    merged = merges.found(run, {name: ids}, {name: alive})
    guards.incoming(run, [(name, alive)], _deleted({name: (ids, alive)}, merged), merged)
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        _follow(applier, merged)
        applier.objects(name, alive)
        applier.deleted(name, ids)
    run.counts.received += applier.received


def _unlisted(run: Run, listing: Listing) -> tuple[list[str], list[Payload]]:
    """Copies that a list did not show: what is gone by all proofs, and what lives all the same."""
    with run.site.database.reading() as connection:
        unseen = ledger.unseen_since(connection, run.company_id, listing.name, listing.started - OVERLAP)
    return _proved(run, listing.name, [each for each in unseen if each not in listing.ids])


def _proved(run: Run, name: str, unseen: Sequence[str]) -> tuple[list[str], list[Payload]]:
    ids, alive = _really_gone(run, name, [{"Id": each} for each in unseen])
    return [each for each in ids if _is_gone(run, name, each)], alive


def _is_gone(run: Run, name: str, qbo_id: str) -> bool:
    """One object, asked for by its Id: a list that does not show it is no proof."""
    try:
        run.client.read(name, qbo_id)
    except FaultError as error:
        return error.fault.code == "610"
    return False


def _retry_inbox(run: Run) -> None:
    """What could not be applied earlier may find its references now."""
    with run.site.database.reading() as connection:
        waiting = inbox.all_of(connection, run.company_id)
    if not waiting:
        return
    with run.unit() as connection:
        applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
        for name in FEED:
            payloads = [wire.loads(row["payload"]) for row in waiting if row["entity"] == name and not row["deleted"]]
            applier.objects(name, payloads)
    run.counts.received += applier.received
