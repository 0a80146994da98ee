"""Cases of documents: numbers, closed periods, and what hangs together: payments, deposits, the bank feed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from syncengine import inventory
from tests.cycle.corrections.case import Case, Part, arrived, both, edit, quiet, retry
from tests.cycle.corrections.scene import Scene


def our_document_there(scene: Scene) -> None:
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": scene.id_of("Item", "Rope")}, "Qty": 2, "UnitPrice": 2.5}}  # fmt: skip
    body = {"DocNumber": "N-1", "TxnDate": "2026-01-10", "CustomerRef": {"value": scene.id_of("Customer", "Harbour")}, "Line": [line]}
    scene.unseen({"action": "create", "entity": "Invoice", "object": body})
    scene.invoice()


def their_documents(scene: Scene, *numbers: str) -> list[dict[str, Any]]:
    """Invoices that a bookkeeper wrote."""
    line = {"Amount": 7, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": scene.id_of("Item", "Rope")}}}
    party = {"value": scene.id_of("Customer", "Harbour")}
    body = {"CustomerRef": party, "Line": [line]}
    return [{"action": "create", "entity": "Invoice", "object": {"DocNumber": number, **body}} for number in numbers]


def number_there(scene: Scene) -> None:
    scene.unseen(*their_documents(scene, "N-1", "N-1-2"))
    scene.invoice()


def every_number_there(scene: Scene) -> None:
    from syncengine.corrections._numbers import stand_ins

    scene.unseen(*their_documents(scene, "N-1", *stand_ins("N-1")))
    scene.invoice()


def close_books(scene: Scene) -> None:
    scene.actor("close_books", date="2026-01-31")


def open_books(scene: Scene) -> None:
    scene.actor("close_books", date=None)


def dated_in_a_closed_period(scene: Scene) -> None:
    close_books(scene)
    scene.invoice(private_note="for the boat")


def _dated(scene: Scene) -> None:
    theirs = scene.there("Invoice")[0]
    assert "for the boat" in theirs["PrivateNote"]
    assert "2026-01-10" in theirs["PrivateNote"]
    kind, record = scene.kept["record"]
    held = scene.world.record(scene.company, kind, record)
    assert (held["txn_date"], held["private_note"]) == (date(2026, 1, 10), "for the boat"), "ours stays as it is here"


def edited_in_a_closed_period(scene: Scene) -> None:
    made = scene.invoice()
    assert scene.sync().result == "ok"
    close_books(scene)
    scene.save("invoice", id=made, customer_memo="thanks")


def _memo(scene: Scene, text: str) -> None:
    assert scene.there("Invoice")[0]["CustomerMemo"]["value"] == text


def paid(scene: Scene, amount: str, **more: Any) -> int:
    """An invoice of 5.00 that has arrived, and a payment on it."""
    invoice = scene.invoice()
    quiet(scene)
    line = {"line_no": 1, "invoice_id": invoice, "amount": Decimal(amount)}
    head = {"customer_id": scene.customer, "amount": Decimal(amount), "txn_date": date(2026, 1, 12), "payment_reference": "P-1", **more}
    return scene.save("payment", [line], **head)


def pays_too_much(scene: Scene) -> None:
    paid(scene, "7.50")


def pays_less(scene: Scene) -> None:
    kind, record = scene.kept["record"]
    line = {**scene.world.record(scene.company, kind, record)["lines"][0], "amount": Decimal(5)}
    scene.world.save(scene.company, kind, {"id": record}, [line])


def pays_anothers_invoice(scene: Scene) -> None:
    other = scene.save("customer", name="Quay")
    paid(scene, "5", customer_id=other)


def same_customer(scene: Scene) -> None:
    edit(customer_id=scene.customer)(scene)


def till(scene: Scene) -> str:
    """A bank account that both sides know."""
    return str(scene.actor("create", entity="Account", object={"Name": "Till", "AccountType": "Bank"})["object"]["Id"])


def deposited(scene: Scene) -> None:
    """The bookkeeper brings the payment to the bank; then its number turns out to be wrong."""
    made, bank = paid(scene, "5"), till(scene)
    quiet(scene)
    linked = [{"TxnId": scene.there("Payment")[0]["Id"], "TxnType": "Payment", "TxnLineId": "0"}]
    slip = {"DepositToAccountRef": {"value": bank}, "Line": [{"Amount": 5, "LinkedTxn": linked}]}
    scene.actor("create", entity="Deposit", object=slip)
    scene.save("payment", id=made, payment_reference="P-2")


def taken_out(scene: Scene) -> None:
    scene.actor("delete", entity="Deposit", id=scene.there("Deposit")[0]["Id"])
    retry(scene)


def matched(scene: Scene) -> None:
    """The bookkeeper has found the payment on the bank's statement; here it is deleted."""
    till(scene)
    made = paid(scene, "5", deposit_account="Till")
    quiet(scene)
    scene.actor("match", entity="Payment", id=scene.there("Payment")[0]["Id"])
    inventory.delete(scene.world.site.database, "payment", made, scene.company)


def match_undone(scene: Scene) -> None:
    scene.actor("unmatch", entity="Payment", id=scene.there("Payment")[0]["Id"])
    retry(scene)


def gone(entity: str) -> Part:
    """QuickBooks has none of it."""

    def check(scene: Scene) -> None:
        assert scene.there(entity) == []

    return check


def before_the_stock_began(scene: Scene) -> None:
    """Pumps are counted in QuickBooks from the 20th on; the invoice is of the 10th."""
    names = {"IncomeAccountRef": "Sales of Product Income", "ExpenseAccountRef": "Cost of Goods Sold", "AssetAccountRef": "Inventory Asset"}
    accounts = {name: {"value": scene.id_of("Account", account)} for name, account in names.items()}
    stock = {"Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 5, "InvStartDate": "2026-01-20"}
    scene.actor("create", entity="Item", object={"Name": "Pump", **stock, **accounts})
    quiet(scene)
    line = {"line_no": 1, "item_id": scene.here("item", "Pump"), "quantity": Decimal(1), "unit_price": Decimal(5)}
    scene.invoice(lines=[line])


def less_than_nothing(scene: Scene) -> None:
    scene.invoice(lines=[{"line_no": 1, "item_id": scene.item, "quantity": Decimal(-1), "unit_price": Decimal(5)}])


def no_lines(scene: Scene) -> None:
    scene.save("invoice", [], number="N-1", customer_id=scene.customer, txn_date=date(2026, 1, 10))


def a_line(scene: Scene) -> None:
    line = {"line_no": 1, "item_id": scene.item, "quantity": Decimal(1), "unit_price": Decimal(1)}
    scene.world.save(scene.company, "invoice", {"id": scene.kept["record"][1]}, [line])


DOCUMENTS: dict[str, Case] = {
    "adopt_document": Case("6140", our_document_there, arrived("Invoice", DocNumber="N-1")),
    "next_number": Case("6140", number_there, arrived("Invoice", "where DocNumber = 'N-1-3'")),
    "first_open_day": Case("6200", dated_in_a_closed_period, both(arrived("Invoice", TxnDate="2026-02-01"), _dated)),
    # --- what only a person can put right ---
    "number_taken": Case("6140", every_number_there, arrived("Invoice", "where DocNumber = 'Free'"), edit(number="Free")),
    "in_use": Case("6480", matched, gone("Payment"), match_undone),
    "cannot_link": Case("620", pays_anothers_invoice, both(arrived("Payment"), arrived("Invoice", Balance=0)), same_customer),
    "deposited": Case("6540", deposited, arrived("Payment", PaymentRefNum="P-2"), taken_out),
    "closed": Case("6200", edited_in_a_closed_period, both(arrived("Invoice"), lambda scene: _memo(scene, "thanks")), open_books),
    "business_rule": Case("6000", pays_too_much, both(arrived("Payment", UnappliedAmt=Decimal("2.5")), arrived("Invoice", Balance=0)), pays_less),
    "negative_total": Case("6000", less_than_nothing, arrived("Invoice"), lambda scene: scene.world.sql("UPDATE invoice_line SET quantity = '1'")),
    "required_missing": Case("2250", no_lines, arrived("Invoice"), a_line),
    "before_start": Case("6270", before_the_stock_began, arrived("Invoice", TxnDate="2026-01-20"), edit(txn_date=date(2026, 1, 20))),
}  # fmt: skip
