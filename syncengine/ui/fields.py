"""What people call QuickBooks' fields and kinds of object: no name out of its interface reaches a page, but in a payload."""

from __future__ import annotations

import re
from collections.abc import Mapping

from syncengine.queries.said import spaced

#: Names whose own words say little, or not what QuickBooks' pages say; all others are told by their words.
_WORDS: Mapping[str, str] = {
    "*": "The whole record",
    "APAccountRef": "Payables account",
    "AcctNum": "Account number",
    "BillAddr": "Billing address",
    "BillEmail": "Billing e-mail",
    "CountrySubDivisionCode": "State or province",
    "CustomField": "Custom field",
    "CustomerMemo": "Message to the customer",
    "DayOfMonthDue": "Due on day of the month",
    "DepartmentRef": "Location",
    "DepositToAccountRef": "Deposit to",
    "DetailType": "Kind",
    "DiscountDays": "Discount days",
    "DisplayName": "Name",
    "DocNumber": "Number",
    "DueNextMonthDays": "Due next month if within days",
    "Entity": "Customer or vendor",
    "EntityRef": "Customer or vendor",
    "FamilyName": "Last name",
    "GivenName": "First name",
    "Job": "Is a sub-customer",
    "Line": "Lines",
    "Line1": "Street",
    "Line2": "Street, second line",
    "LinkedTxn": "Linked to",
    "ParentRef": "Sub of",
    "PaymentMethodRef": "Payment method",
    "PaymentRefNum": "Reference number",
    "POStatus": "Purchase order status",
    "PostingType": "Debit or credit",
    "PrimaryEmailAddr": "E-mail",
    "PrimaryPhone": "Phone",
    "PrivateNote": "Memo",
    "PurchaseDesc": "Description on purchases",
    "Qty": "Quantity",
    "ResaleNum": "Resale number",
    "SalesTermRef": "Terms",
    "ShipAddr": "Shipping address",
    "Sku": "SKU",
    "SubItem": "Is a sub-item",
    "TaxExemptionReasonId": "Reason for tax exemption",
    "TermRef": "Terms",
    "TotalAmt": "Total",
    "TrackingNum": "Tracking number",
    "TxnDate": "Date",
    "TxnStatus": "Status",
    "UnitPrice": "Price",
    "WebAddr": "Website",
}
#: Leaves that only wrap the value of what they stand under.
_WRAPPERS = frozenset({"Address", "FreeFormNumber", "URI", "value", "name"})
#: What holds the fields of a line: it says nothing to people.
_DETAIL = re.compile(r"^\w+LineDetail$")


#: One of several lines, counted from 1, and what differs in it.
_NUMBERED = re.compile(r"(?P<name>\w+)\[(?P<number>\d+)\]\.(?P<rest>.+)")


def field(path: str) -> str:
    """A QuickBooks path as people say it.

    >>> field("PrimaryEmailAddr.Address"), field("BillAddr.City"), field("SalesTermRef"), field("Line"), field("CustomField.2")
    ('E-mail', 'Billing address: city', 'Terms', 'Lines', 'Custom field 2')
    >>> field("SalesItemLineDetail.ItemRef"), field("CustomerRef"), field("LinkedTxn.Estimate")
    ('Item', 'Customer', 'Linked to: estimate')
    >>> field("Line[1].Amount")
    'Line 1: amount'
    """
    if numbered := _NUMBERED.fullmatch(path):
        detail = field(numbered["rest"])
        return f"{_word(numbered['name']).removesuffix('s')} {numbered['number']}: {detail[:1].lower()}{detail[1:]}"
    parts = [part for part in path.split(".") if not _DETAIL.match(part)] or [path]
    kept = [part for place, part in enumerate(parts) if place == 0 or part not in _WRAPPERS]
    head, *rest = (_word(part) for part in kept)
    if not rest:
        return head
    told = " ".join(each if each.isupper() else each[:1].lower() + each[1:] for each in rest)
    return f"{head} {told}" if told.isdigit() else f"{head}: {told}"


def _word(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    return spaced(name.removesuffix("Ref"))


#: What a conflict's error says, with its fields as QuickBooks' interface names them.
_CLASH = re.compile(r"Both sides changed (?P<fields>\S.*) since the last sync\.(?P<rest>.*)", re.DOTALL)
#: An error of one value: the field's name before what is wrong with it.
_OF_FIELD = re.compile(r"(?P<field>[A-Za-z][A-Za-z ]*): (?P<says>[A-Z].*)", re.DOTALL)


def cause(text: str) -> str:
    """What is wrong, as people say it: QuickBooks' fields in words, and no field named twice.

    >>> cause("Both sides changed PrimaryEmailAddr.Address, Notes since the last sync.")
    'Both sides changed e-mail, notes since the last sync.'
    >>> cause("cash account: There is no cash account for this receipt."), cause("terms: No such entry.")
    ('There is no cash account for this receipt.', 'Terms: No such entry.')
    >>> cause("Line: It has lines of a kind that the inventory side has no place for.")
    'It has lines of a kind that the inventory side has no place for.'
    """
    if clash := _CLASH.fullmatch(text):
        said = ", ".join(field(path).lower() for path in clash["fields"].split(", "))
        return f"Both sides changed {said} since the last sync.{clash['rest']}"
    if (found := _OF_FIELD.fullmatch(text)) and found["field"].lower() in found["says"].lower():
        return found["says"]
    return text[:1].upper() + text[1:]


#: Names of two words at the head of what rows are called, such as "JournalEntry ADJ-7".
_JOINED = re.compile(r"^(?:[A-Z][a-z]+){2,}(?= )")


def named(text: str) -> str:
    """A record's name as the plan says it, with its kind in words.

    >>> named("JournalEntry ADJ-7"), named("Customer McDonald"), named("Item O'Neill SuperGlue")
    ('Journal entry ADJ-7', 'Customer McDonald', "Item O'Neill SuperGlue")
    """
    return _JOINED.sub(lambda found: spaced(found.group()), text)
