"""The accounts that records without an account of their own are posted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from syncengine.store.settings._setting import Setting, account

#: QuickBooks' account types (its reference of Account).
ACCOUNT_TYPES: Final = (
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Other Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Expense",
)
_COSTS = ("Cost of Goods Sold", "Expense", "Other Expense")
#: What an item may name: anything but the accounts that hold a balance with somebody.
_OF_ITEMS = tuple(each for each in ACCOUNT_TYPES if each not in {"Accounts Receivable", "Accounts Payable", "Bank", "Credit Card"})
#: What a journal entry may name without saying whose balance it is.
_OF_ENTRIES = tuple(each for each in ACCOUNT_TYPES if each not in {"Accounts Receivable", "Accounts Payable"})

SETTINGS: Mapping[str, Setting] = {
    "income_account": account(
        "Default income account",
        "The income account of items that name none.",
        *_OF_ITEMS,
        default="Sales of Product Income",
    ),
    "expense_account": account(
        "Default expense account",
        "The expense account of items that name none.",
        *_OF_ITEMS,
        default="Cost of Goods Sold",
    ),
    "payable_account": account(
        "Default payable account",
        "The payable account on purchase orders, bills and vendor credits.",
        "Accounts Payable",
        default="Accounts Payable (A/P)",
    ),
    "asset_account": account(
        "Default asset account",
        "Where the stock of items that name no asset account is valued.",
        "Other Current Asset",
        "Fixed Asset",
        "Other Asset",
        default="Inventory Asset",
    ),
    "cogs_account": account(
        "Default cost of goods sold account",
        "Where the costs of what is shipped go, for items that name no such account.",
        *_COSTS,
        default="Cost of Goods Sold",
    ),
    "adjustment_account": account(
        "Default adjustment account",
        "The other side of adjustments of stock that name no account.",
        *_OF_ENTRIES,
    ),
    "cash_account": account("Default cash account", "What pays for receipts of goods that are posted as cash.", "Bank"),
    "checking_account": account("Default checking account", "What pays for receipts of goods that are posted as checks.", "Bank"),
    "credit_card_account": account(
        "Default credit card account",
        "What pays for receipts of goods that are posted as credit card charges.",
        "Credit Card",
    ),
    "deposit_asset_account": account(
        "Default deposit asset account",
        "Where the deposits on sales orders lie until they are banked.",
        "Other Current Asset",
        "Bank",
        default="Undeposited Funds",
    ),
    "deposit_liability_account": account(
        "Default deposit liability account",
        "What is owed to customers for the deposits on their sales orders.",
        "Other Current Liability",
        "Long Term Liability",
    ),
}
