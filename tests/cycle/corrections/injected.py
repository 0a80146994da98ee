"""Refusals that no state brings about: the emulator is told to refuse, and each case says why nothing else would make it.

docs/emulator-errors.md lists them; a test compares the two.
"""

from __future__ import annotations

from decimal import Decimal

from tests.cycle.corrections.case import Case, Part, arrived, retry
from tests.cycle.corrections.scene import Scene


def refused(code: str, message: str, detail: str) -> Part:
    """QuickBooks refuses an invoice in four cycles."""

    def cause(scene: Scene) -> None:
        scene.refuse("Invoice", code, message, detail)
        scene.invoice()

    return cause


def word(scene: Scene) -> None:
    scene.refuse("Item", "2170", "Invalid Enumeration", "Invalid Enumeration : NonInventory")
    scene.save("item", name="Word", unit_price=Decimal(1))


def odd_text(scene: Scene) -> None:
    scene.refuse("Customer", "500", "Invalid text encoding", "The body is no UTF-8")
    scene.save("customer", name="Odd", notes="a\u2028bell\x07!")


INJECTED: dict[str, Case] = {
    "leave_word_out": Case(
        "2170", word, arrived("Item", "where Name = 'Word'"),
        injected="The words that go into such fields come from short lists of Tieout's own, all of which QuickBooks takes; "
        "only Intuit could take one away.",
    ),
    "clean_text": Case(
        "500", odd_text, arrived("Customer", "where DisplayName = 'Odd'", Notes="a\u2028bell!"),
        injected="Whatever stands in a record is sent as valid UTF-8; only something between the two could spoil it.",
    ),
    "request_repeated": Case(
        "600", refused("600", "Duplicate Request Id", "used for another request"), arrived("Invoice"), retry,
        injected="The name of a request is made from its content, so that another content has another name.",
    ),
    "wrong_operation": Case(
        "500", refused("500", "Unsupported Operation", "Operation x is not supported."), arrived("Invoice"), retry,
        injected="What is asked for are operations and properties that QuickBooks documents; only Intuit could withdraw one.",
    ),
    "unbalanced": Case(
        "2300", refused("2300", "Amount on debits not equal to credits", "Please balance your debits and credits."),
        arrived("Invoice"), retry,
        injected="A posting writes both sides of each amount, and sums them before anything is sent.",
    ),
    "no_reason": Case(
        "HTTP 400", refused("", "", ""), arrived("Invoice"), retry,
        injected="QuickBooks keeps the reason to itself: a lapse of Intuit's, and no state of a company.",
    ),
    "unknown": Case(
        "9999", refused("9999", "Never heard of", "it"), arrived("Invoice"), retry,
        injected="It stands for the codes that Intuit has not published yet.",
    ),
    "drop_discount_line": Case(
        "6090", refused("6090", "Discount Line missing required info", "A discount amount or percent is required."),
        arrived("Invoice"), retry,
        injected="A discount line goes out with the amount that it takes off; where that is nothing, there is no line.",
    ),
    "tax_flag": Case(
        "6100", refused("6100", "Invalid Line TaxCode in the request", "Valid line TaxCodes for US should be TAX or NON."),
        arrived("Invoice"), retry,
        injected="Lines go out with TAX or NON alone, and QuickBooks lets nobody write another code that an update could bring back.",
    ),
}  # fmt: skip
