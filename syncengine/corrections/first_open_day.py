"""The document is dated in a closed period: it is posted on the first open day, its own date in the memo."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from syncengine.corrections._correction import Correction, Facts, Klass, LookUp, Trouble, Verdict, override, together
from syncengine.quickbooks import FaultClass


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    if facts.operation == "create":
        yield LookUp("preferences", "Preferences")


def closing_date(facts: Facts) -> date | None:
    """The last closed day, as QuickBooks' Preferences have it."""
    told = facts.told("preferences")
    preferences = told[0] if told else facts.preferences
    text = (preferences.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    closed, dated = closing_date(facts), str(facts.ours.get("TxnDate") or "")
    if facts.operation != "create" or closed is None or not dated or dated > closed.isoformat():
        return None
    day = (closed + timedelta(days=1)).isoformat()
    acts = [override("TxnDate", day)]
    says = f"Posts {facts.shown} on {day}, the first open day, with its own date {dated} in the memo. Its date here stays."
    if "PrivateNote" in facts.ours:
        note, cut = _with_room(facts, f"Dated {dated}, posted on the first open day.")
        acts.append(override("PrivateNote", note))
        says += " The end of the memo makes room for it in QuickBooks; here it stays." if cut else ""
    return Verdict(says, tuple(acts))


def _with_room(facts: Facts, added: str) -> tuple[str, bool]:
    """The memo with a sentence after it, no longer than QuickBooks takes; and whether the memo had to be cut for that."""
    note = str(facts.ours["PrivateNote"] or "")
    longest = next((text.longest for text in facts.texts if text.path == "PrivateNote"), None)
    room = max(longest - len(added) - 1, 0) if longest else len(note)
    return f"{note[:room].rstrip()} {added}".strip(), len(note) > room


CORRECTION = Correction(
    row="6200, 6210",
    cause="The document is dated in a period that is closed in QuickBooks.",
    remedy="Change the document's date, or open the period in QuickBooks (Settings, Advanced, Accounting).",
    klass=Klass.POLICY,
    consent="Post on the first open day",
    source="Intuit's list of error codes (6200, 6210: Account Period Closed)",
    fits=lambda trouble: trouble.meaning is FaultClass.CLOSED,
    rank=30,
    does=(
        "Posts a new document on the first open day, with its own date in the memo; one that QuickBooks has already is "
        "left to a person."
    ),
    look_ups=_look_ups,
    decide=_decide,
    undo="The document goes with its own date again.",
    group=together,
    there=(
        "Settings (the gear) > Account and settings > Advanced > Accounting: move the date of Close the books back, or "
        "switch it off, and Save. Close the books again once the record has arrived."
    ),
)
