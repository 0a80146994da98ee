"""No name out of QuickBooks' interface reaches a person: every field of every entity has words, and so has every kind."""

from __future__ import annotations

import re

import pytest

from syncengine.entities import ENTITIES, POSTINGS
from syncengine.ui import fields, words

#: Two words written as one, as in DocNumber or JournalEntryLineDetail.
CAMEL = re.compile(r"[a-z][A-Z]")
PATHS = sorted(
    {field.path for entity in POSTINGS.values() for field in entity.fields}
    | {field.path for entity in POSTINGS.values() if entity.lines for field in entity.lines.fields}
    | {"Line", "Amount", "SalesItemLineDetail.Qty", "SalesItemLineDetail.UnitPrice", "PostingType", "CurrencyRef.value"}
)


@pytest.mark.parametrize("path", PATHS)
def test_every_field_has_words(path):
    said = fields.field(path)
    assert said
    assert said[0].isupper()
    assert not CAMEL.search(said), said
    assert not re.search(r"Ref\b|\bAddr\b|\bTxn\b|\bDesc\b|\bNum\b|\bAmt\b|\bQty\b|Detail|_", said), said


@pytest.mark.parametrize("entity", sorted(ENTITIES))
@pytest.mark.parametrize("operation", ["create", "update", "delete", "nothing"])
def test_every_kind_of_object_has_words(entity, operation):
    assert not CAMEL.search(words.operation(operation, entity, document=ENTITIES[entity].document))
    assert not CAMEL.search(fields.named(f"{entity} 1042"))


def test_a_record_s_own_name_is_left_as_it_is():
    assert fields.named("Customer McDonald GmbH") == "Customer McDonald GmbH"
    assert fields.named("PaymentMethod PayPal") == "Payment method PayPal"
