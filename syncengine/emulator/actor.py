"""The bookkeeper: changes made as a person would make them in QuickBooks itself, without quotas, tokens or requestids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from syncengine.emulator import bankfeed, faults, linking, merging, moments, verbs, wire
from syncengine.emulator.books import Books, Company
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.journal import Line
from syncengine.emulator.parts import Parts

Wish = Mapping[str, Any]

#: Who the bookkeeper is where it is noted who wrote.
BOOKKEEPER = "bookkeeper"


def carry_out(parts: Parts, company: Company, wish: Wish) -> dict[str, Any]:
    """Carry out one change in a transaction of its own, with its line in the journal; returns the object as it then is.

    Raises:
        Refusal, ValueError: as `act`; nothing has changed then.
    """
    with parts.state.lock:
        books = parts.register.books(company)
        try:
            with parts.state.transaction():
                changed = act(books, wish)
                now = parts.clock.now()
                entity = str(wish.get("entity", ""))
                line = Line(moments.millisecond(now, "UTC"), company.realm, operation=BOOKKEEPER, entity=entity)
                line.status, line.wrote, line.note = 200, books.written, str(wish["action"])
                parts.record(books, BOOKKEEPER)
                parts.journal.add(line, f"{now:%Y-%m}", keep=True)
        except BaseException:
            books.forget()
            raise
    return changed


def act(books: Books, wish: Wish) -> dict[str, Any]:
    """Carry out one change; returns the object as it then is.

    Args:
        books: the company's books, in a transaction.
        wish: `action` and what it takes: `entity`, `id`, `changes`, `object` (of a create), `name`, `date`, `password`, `into`;
            with `token` the SyncToken that the bookkeeper was looking at, so that a change in between is refused (5010).

    Raises:
        Refusal: QuickBooks would not let the bookkeeper do that either.
        ValueError: the wish makes no sense; the text says why.
    """
    action = _ACTIONS.get(str(wish.get("action")))
    if action is None:
        raise ValueError(f"there is no action {wish.get('action')!r}; there are: {', '.join([*_ACTIONS, 'disconnect'])}")
    changed = action(books, wish)
    books.settle()
    return changed


def _entity(wish: Wish) -> Entity:
    entity = ENTITIES.get(str(wish.get("entity")))
    if entity is None:
        raise ValueError(f"there is no entity {wish.get('entity')!r}")
    return entity


#: What QuickBooks' own screens make and change, and the API only reads.
_SCREENS = frozenset({"CustomerType"})


def _on_screen(entity: Entity) -> Entity:
    """The entity with what a person may do with it."""
    return replace(entity, creatable=True, updatable=True) if entity.name in _SCREENS else entity


def _known(books: Books, wish: Wish, name: str = "id") -> dict[str, Any]:
    found = books.known(_entity(wish).name, str(wish.get(name)))
    if found is None:
        raise ValueError(f"there is no {wish.get('entity')} {wish.get(name)!r}")
    if name == "id" and wish.get("token") not in {None, found["SyncToken"]}:
        raise faults.stale()
    return found


def _changed(books: Books, wish: Wish, changes: Mapping[str, Any]) -> dict[str, Any]:
    known = _known(books, wish)
    # Numbers in a control request come as JSON floats or Decimals alike; the verbs take Decimals.
    payload = wire.loads(wire.dumps({**changes, "Id": known["Id"], "SyncToken": known["SyncToken"], "sparse": True}))
    return verbs.update(books, _on_screen(_entity(wish)), payload)


def _edit(books: Books, wish: Wish) -> dict[str, Any]:
    return _changed(books, wish, wish.get("changes", {}))


def _create(books: Books, wish: Wish) -> dict[str, Any]:
    return verbs.create(books, _on_screen(_entity(wish)), dict(wish.get("object") or wish.get("changes") or {}))


def _delete(books: Books, wish: Wish) -> dict[str, Any]:
    return verbs.delete(books, _entity(wish), _known(books, wish))


def _void(books: Books, wish: Wish) -> dict[str, Any]:
    return verbs.void(books, _entity(wish), _known(books, wish))


def _match(books: Books, wish: Wish) -> dict[str, Any]:
    """A line of the bank feed belongs to this transaction."""
    return bankfeed.match(books, _entity(wish), _known(books, wish))


def _unmatch(books: Books, wish: Wish) -> dict[str, Any]:
    return bankfeed.unmatch(books, _entity(wish), _known(books, wish))


def _rename(books: Books, wish: Wish) -> dict[str, Any]:
    name = _entity(wish).name_property
    if name is None or not wish.get("name"):
        raise ValueError("rename takes a list's entity, an id and a name")
    return _changed(books, wish, {name: wish["name"]})


def _deactivate(books: Books, wish: Wish) -> dict[str, Any]:
    return _changed(books, wish, {"Active": False})


def _reactivate(books: Books, wish: Wish) -> dict[str, Any]:
    return _changed(books, wish, {"Active": True})


def _close_books(books: Books, wish: Wish) -> dict[str, Any]:
    """`date` closes, without one the books are open again; `password` makes 6200 a 6210."""
    accounting = dict((books.known("Preferences", "1") or {}).get("AccountingInfoPrefs", {}))
    accounting.pop("BookCloseDate", None)
    if wish.get("date"):
        accounting["BookCloseDate"] = str(wish["date"])
    books.company.closing_password = str(wish.get("password", ""))
    books.state.execute(
        "UPDATE company SET closing_password = ? WHERE key = ?", (books.company.closing_password, books.company.key)
    )
    return _preferences(books, {"AccountingInfoPrefs": accounting}, whole=True)


def _set_preferences(books: Books, wish: Wish) -> dict[str, Any]:
    _known(books, {**wish, "entity": "Preferences", "id": "1"})
    return _preferences(books, wish.get("changes", {}))


def _preferences(books: Books, changes: Mapping[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """Change groups of the Preferences (each only in what is named, unless `whole`)."""
    new = dict(books.known("Preferences", "1") or {})
    for group, values in changes.items():
        known = new.get(group)
        new[group] = {**known, **values} if isinstance(known, dict) and not whole else values
    linking.bump(books, ENTITIES["Preferences"], new)
    return new


def _merge(books: Books, wish: Wish) -> dict[str, Any]:
    """The object `id` becomes part of `into`: everything that referred to it refers to the survivor, its id is gone."""
    entity, loser, survivor = _entity(wish), _known(books, wish), _known(books, wish, "into")
    if not entity.shown_name or loser["Id"] == survivor["Id"]:
        raise ValueError("merge takes two different members of a list: id goes, into stays")
    merging.alike(books, entity, loser, survivor)
    return merging.merge(books, entity, loser, survivor)


_ACTIONS: dict[str, Callable[[Books, Wish], dict[str, Any]]] = {
    "edit": _edit,
    "create": _create,
    "delete": _delete,
    "void": _void,
    "rename": _rename,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "merge": _merge,
    "match": _match,
    "unmatch": _unmatch,
    "close_books": _close_books,
    "set_preferences": _set_preferences,
}
