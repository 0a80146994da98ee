"""CreditCardPayment: the balance of a card is paid from a bank account. Envelopes call it CreditCardPaymentTxn."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION
from syncengine.emulator.rules import transfers

CREDIT_CARD_PAYMENT = Entity(
    name="CreditCardPayment",
    key="CreditCardPaymentTxn",
    record=record(
        "CreditCardPaymentTxn",
        "CreditCardAccountRef BankAccountRef Amount VendorRef CheckNum PrintStatus Memo CreditCardPaymentEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    required=("CreditCardAccountRef", "BankAccountRef", "Amount"),
    party="VendorRef",
    dated=True,
    deletable=True,
    filterable=words("TxnDate Amount"),
    sortable=words("TxnDate Amount"),
    prepare=transfers.card_payment,
)

ENTITIES = (CREDIT_CARD_PAYMENT,)
