"""What the books say of a write becomes events, in the transaction of the write."""

from __future__ import annotations

import pytest

from syncengine.emulator.webhooks import matrix
from syncengine.emulator.webhooks.changes import Change, changes
from tests.unit.emulator.desk import sale
from tests.unit.emulator.mailbox import Mailbox, arm, let_pass, subscribe


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


def told(desk, box) -> list[tuple[str, str]]:
    """What is told of everything until now."""
    let_pass(desk, 3)
    before = len(box.told)
    desk.emulator.deliver(box)
    return box.told[before:]


def test_without_an_endpoint_nothing_is_kept(desk):
    desk.customer()
    assert desk.control("GET", "webhooks/deliveries") == (200, {"deliveries": [], "events": []})


def test_a_payment_tells_of_itself_and_of_what_it_pays(desk, box):
    customer, item = desk.customer(), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    subscribe(desk)
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    paid = desk.post("payment", {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 40, "Line": [line]})
    assert sorted(told(desk, box)) == [("invoice.updated", invoice["Id"]), ("payment.created", paid["Id"])]
    desk.post("payment?operation=delete", {"Id": paid["Id"], "SyncToken": paid["SyncToken"]})
    assert sorted(told(desk, box)) == [("invoice.updated", invoice["Id"]), ("payment.deleted", paid["Id"])]


def test_balances_are_told_only_where_the_switch_says_so(make, box):
    desk = make(webhook_balances=True)
    customer, item = desk.customer(), desk.item()
    subscribe(desk)
    invoice = desk.invoice(customer["Id"], item["Id"])
    assert sorted(told(desk, box)) == [("customer.updated", customer["Id"]), ("invoice.created", invoice["Id"])]
    silent = make()
    customer, item = silent.customer(), silent.item()
    subscribe(silent)
    invoice = silent.invoice(customer["Id"], item["Id"])
    assert told(silent, box) == [("invoice.created", invoice["Id"])]


def test_what_was_made_and_moved_in_one_write_is_told_once(make, box):
    desk = make(webhook_balances=True)
    item = desk.item()
    subscribe(desk)
    answers = desk.batch(
        {"operation": "create", "Customer": {"DisplayName": "Ada"}}, {"operation": "create", "Vendor": {"DisplayName": "Bob"}}
    )
    customer = answers["i0"]["Customer"]["Id"]
    assert told(desk, box) == [("customer.created", customer), ("vendor.created", answers["i1"]["Vendor"]["Id"])]
    update = {"Id": customer, "SyncToken": "0", "sparse": True, "Notes": "x"}
    invoice = {"CustomerRef": {"value": customer}, "Line": [sale(item["Id"], 5)]}
    answers = desk.batch({"operation": "update", "Customer": update}, {"operation": "create", "Invoice": invoice})
    assert sorted(told(desk, box)) == [("customer.updated", customer), ("invoice.created", answers["i1"]["Invoice"]["Id"])]


def test_a_write_that_is_refused_is_not_told(desk, box):
    subscribe(desk)
    desk.customer("Ada")
    desk.refused("customer", {"DisplayName": "Ada"})
    answers = desk.batch(
        {"operation": "create", "Vendor": {"DisplayName": "Ada"}}, {"operation": "create", "Vendor": {"DisplayName": "Bob"}}
    )
    assert "Fault" in answers["i0"]
    assert [each for each, _ in told(desk, box)] == ["customer.created", "vendor.created"]


def test_an_answer_that_is_remembered_is_not_told_again(desk, box):
    subscribe(desk)
    for _ in range(2):
        desk.post("customer?requestid=r1", {"DisplayName": "Ada"})
    assert [each for each, _ in told(desk, box)] == ["customer.created"]


def test_a_request_that_took_effect_without_an_answer_is_told(desk, box):
    subscribe(desk)
    arm(desk, "commit_then_500")
    assert desk.ask("POST", "customer", {"DisplayName": "Ada"}).status == 500
    arm(desk, "system_500")
    assert desk.ask("POST", "customer", {"DisplayName": "Bob"}).status == 500
    assert [each for each, _ in told(desk, box)] == ["customer.created"]


def test_what_breaks_while_it_is_noted_takes_the_write_back(desk, box, monkeypatch):
    subscribe(desk)


    def full(*_) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.emulator.parts.webhooks._outbox, "add", full)
        with pytest.raises(OSError, match="disk full"):
            desk.ask("POST", "customer", {"DisplayName": "Ada"})
    assert desk.select("select * from Customer") == []
    assert told(desk, box) == []


def test_the_bookkeepers_changes_are_told_too(desk, box):
    made, other = desk.customer("Ada"), desk.customer("Bob")
    subscribe(desk)
    desk.act("rename", entity="Customer", id=made["Id"], name="Ada Ltd")
    desk.act("merge", entity="Customer", id=other["Id"], into=made["Id"])
    assert told(desk, box) == [("customer.updated", made["Id"]), ("customer.merged", made["Id"])]
    assert box.events[-1]["data"] == {"deletedid": other["Id"]}


def test_a_merge_tells_of_what_points_elsewhere_now(desk, box):
    made, other, item = desk.customer("Ada"), desk.customer("Bob"), desk.item()
    invoice = desk.invoice(other["Id"], item["Id"])
    subscribe(desk)
    desk.act("merge", entity="Customer", id=other["Id"], into=made["Id"])
    assert sorted(told(desk, box)) == [("customer.merged", made["Id"]), ("invoice.updated", invoice["Id"])]


def test_a_rename_tells_of_the_full_names_below_it(desk, box):
    above = desk.customer("Ada")
    below = desk.customer("Job", ParentRef={"value": above["Id"]}, Job=True)
    subscribe(desk)
    desk.act("rename", entity="Customer", id=above["Id"], name="Ada Ltd")
    assert told(desk, box) == [("customer.updated", above["Id"]), ("customer.updated", below["Id"])]


@pytest.mark.parametrize(("switch", "operation"), [("updated", "customer.updated"), ("deleted", "customer.deleted")])
def test_a_deactivation_is_told_as_the_switch_says_and_a_reactivation_as_an_update(make, box, switch, operation):
    desk = make(webhook_deactivation=switch)
    made = desk.customer()
    subscribe(desk)
    desk.act("deactivate", entity="Customer", id=made["Id"])
    assert told(desk, box) == [(operation, made["Id"])]
    desk.act("reactivate", entity="Customer", id=made["Id"])
    assert told(desk, box) == [("customer.updated", made["Id"])]


def test_a_deactivation_of_what_is_never_told_deleted_is_an_update(make, box):
    desk = make(webhook_deactivation="deleted")
    made = desk.post("term", {"Name": "Net 9", "DueDays": 9})
    subscribe(desk)
    desk.act("deactivate", entity="Term", id=made["Id"])
    assert told(desk, box) == [("term.updated", made["Id"])]


def test_updates_of_one_object_that_wait_become_one_with_the_later_time(desk, box):
    made, other = desk.customer("Ada"), desk.customer("Bob")
    subscribe(desk)
    for notes in ("x", "y"):
        desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": notes})
        let_pass(desk, 1)
    desk.act("edit", entity="Customer", id=other["Id"], changes={"Notes": "z"})
    assert told(desk, box) == [("customer.updated", made["Id"]), ("customer.updated", other["Id"])]
    assert box.events[0]["time"].startswith("2026-01-15T17:00:01.")
    desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": "later"})
    assert told(desk, box) == [("customer.updated", made["Id"])]


def test_without_coalescing_each_update_is_told(make, box):
    desk = make(webhook_coalescing=False)
    made = desk.customer()
    subscribe(desk)
    for notes in ("x", "y"):
        desk.act("edit", entity="Customer", id=made["Id"], changes={"Notes": notes})
    assert told(desk, box) == [("customer.updated", made["Id"])] * 2
    assert len({event["id"] for event in box.events}) == 2


class _Books:
    """The part of the books that is looked at."""

    def __init__(self, *written: str, touched=(), **switches) -> None:
        self.written = list(written)
        self.touched = list(touched)
        self.switches = {"webhook_deactivation": "updated", "webhook_balances": False, **switches}


@pytest.mark.parametrize("entity", [*matrix.MATRIX, "TaxCode", "TaxRate", "CompanyInfo", "ExchangeRate", "Attachable"])
@pytest.mark.parametrize(
    ("change", "operation"),
    [("create", "created"), ("update", "updated"), ("delete", "deleted"), ("merge/9", "merged"), ("void", "void"), ("emailed", "emailed")],
)
def test_a_change_is_told_as_the_matrix_allows(entity, change, operation):
    known = matrix.MATRIX.get(entity, ())
    fallback = "updated" if operation != "deleted" and "updated" in known else None
    wanted = operation if operation in known else fallback
    got = changes(_Books(f"{entity}/5/{change}"))
    assert got == ([Change(entity, "5", wanted, "9" if wanted == "merged" else "")] if wanted else [])


def test_a_kind_of_change_that_nobody_has_named_yet_is_an_update():
    assert changes(_Books("Invoice/5/relinked", "Invoice/5/update", "TaxCode/5/relinked")) == [Change("Invoice", "5", "updated")]


def test_the_loser_of_a_merge_is_not_told_as_deleted_but_another_deletion_is():
    books = _Books("Customer/3/delete", "Customer/4/delete", "Customer/5/merge/4", "Vendor/4/delete")
    assert changes(books) == [Change("Customer", "3", "deleted"), Change("Customer", "5", "merged", "4"), Change("Vendor", "4", "deleted")]


def test_a_moved_balance_of_what_changed_anyway_is_told_once():
    books = _Books("Customer/3/update", touched=[("Customer", "3"), ("Vendor", "4"), ("Vendor", "4")], webhook_balances=True)
    assert changes(books) == [Change("Customer", "3", "updated"), Change("Vendor", "4", "updated")]
