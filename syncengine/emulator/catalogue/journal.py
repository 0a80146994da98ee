"""What moves between accounts, JournalEntry, Deposit and Transfer."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION
from syncengine.emulator.rules import journal, links

JOURNAL_ENTRY = Entity(
    name="JournalEntry",
    record=record(
        "JournalEntry",
        "Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency GlobalTaxCalculation TotalAmt HomeTotalAmt JournalEntryEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    required=("Line",),
    read_only=words("TotalAmt HomeTotalAmt"),
    dated=True,
    deletable=True,
    filterable=words("DocNumber TxnDate"),
    sortable=words("DocNumber TxnDate"),
    prepare=journal.journal_entry,
)
DEPOSIT = Entity(
    name="Deposit",
    record=record(
        "Deposit",
        "DepositToAccountRef CashBack GlobalTaxCalculation TotalAmt HomeTotalAmt DepositEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    required=("DepositToAccountRef", "Line"),
    read_only=words("TotalAmt HomeTotalAmt"),
    dated=True,
    deletable=True,
    filterable=words("TxnDate DocNumber TotalAmt DepositToAccountRef"),
    sortable=words("TxnDate DocNumber TotalAmt"),
    prepare=journal.deposit,
    links=links.of_deposit,
)
TRANSFER = Entity(
    name="Transfer",
    record=record("Transfer", "FromAccountRef ToAccountRef Amount ClassRef TransferEx", {"Line": LINES}, TRANSACTION),
    sequence="transactions",
    required=("FromAccountRef", "ToAccountRef", "Amount"),
    dated=True,
    deletable=True,
    filterable=words("TxnDate DocNumber Amount"),
    sortable=words("TxnDate DocNumber Amount"),
    prepare=journal.transfer,
)

ENTITIES = (JOURNAL_ENTRY, DEPOSIT, TRANSFER)
