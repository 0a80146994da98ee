"""Trouble on demand: which faults there are, which are armed, and arming them."""

from __future__ import annotations

import json
from typing import Any

from syncengine.emulator.mischief import KINDS, MATCHES, TOKEN_KINDS
from syncengine.emulator.pages.visit import Answer, Missing, Page, Redirect, Visit, at


def view(visit: Visit) -> Answer:
    """The faults."""
    return _page(visit)


def _page(visit: Visit, problem: str = "") -> Page:
    form = visit.form if problem else {"kind": visit.query.get("kind", ""), "count": "1", "probability": "", "skip": "0"}
    values = {"kinds": KINDS, "token_kinds": TOKEN_KINDS, "faults": visit.parts.mischief.armed(), "matches": sorted(MATCHES),
              "form": form, "problem": problem, "realms": visit.parts.register.realms()}  # fmt: skip
    return Page("faults.html", values, 400 if problem else 200)


def arm(visit: Visit) -> Answer:
    """Arm one fault."""
    try:
        visit.parts.mischief.arm(_wish(visit.form))
    except (ValueError, TypeError) as error:
        return _page(visit, str(error))
    return Redirect(at("trouble", done="armed"))


def _wish(form: dict[str, str]) -> dict[str, Any]:
    """What the form says, as the control interface takes it (ValueError where it makes no sense)."""
    wish: dict[str, Any] = {"kind": form.get("kind", "")}
    if form.get("options", "").strip():
        options = json.loads(form["options"])
        if not isinstance(options, dict):
            raise ValueError('the options are a JSON object, such as {"seconds": 5}')
        wish |= options
    probability = form.get("probability", "").strip()
    if probability:
        wish["probability"] = _percent(probability)
    if form.get("count", "").strip():
        wish["count"] = _whole("count", form["count"], least=1)
    elif not probability:
        wish["count"] = None
    wish["skip"] = _whole("skip", form.get("skip", "").strip() or "0", least=0)
    wish["match"] = {name: form[f"match.{name}"].strip() for name in MATCHES if form.get(f"match.{name}", "").strip()}
    return wish


def _percent(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError:
        raise ValueError(f"probability is a number of percent, not “{text}”") from None


def _whole(name: str, text: str, *, least: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise ValueError(f"{name} is a whole number from {least} up, not “{text}”")
    return int(text)


def disarm(visit: Visit) -> Answer:
    """Disarm one fault, or all."""
    number = visit.form.get("number", "")
    if number and not number.isdecimal():
        raise Missing("There is no such fault.")
    visit.parts.mischief.disarm(int(number) if number else None)
    return Redirect(at("trouble", done="disarmed"))


ROUTES = (
    ("GET", "trouble", view),
    ("POST", "trouble", arm),
    ("POST", "trouble/disarm", disarm),
)
