"""The e-mail address is not one: the record goes without it and keeps it here."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, coded, override

_PATHS = ("PrimaryEmailAddr.Address", "BillEmail.Address")


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    acts = tuple(override(path, None) for path in _PATHS if facts.ours.get(path))
    if not acts:
        return None
    address = next(str(facts.ours[path]) for path in _PATHS if facts.ours.get(path))
    return Verdict(f"Sends {facts.shown} without the e-mail address “{address}”, which stays here.", acts)


CORRECTION = Correction(
    row="2210",
    cause="The e-mail address is not valid.",
    remedy="Correct the e-mail address, then save the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (2210: Invalid Email Address)",
    fits=coded("2210"),
    rank=30,
    does="Sends the record without its e-mail address; the address stays here.",
    decide=_decide,
    undo="The address is sent again.",
)
