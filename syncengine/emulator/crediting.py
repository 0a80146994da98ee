"""Credits that QuickBooks applies by itself: a new invoice takes open credit memos, a new credit memo goes to open invoices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import amount_of, value_of

#: What QuickBooks writes on the payment of 0 that links the two (recorded in general ledgers of real companies).
MEMO = "Created by QB Online to link credits to charges."
_HEAD = ("TxnDate", "CustomerRef", "CurrencyRef", "ExchangeRate", "ARAccountRef")
_OTHER = {"Invoice": ("CreditMemo", "RemainingCredit"), "CreditMemo": ("Invoice", "Balance")}


def apply(books: Books, entity: str, obj: dict[str, Any], pay: Callable[[dict[str, Any]], Any]) -> None:
    """Link a new invoice or credit memo to what is open of the same customer, the oldest first.

    Args:
        books: the company's books.
        entity: `Invoice` or `CreditMemo`; others have nothing to apply.
        obj: the new object.
        pay: writes the payment.
    """
    if entity not in _OTHER or books.switches["auto_apply_credit"] == "never":
        return
    if not books.preference("SalesFormsPrefs", "AutoApplyCredit"):
        return
    other, open_ = _OTHER[entity]
    left, lines = amount_of(obj, "Balance"), []
    for each in _open(books, other, open_, obj) if left > 0 else ():
        share = min(left, amount_of(each, open_))
        left -= share
        lines += [_line(other, each, share)] if share > 0 else []
    if lines:
        lines.append(_line(entity, obj, amount_of(obj, "Balance") - left))
        head: dict[str, Any] = {name: obj[name] for name in _HEAD if name in obj}
        pay({**head, "TotalAmt": 0, "PrivateNote": MEMO, "Line": lines})


def _line(entity: str, obj: dict[str, Any], amount: Decimal) -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": obj["Id"], "TxnType": entity}]}


def _open(books: Books, entity: str, open_: str, obj: dict[str, Any]) -> list[dict[str, Any]]:
    """The customer's transactions of a kind that have something open, in the same currency, by their dates."""
    rows = books.state.execute(
        "SELECT id FROM object WHERE company = ? AND entity = ? AND party = ? AND deleted = 0 AND json_extract(body, ?) > 0"
        " ORDER BY date, CAST(id AS INTEGER)",
        (books.company.key, entity, value_of(obj, "CustomerRef"), f"$.{open_}"),
    ).fetchall()
    found = [books.known(entity, id_) or {} for (id_,) in rows]
    return [each for each in found if amount_of(each, open_) > 0 and value_of(each, "CurrencyRef") == value_of(obj, "CurrencyRef")]
