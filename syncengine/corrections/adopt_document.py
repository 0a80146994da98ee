"""The document with this number is our own, whose success was lost on the way: it is taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from syncengine.corrections._correction import Correction, Facts, Klass, LookUp, Trouble, Verdict, adopt
from syncengine.corrections._numbers import taken

_PARTIES = ("CustomerRef", "VendorRef")


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    if facts.document and facts.name:
        yield LookUp("same number", facts.entity, (("DocNumber", "=", facts.name),))


def _ours(facts: Facts, found: Mapping[str, Any]) -> bool:
    if facts.mark and facts.mark in str(found.get("PrivateNote") or ""):
        return True
    same = [facts.payload.get(party) for party in _PARTIES if facts.payload.get(party)]
    return bool(same) and (
        all((found.get(party) or {}).get("value") == (facts.payload.get(party) or {}).get("value") for party in _PARTIES)
        and found.get("TxnDate") == facts.payload.get("TxnDate")
        and _sum(found) == _sum(facts.payload)
    )


def _sum(payload: Mapping[str, Any]) -> Decimal:
    lines = [line for line in payload.get("Line") or () if line.get("DetailType") != "SubTotalLineDetail"]
    return sum((Decimal(str(line.get("Amount") or 0)) for line in lines), Decimal(0))


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    found = [each for each in facts.told("same number") if str(each["Id"]) not in facts.linked and _ours(facts, each)]
    if facts.operation != "create" or len(found) != 1:
        return None
    says = f"Links {facts.shown} with the one of the same party, date and total that QuickBooks has: it is our own."
    return Verdict(says, (adopt(found[0]),))


CORRECTION = Correction(
    row="6140, 600, 630: our own document",
    cause="QuickBooks already has a document with this number, and it may be our own.",
    remedy="Compare the two; where they are not the same, give the record another number.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (6140: Duplicate Document Number, 600: Duplicate Request Id)",
    fits=lambda trouble: trouble.document and (taken(trouble) or trouble.code in {"600", "630"}),
    rank=30,
    does=(
        "Takes the document over where it carries our mark, or has the same party, date and total, and nothing here is "
        "linked with it."
    ),
    look_ups=_look_ups,
    decide=_decide,
    there=(
        "Type the number into Search at the top and open the document that has it. To free the number: change it there, "
        "Save and close."
    ),
)
