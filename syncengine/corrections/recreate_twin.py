"""The record's twin was deleted in QuickBooks: it is created anew."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import Correction, Facts, Klass, LookUp, Trouble, Verdict, recreate


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    if facts.payload.get("Id"):
        yield LookUp("twin", facts.entity, qbo_id=str(facts.payload["Id"]))


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    gone = facts.operation == "update" and facts.document and "twin" in facts.answers and not facts.told("twin")
    if not gone:
        return None
    return Verdict(f"Creates {facts.shown} anew in QuickBooks, as a new document.", (recreate(),))


CORRECTION = Correction(
    row="610 b: the twin is gone",
    cause="The record's twin was deleted in QuickBooks.",
    remedy="Press Retry to send it anew, or delete the record here.",
    klass=Klass.POLICY,
    consent="Create again what was deleted in QuickBooks",
    source="Intuit's list of error codes (610: another user has deleted this transaction)",
    fits=lambda trouble: trouble.code == "610" and trouble.operation != "create" and not trouble.says("inactive"),
    rank=31,
    does=(
        "Creates the document anew, under a new request; a record that goes both ways asks instead: create again, or delete here."
    ),
    look_ups=_look_ups,
    decide=_decide,
    there="Settings (the gear) > Audit log, Filter: Transactions, says who deleted or voided it, and when.",
)
