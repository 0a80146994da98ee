"""The parent is not where the record expects it in QuickBooks: the parent goes first."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Ref, Trouble, Verdict, coded
from syncengine.corrections.find_reference import _decide as _find
from syncengine.corrections.find_reference import _look_ups


def _parents(facts: Facts) -> tuple[Ref, ...]:
    return tuple(ref for ref in facts.refs if ref.path == "ParentRef")


def _decide(trouble: Trouble, facts: Facts) -> Verdict | None:
    return _find(trouble, facts) if _parents(facts) else None


CORRECTION = Correction(
    row="700, 900",
    cause="QuickBooks does not take the parent of this record.",
    remedy="Choose another parent on the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (700: Parent Reference Invalid)",
    fits=coded("700", "900", "6150"),
    rank=40,
    does="Sends the parent first, or links it by its name; a record that stands under itself is left to a person.",
    look_ups=_look_ups,
    decide=_decide,
)
