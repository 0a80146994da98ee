"""ReimburseCharge: what was bought for a customer and is to be billed; QuickBooks makes it, the API reads it."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION

REIMBURSE_CHARGE = Entity(
    name="ReimburseCharge",
    record=record(
        "ReimburseCharge",
        "CustomerRef Amount HasBeenInvoiced HomeTotalAmt ReimburseChargeEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    element="ReimburseCharge",
    party="CustomerRef",
    creatable=False,
    updatable=False,
    filterable=words("CustomerRef HasBeenInvoiced TxnDate"),
    sortable=words("TxnDate"),
)

ENTITIES = (REIMBURSE_CHARGE,)
