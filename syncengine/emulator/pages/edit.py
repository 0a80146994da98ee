"""The forms: an object as people edit it, saved by QuickBooks' own verbs; what they refuse is shown in their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.emulator import actor, wire
from syncengine.emulator.faults import Refusal
from syncengine.emulator.pages import lineforms, values, words
from syncengine.emulator.pages.fields import FORMS, Field, Form
from syncengine.emulator.pages.values import Problem
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, to_company, to_object

#: Empty rows below the lines, and how many more a press on the button gives.
_BLANK, _MORE = 3, 5


def refusals(refusal: Refusal) -> list[str]:
    """What QuickBooks says, in its own words, each with its code."""
    return [f"{each['Message']}: {each['Detail']} ({each['code']})" for each in refusal.errors]


def change(visit: Visit) -> Answer:
    """`GET .../edit`: the form of an object."""
    return _page(visit, _form(visit), _object(visit))


def save(visit: Visit) -> Answer:
    """`POST .../edit`: changes of an object, under the SyncToken that its form was drawn with."""
    form, obj = _form(visit), _object(visit)
    if "more" in visit.form:
        return _page(visit, form, obj, sent=visit.form)
    try:
        changes = _changes(visit, form, obj)
        if not changes and visit.form.get("sync_token") == obj["SyncToken"]:
            return Redirect(to_object(visit.of, visit.about.name, visit.id, done="unchanged"))
        wish = {"action": "edit", "entity": visit.about.name, "id": visit.id, "changes": changes,
                "token": visit.form.get("sync_token", "")}  # fmt: skip
        actor.carry_out(visit.parts, visit.of, wish)
    except Problem as problem:
        return _page(visit, form, obj, sent=visit.form, problems=[str(problem)])
    except Refusal as refusal:
        return _page(visit, form, obj, sent=visit.form, problems=refusals(refusal), stale=refusal.code == "5010")
    return Redirect(to_object(visit.of, visit.about.name, visit.id, done="saved"))


def blank(visit: Visit) -> Answer:
    """`GET .../new`: the empty form; parameters with the names of its fields fill it (`?f.CustomerRef=Ada`)."""
    return _page(visit, _form(visit, new=True), {}, sent=visit.query or None)


def create(visit: Visit) -> Answer:
    """`POST .../new`: a new object."""
    form = _form(visit, new=True)
    if "more" in visit.form:
        return _page(visit, form, {}, sent=visit.form)
    try:
        given = {**dict(form.given), **_changes(visit, form, {})}
        made = actor.carry_out(visit.parts, visit.of, {"action": "create", "entity": visit.about.name, "object": given})
    except Problem as problem:
        return _page(visit, form, {}, sent=visit.form, problems=[str(problem)])
    except Refusal as refusal:
        return _page(visit, form, {}, sent=visit.form, problems=refusals(refusal))
    return Redirect(to_object(visit.of, visit.about.name, made["Id"], done="created"))


def _form(visit: Visit, *, new: bool = False) -> Form:
    entity = visit.about
    if entity.name not in FORMS or not (entity.creatable if new else entity.updatable):
        raise Missing(f"There is no form for {words.many(entity.name).lower()}; QuickBooks or the JSON editor may know a way.")
    return FORMS[entity.name]


def _object(visit: Visit) -> dict[str, Any]:
    found = visit.books.known(visit.about.name, visit.id)
    if found is None:
        raise Missing(f"There is no {words.one(visit.about.name).lower()} {visit.id}, or it was deleted.")
    return found


def _changes(visit: Visit, form: Form, obj: dict[str, Any]) -> dict[str, Any]:
    """The properties that are not as they were; a nested one whole, None where it was emptied."""
    books, sent = visit.books, visit.form
    new: dict[str, Any] = wire.clone(obj)
    for field in form.fields:
        text = _entered(field, sent)
        if text is not None and text.strip() != values.shown(books, field, obj).strip():
            value = values.read(books, field, text)
            values.put(new, field.path, None if value is False and not obj else value)
    changes = {name: value for name, value in new.items() if obj.get(name) != value}
    changes |= {name: None for name in obj if name not in new}
    lines = lineforms.worked(books, form.lines, obj, sent)
    if lines is not None:
        changes["Line"] = lines
    return changes


def _entered(field: Field, sent: Mapping[str, str]) -> str | None:
    """The text of a field that was on the form, None for one that was not. A box without a cross is not sent: its twin is."""
    name = f"f.{field.path}"
    if field.kind == "flag":
        return sent.get(name, "") if f"box.{field.path}" in sent else None
    return sent.get(name)


def _page(
    visit: Visit,
    form: Form,
    obj: dict[str, Any],
    *,
    sent: Mapping[str, str] | None = None,
    problems: list[str] | None = None,
    stale: bool = False,
) -> Page:
    books, entity = visit.books, visit.about
    wanted = sent.get("blank", "") if sent else ""
    rows = min(int(wanted), 200) if wanted.isdecimal() and len(wanted) < 5 else _BLANK
    if sent and "more" in sent:
        rows += _MORE
    blocks = {
        title: [_field(visit, field, obj, sent) for field in block if lineforms.offered(books, field) and _is_on(field, obj)]
        for title, block in form.blocks.items()
    }
    back = to_object(visit.of, entity.name, visit.id) if obj else to_company(visit.of, entity.path)
    fields = (*form.fields, *(column for lines in form.lines for column in lines.columns))
    return Page(
        "edit.html",
        {
            "entity": entity, "obj": obj, "blocks": blocks, "back": back, "problems": problems or [], "stale": stale,
            "tables": lineforms.tables(books, form.lines, obj, sent, rows), "blank": rows,
            "sync_token": sent.get("sync_token", "") if sent and obj else obj.get("SyncToken", ""),
            "lists": {target: values.options(books, target) for target in sorted(_targets(fields))},
            "parties": [name for each in ("Customer", "Vendor", "Employee") for name in values.options(books, each, 200)]
            if any(field.kind == "party" for field in fields) else [],
        },
        400 if problems else 200,
    )  # fmt: skip


def _is_on(field: Field, obj: dict[str, Any]) -> bool:
    """Whether a field is on the form: what is new is active, and some things are settled once it is made."""
    return not field.new_only if obj else field.path != "Active"


def _targets(fields: tuple[Field, ...]) -> set[str]:
    return {field.target for field in fields if field.kind == "ref"}


def _field(visit: Visit, field: Field, obj: dict[str, Any], sent: Mapping[str, str] | None) -> tuple[Field, str]:
    """A field with its text: as it was sent, or as the object has it."""
    entered = _entered(field, sent) if sent is not None else None
    if entered is not None:
        return field, entered
    if not obj and field.path == "TxnDate":
        return field, visit.books.today
    return field, values.shown(visit.books, field, obj)


ROUTES = (
    ("GET", "company/{realm}/{entity}/new", blank),
    ("POST", "company/{realm}/{entity}/new", create),
    ("GET", "company/{realm}/{entity}/{id}/edit", change),
    ("POST", "company/{realm}/{entity}/{id}/edit", save),
)
