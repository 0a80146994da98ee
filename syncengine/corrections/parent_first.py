"""The parent is not where the record expects it in QuickBooks: the parent goes first."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Ref, Trouble, Verdict, coded, relink
from syncengine.corrections.find_reference import _decide as _find
from syncengine.corrections.find_reference import _look_ups, named_as


def _parents(facts: Facts) -> tuple[Ref, ...]:
    return tuple(ref for ref in facts.refs if ref.path == "ParentRef")


def _decide(trouble: Trouble, facts: Facts) -> Verdict | None:
    if not _parents(facts):
        return None
    return _find(trouble, facts) or (_another(facts) if trouble.code == "700" else None)


def _another(facts: Facts) -> Verdict | None:
    """QuickBooks has something under the parent's number that can be nobody's parent: the number is another's by now."""
    parent = _parents(facts)[0]
    named = facts.told(named_as(parent))
    found = [each for each in named if str(each["Id"]) != parent.qbo_id and each.get("Active") is not False]
    if parent.record_id is None or len(found) != 1:
        return None
    says = f"Links {parent.shown} with the one of that name in QuickBooks, then sends {facts.shown}."
    return Verdict(says, (relink(parent, str(found[0]["Id"])),))


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
    there=(
        "Open the record (for classes and locations Settings > All lists), Edit, and choose another parent, or clear the "
        "mark that makes it a sub-record; then Save."
    ),
)
