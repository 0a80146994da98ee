"""Batches: each item answered for itself, and never applied twice."""

from __future__ import annotations

import pytest

from syncengine.quickbooks import Answer, BatchItem, Fault, FaultClass, classify
from tests.unit.quickbooks.emulated.place import named, vendor


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
