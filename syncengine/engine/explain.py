"""Explain: what a fault means in plain words, and what a person does about it.

Keyed by QuickBooks' code and, where one code stands for several situations, by words of its message. Codes and
texts: Intuit's list of error codes. A later part of Tieout adds the corrections that act by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syncengine.quickbooks import Fault, FaultClass, classify
from syncengine.store.errors import Report


@dataclass(frozen=True)
class Meaning:
    """One situation: `words` must stand in the fault's message or detail ("" fits every message of the code)."""

    codes: Sequence[str]
    cause: str
    remedy: str
    words: str = ""


_MEANINGS = (
    Meaning(
        ("610",),
        "Something that the record uses was made inactive in QuickBooks.",
        "Make the customer, vendor, item or account active again in QuickBooks, or choose another one on the record.",
        "inactive",
    ),
    Meaning(
        ("610",),
        "The record's twin was deleted in QuickBooks.",
        "Sync once more; if the record still waits, open it, save it, and sync.",
        "deleted this transaction",
    ),
    Meaning(
        ("610", "2500", "6250", "6560"),
        "The record refers to something that QuickBooks does not have, or no longer has.",
        "Choose another customer, vendor, item or account on the record, or create the missing one in QuickBooks.",
    ),
    Meaning(
        ("620",),
        "QuickBooks cannot link these two documents: their parties differ, or one party is inactive.",
        "Give both documents the same active customer or vendor.",
    ),
    Meaning(
        ("700", "900"), "The parent of this record is wrong, or the record would stand under itself.", "Choose another parent."
    ),
    Meaning(("800",), "Other records in QuickBooks still use it.", "Remove in QuickBooks what uses it, or keep it."),
    Meaning(
        ("2020", "6080"),
        "A required part of the record is missing.",
        "Fill in the field that QuickBooks names, then save the record.",
    ),
    Meaning(("2050",), "A text is longer than QuickBooks takes.", "Shorten the text that QuickBooks names, then save the record."),
    Meaning(
        ("2170",),
        "QuickBooks does not know a word in one of the record's fields.",
        "Choose one of the words that QuickBooks offers.",
    ),
    Meaning(("2210",), "The e-mail address is not valid.", "Correct the e-mail address, then save the record."),
    Meaning(
        ("5020", "5030"),
        "This QuickBooks plan or user may not have records of this kind.",
        "Upgrade the plan, or switch this kind of record off.",
    ),
    Meaning(("6070",), "An amount is not quantity x price.", "Correct the amount, the quantity or the price of the line."),
    Meaning(
        ("6140",), "QuickBooks already has another document with this number.", "Give the record another number, then save it."
    ),
    Meaning(("6190",), "The QuickBooks subscription has ended or has a billing problem.", "Settle the subscription in QuickBooks."),
    Meaning(
        ("6200", "6210"),
        "The document is dated in a period that is closed in QuickBooks.",
        "Change the document's date, or open the period in QuickBooks (Settings, Advanced, Accounting).",
    ),
    Meaning(
        ("6240",),
        "Another customer, vendor or employee in QuickBooks already has this name.",
        "Rename one of the two, or make this record the same as the one in QuickBooks, name by name.",
    ),
    Meaning(
        ("6270",),
        "The document is dated before the item's start date in QuickBooks.",
        "Choose a later date, or an earlier start date.",
    ),
    Meaning(("6430",), "An account of the wrong type is used.", "Choose an account of the type that QuickBooks asks for."),
    Meaning(("6540",), "The transaction is part of a bank deposit.", "Take it out of the deposit in QuickBooks, then sync."),
    Meaning(("5010",), "QuickBooks changed the record at the same moment, several times in a row.", "Sync once more."),
    Meaning(
        ("6000",),
        "QuickBooks' own rules refuse the record; its words below say why.",
        "Act on what QuickBooks says, then save the record.",
    ),
    Meaning(("2010", "500"), "QuickBooks did not understand the request.", "Report this to support, with the message below."),
)
_UNKNOWN = Meaning(
    (),
    "QuickBooks refused the record and gave no reason that is known here.",
    "Read QuickBooks' message, correct the record and save it. If that does not help, ask support.",
)


def report(fault: Fault) -> Report:
    """What to tell a person about `fault`."""
    first = fault.errors[0]
    said = " ".join(part for part in (first.message, first.detail) if part)
    # Several codes were seen to stand for a closed period: only their words tell.
    code = "6200" if classify(fault) is FaultClass.CLOSED else first.code
    meaning = next((each for each in _MEANINGS if code in each.codes and each.words in said), _UNKNOWN)
    shown = first.code or f"HTTP {fault.http_status}"
    return Report(code=shown, message=said, cause=meaning.cause, remedy=meaning.remedy, tid=fault.tid or None)
