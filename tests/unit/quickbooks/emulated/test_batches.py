"""Batches: each item answered for itself, and never applied twice."""

from __future__ import annotations

import pytest

from syncengine.quickbooks import Answer, BatchItem, BatchQuery, Call, Effect, Fault, FaultClass, classify, select
from tests.unit.quickbooks.emulated.place import account, named, sale, vendor


def test_a_batch_answers_each_item_for_itself_and_a_repeat_books_nothing(place):
    client = place.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Batch {number % 3}")) for number in range(4)]
    first = client.batch(items, requestid="b-1")
    made = [first.answers[f"i{number}"] for number in range(4)]
    assert isinstance(made[3], Fault)
    assert classify(made[3]) is FaultClass.DUPLICATE
    again = client.batch(items, requestid="b-1")
    assert [again.answers[f"i{number}"].payload["Id"] for number in range(3)] == [made[number].payload["Id"] for number in range(3)]
    assert len(named(client, "Batch 0")) == 1


@pytest.mark.parametrize("kind", ["batch_item_missing", "batch_reversed", "batch_item_doubled", "batch_item_fault"])
def test_a_strange_batch_answer_is_read_item_by_item(place, kind):
    client = place.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Strange {number}")) for number in range(3)]
    place.fault(kind, match={"operation": "batch"}, **({"item": 1} if kind == "batch_item_fault" else {}))
    answer = client.batch(items, requestid="b-1")
    assert answer.unknown == (("i2",) if kind == "batch_item_missing" else ())
    refused = {bid for bid, said in answer.answers.items() if isinstance(said, Fault)}
    assert refused == ({"i1"} if kind == "batch_item_fault" else set())
    for bid, said in answer.answers.items():
        if isinstance(said, Answer):
            assert said.payload["DisplayName"] == f"Strange {bid[1]}"


def test_a_system_failure_of_one_item_is_unknown_and_the_same_requestid_tells(place):
    client = place.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Failing {number}")) for number in range(3)]
    place.fault("batch_item_500", match={"operation": "batch"}, item=1)
    answer = client.batch(items, requestid="b-1")
    assert [answer.outcome(item.bid).effect for item in items] == [Effect.DONE, Effect.UNKNOWN, Effect.DONE]
    again = client.batch(items, requestid="b-1")
    assert [again.outcome(item.bid).effect for item in items] == [Effect.DONE] * 3
    assert len(named(client, "Failing 1")) == 1


def test_queries_and_writes_go_together_and_each_query_is_metered(place):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    invoice = client.create("Invoice", sale(client), requestid="r-1")
    calls.clear()
    items = [
        BatchQuery("q0", select("Vendor", order=["DisplayName"], max=2)),
        BatchItem("i0", "create", "Vendor", vendor("Among Queries")),
        BatchQuery("q1", "SELECT COUNT(*) FROM Customer"),
        BatchQuery("q2", "SELECT * FROM Nonsense"),
        BatchItem("i1", "update", "Invoice", {"Id": invoice.id, "SyncToken": invoice.sync_token, "sparse": True}, ("void",)),
        BatchItem("i2", "delete", "Invoice", {"Id": "99999999", "SyncToken": "0"}),
    ]
    answer = client.batch(items, requestid="b-1")
    effects = {item.bid: answer.outcome(item.bid).effect for item in items}
    assert effects == {
        "q0": Effect.DONE,
        "i0": Effect.DONE,
        "q1": Effect.DONE,
        "q2": Effect.REFUSED,
        "i1": Effect.DONE,
        "i2": Effect.REFUSED,
    }
    assert answer.pages["q0"].count == 2
    assert answer.pages["q1"].total == client.count("Customer")
    assert answer.outcome("q2").meaning is FaultClass.VALIDATION
    assert answer.outcome("i2").meaning is FaultClass.REFERENCE
    assert answer.answers["i1"].payload["TotalAmt"] == 0
    assert calls[0].metered == 3


def test_a_batch_names_a_credit_cards_payment_as_its_envelope(place):
    client = place.client()
    card = client.create("Account", {"Name": "Card", "AccountType": "Credit Card"}, requestid="r-0").id
    wish = {"Amount": 12, "BankAccountRef": account(client, "Bank"), "CreditCardAccountRef": {"value": card}}
    answer = client.batch([BatchItem("i0", "create", "CreditCardPayment", wish)], requestid="b-1")
    assert answer.answers["i0"].payload["Amount"] == 12


@pytest.mark.parametrize("switch", [{"batch_order": "shuffled"}, {"batch_reply_order": "shuffled"}])
def test_the_order_of_items_and_answers_does_not_matter(near, switch):
    near.control("switches", switch)
    client = near.client()
    items = [BatchItem(f"i{number}", "create", "Vendor", vendor(f"Mixed {number}")) for number in range(10)]
    answer = client.batch(items, requestid="b-1")
    assert [answer.answers[f"i{number}"].payload["DisplayName"] for number in range(10)] == [f"Mixed {number}" for number in range(10)]


def test_a_batch_that_is_refused_as_a_whole_wrote_nothing(near):
    near.control("switches", {"batch_max_items": 2})
    client = near.client()
    from syncengine.quickbooks import FaultError, outcome

    with pytest.raises(FaultError) as refusal:
        client.batch([BatchItem(f"i{number}", "create", "Vendor", vendor(f"None {number}")) for number in range(3)], requestid="b-1")
    assert (outcome(refusal.value).effect, outcome(refusal.value).meaning) == (Effect.REFUSED, FaultClass.VALIDATION)
    assert named(client, "None 0") == []
