"""A line of a United States company bears a tax code other than TAX and NON: it goes with TAX."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, coded, override


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    acts = []
    for line in facts.ours.get("Line") or ():
        path = f"{line.get('DetailType', '')}.TaxCodeRef"
        code = line.get(path)
        if code is not None and code not in {"TAX", "NON"} and line.get("line") is not None:
            acts.append(override(f"Line.{line['line']}.{path}", "TAX"))
    if not acts:
        return None
    says = f"Sends TAX for the lines of {facts.shown} that bear another code than TAX and NON, and lets QuickBooks reckon the tax."
    return Verdict(says, tuple(acts))


CORRECTION = Correction(
    row="6100",
    cause="QuickBooks does not take the tax code of a line: companies in the United States have TAX and NON only.",
    remedy="Mark the line as taxed or not taxed, then save the record.",
    klass=Klass.POLICY,
    consent="Send TAX for an unknown tax code",
    source="Intuit's list of error codes (6100: Invalid Line TaxCode)",
    fits=coded("6100"),
    rank=30,
    does="Sends TAX where a line bears a code other than TAX and NON.",
    idle="No record of today's kinds has such a line, since lines go with TAX or NON only, so a person has to act.",
    decide=_decide,
    undo="The lines' own codes are sent again.",
)
