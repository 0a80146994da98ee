"""The switches and the clock: everything about QuickBooks that is unknown or differs, and what time it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from syncengine.emulator import moments
from syncengine.emulator.pages.visit import Answer, Page, Redirect, Visit, at
from syncengine.emulator.switches import SWITCHES, Switches

_DAY = 86_400
#: Button -> seconds.
_ADVANCES = {"a minute": 60, "an hour": 3600, "a day": _DAY, "30 days": 30 * _DAY, "a year": 365 * _DAY}


def view(visit: Visit) -> Answer:
    """The switches."""
    return _page(visit)


def _page(visit: Visit, problem: str = "") -> Page:
    shown = controls(visit.parts.switches)
    only = visit.query.get("only") == "changed"
    values = {
        "switches": [each for each in shown if each["changed"] or not only], "changed": sum(each["changed"] for each in shown),
        "total": len(shown), "only": only, "problem": problem, "form": visit.form if problem else {},
    }  # fmt: skip
    return Page("switches.html", values, 400 if problem else 200)


def controls(switches: Switches) -> list[dict[str, Any]]:
    """Each switch with its value, its choices and whether it was changed."""
    return [
        {
            "name": name, "meaning": switch.meaning, "value": _text(switches[name]), "default": _text(switch.default),
            "changed": switches[name] != switch.default,
            "choices": [_text(each) for each in switch.choices or ((True, False) if isinstance(switch.default, bool) else ())],
        }
        for name, switch in SWITCHES.items()
    ]  # fmt: skip


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read(sent: Mapping[str, str]) -> dict[str, Any]:
    """The values of switches that were sent as text.

    Raises:
        ValueError: a text is no value of the switch's kind.
    """
    return {name: _value(name, text.strip()) for name, text in sent.items() if name in SWITCHES}


def _value(name: str, text: str) -> Any:
    switch = SWITCHES[name]
    for each in switch.choices or ():
        if _text(each) == text:
            return each
    if isinstance(switch.default, str):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError(f"switch {name} takes a value like {_text(switch.default)}, not “{text}”") from None
    return value


def save(visit: Visit) -> Answer:
    """The switches as they are to be."""
    if "reset" in visit.form:
        visit.parts.switches.reset()
    else:
        try:
            visit.parts.switches.update(read(visit.form))
        except ValueError as error:
            return _page(visit, str(error))
    return Redirect(at("trouble", "switches", done="saved", only=visit.query.get("only", "")))


def clock(visit: Visit) -> Answer:
    """The clock."""
    return _clock(visit)


def _clock(visit: Visit, problem: str = "") -> Page:
    turned = visit.parts.clock
    now = turned.now()
    local = [
        {"name": each.name, "zone": each.zone, "time": moments.millisecond(now, each.zone)[:19].replace("T", " ")}
        for each in visit.parts.register.companies.values()
    ]
    values = {"now": moments.millisecond(now, "UTC")[:19].replace("T", " "), "turned": turned.settings(), "local": local,
              "advances": _ADVANCES, "problem": problem}  # fmt: skip
    return Page("clock.html", values, 400 if problem else 200)


def turn(visit: Visit) -> Answer:
    """Advance, skew, freeze or let it run."""
    form, turned = visit.form, visit.parts.clock
    if "advance" in form:
        turned.advance(_ADVANCES.get(form["advance"], 0))
    if "skew" in form:
        try:
            seconds = float(form["skew"])
        except ValueError:
            return _clock(visit, f"“{form['skew']}” is no number of seconds.")
        if not abs(seconds) <= 10 * 365 * _DAY:
            return _clock(visit, "The clock can be wrong by ten years at most.")
        turned.skew(seconds)
    if "freeze" in form:
        turned.freeze()
    if "run" in form:
        turned.thaw()
    # Deliveries of webhooks may be due by now.
    visit.parts.webhooks.changed.set()
    return Redirect(at("trouble", "clock", done="turned"))


ROUTES = (
    ("GET", "trouble/switches", view),
    ("POST", "trouble/switches", save),
    ("GET", "trouble/clock", clock),
    ("POST", "trouble/clock", turn),
)
