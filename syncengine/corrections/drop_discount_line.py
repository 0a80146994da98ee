"""A discount line has neither amount nor percent: it is left out."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, coded, override

_DETAIL = "DiscountLineDetail"


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    empty = [
        line
        for line in facts.ours.get("Line") or ()
        if line.get("DetailType") == _DETAIL and not line.get("Amount") and not line.get(f"{_DETAIL}.DiscountPercent")
    ]
    acts = tuple(override(f"Line.{line['line']}", None) for line in empty if line.get("line") is not None)
    if not acts:
        return None
    return Verdict(f"Sends {facts.shown} without its empty discount line.", acts)


CORRECTION = Correction(
    row="6090",
    cause="A discount line has neither an amount nor a percentage.",
    remedy="Fill in the amount or the percentage of the discount, or take the line out; then save the record.",
    klass=Klass.POLICY,
    consent="Leave an empty discount line out",
    source="Intuit's list of error codes (6090: Discount Line missing required info)",
    fits=coded("6090"),
    rank=30,
    does="Sends the document without the empty discount line.",
    idle="No record of today's kinds has one, since a discount always goes with its amount, so a person has to act.",
    decide=_decide,
    undo="The line is sent again.",
)
