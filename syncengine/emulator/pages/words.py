"""What people call things: entities in the singular and plural, properties, statuses, and the groups of a company's lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from syncengine.emulator.catalogue.registry import ENTITIES

_NAMES = {
    "Item": ("Product or service", "Products and services"),
    "Department": ("Location", "Locations"),
    "Class": ("Class", "Classes"),
    "Purchase": ("Expense", "Expenses"),
    "JournalEntry": ("Journal entry", "Journal entries"),
    "TimeActivity": ("Time activity", "Time activities"),
    "TaxAgency": ("Tax agency", "Tax agencies"),
    "CompanyInfo": ("Company info", "Company info"),
    "Preferences": ("Preferences", "Preferences"),
    "Attachable": ("Attachment", "Attachments"),
    "Account": ("Account", "Chart of accounts"),
    "CompanyCurrency": ("Currency", "Currencies"),
}
#: Title -> entities, in the order in which a company shows them. What is in none of them is shown under "Other".
_GROUPS = {
    "Sales": ("Customer", "Invoice", "SalesReceipt", "Payment", "CreditMemo", "RefundReceipt", "Estimate", "ReimburseCharge"),
    "Expenses": ("Vendor", "Bill", "BillPayment", "VendorCredit", "PurchaseOrder", "Purchase", "CreditCardPayment"),
    "Accounting": ("Account", "JournalEntry", "Deposit", "Transfer", "InventoryAdjustment", "RecurringTransaction", "Budget"),
    "Lists": ("Item", "Class", "Department", "Term", "PaymentMethod", "CustomerType", "Employee", "TimeActivity"),
    "Taxes and currencies": ("TaxCode", "TaxRate", "TaxAgency", "TaxPayment", "CompanyCurrency", "ExchangeRate", "JournalCode"),
    "Company": ("CompanyInfo", "Preferences", "Attachable"),
}
_LABELS = {
    "DocNumber": "Number", "TxnDate": "Date", "PrivateNote": "Memo", "CustomerMemo": "Message to customer", "TotalAmt": "Total",
    "SalesTermRef": "Terms", "TermRef": "Terms", "DepartmentRef": "Location", "PrimaryEmailAddr": "E-mail", "BillEmail": "E-mail",
    "PrimaryPhone": "Phone", "AlternatePhone": "Other phone", "WebAddr": "Web site", "BillAddr": "Billing address",
    "ShipAddr": "Shipping address", "ShipFromAddr": "Shipping from", "VendorAddr": "Vendor's address",
    "CompanyAddr": "Address", "LegalAddr": "Legal address", "CustomerCommunicationAddr": "Address for customers",
    "APAccountRef": "Payables account", "ARAccountRef": "Receivables account", "PaymentRefNum": "Reference no.",
    "PrintOnCheckName": "Name on checks", "GivenName": "First name", "FamilyName": "Last name", "UnappliedAmt": "Unapplied",
    "RemainingCredit": "Remaining credit", "CompanyName": "Company", "ParentRef": "Below", "QtyOnHand": "On hand",
    "UnitPrice": "Price", "PurchaseCost": "Cost", "PurchaseDesc": "Description for purchases", "AcctNum": "Account no.",
    "CurrentBalance": "Balance", "CurrentBalanceWithSubAccounts": "Balance with sub-accounts", "Sku": "SKU",
    "BalanceWithJobs": "Balance with sub-customers", "FullyQualifiedName": "Full name", "Qty": "Quantity", "POStatus": "Status",
    "TxnStatus": "Status", "TxnTaxDetail": "Tax", "CustomField": "Custom field", "EntityRef": "Name", "LinkedTxn": "Linked",
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def one(entity: str) -> str:
    """`Sales receipt`."""
    return _NAMES[entity][0] if entity in _NAMES else _spaced(entity)


def many(entity: str) -> str:
    """`Sales receipts`."""
    return _NAMES[entity][1] if entity in _NAMES else _spaced(entity) + "s"


def label(name: str) -> str:
    """What a property is called on a page."""
    return _LABELS.get(name) or _spaced(name.removesuffix("Ref"))


def _spaced(name: str) -> str:
    words = _CAMEL.sub(" ", name)
    return words[:1].upper() + words[1:].lower() if words.isascii() else words


def groups() -> dict[str, list[str]]:
    """Title -> entities that there are."""
    found = {title: [name for name in names if name in ENTITIES] for title, names in _GROUPS.items()}
    listed = {name for names in found.values() for name in names}
    others = [name for name in ENTITIES if name not in listed]
    return {**found, "Other": others} if others else found


def number_of(entity: str, obj: dict[str, Any]) -> str:
    """What an object is told apart by: its name, its number, or `#id`."""
    known = ENTITIES.get(entity)
    name = obj.get("FullyQualifiedName") or (obj.get(known.name_property) if known and known.name_property else None)
    return str(name or obj.get("DocNumber") or obj.get("FileName") or obj.get("CompanyName") or f"#{obj.get('Id', '')}")


def title_of(entity: str, obj: dict[str, Any]) -> str:
    """What an object is called: a list member by its name, a document by kind and number."""
    known = ENTITIES.get(entity)
    if known is not None and (known.singleton or (known.name_property and obj.get(known.name_property))):
        return one(entity) if known.singleton else str(obj[known.name_property or ""])
    return f"{one(entity)} {number_of(entity, obj)}"


def status_of(entity: str, obj: dict[str, Any], today: str) -> str:
    """The one word that says how an object stands; "" where there is nothing to say."""
    if obj.get("status") == "Deleted":
        return "Deleted"
    if obj.get("Active") is False:
        return "Inactive"
    if str(obj.get("PrivateNote", "")).startswith("Voided") and not obj.get("TotalAmt"):
        return "Voided"
    say = _STATUSES.get(entity)
    return say(obj, today) if say else ""


def _owed(obj: dict[str, Any], today: str) -> str:
    if not obj.get("Balance"):
        return "Paid"
    return "Overdue" if str(obj.get("DueDate", "9")) < today else "Open"


_STATUSES: dict[str, Callable[[dict[str, Any], str], str]] = {
    "Invoice": _owed,
    "Bill": _owed,
    "PurchaseOrder": lambda obj, _: str(obj.get("POStatus") or ""),
    "Estimate": lambda obj, _: str(obj.get("TxnStatus") or ""),
    "Payment": lambda obj, _: "Unapplied" if obj.get("UnappliedAmt") else "Applied",
    "CreditMemo": lambda obj, _: "Open" if obj.get("RemainingCredit") else "Used",
}
