"""QuickBooks' refusals: the texts of the business layer, byte for byte, and the shapes that each layer wraps them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

_INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees."
)


class Refusal(Exception):  # noqa: N818 -- QuickBooks refuses; the emulator has not failed
    """One refusal by the business layer: HTTP 400 unless said otherwise, with one or more errors of one type.

    Attributes:
        errors: dicts with Message, Detail, code and, where QuickBooks names the culprit, element.
        status: the HTTP status.
        type: `ValidationFault`, `SystemFault`, `Service`...
        timed: whether the envelope carries `time` (2030 was recorded without).
    """

    def __init__(
        self, code: str, message: str, detail: str, element: str | None = None, *, status: int = 400, type_: str = "ValidationFault"
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code = code
        self.status = status
        self.type = type_
        self.timed = code != "2030"
        error = {"Message": message, "Detail": detail, "code": code}
        if element is not None:
            error["element"] = element
        self.errors = [error]

    def fault(self) -> dict[str, Any]:
        """The value of the `Fault` property."""
        return {"Error": self.errors, "type": self.type}

    def item_fault(self) -> dict[str, Any]:
        """The same as an item of a batch carries it: each error has an `element`, empty where nothing is named."""
        return {"Error": [{**error, "element": error.get("element", "")} for error in self.errors], "type": self.type}


def unsupported_operation(target: str, realm: str) -> Refusal:
    """500 on HTTP 400: no such path. `target` is what follows `/v3/company/{realm}`."""
    relative = f"/v3/company/{realm}{target}"
    host = "https://c50.sandbox.qbo.intuit.com/qbo50"
    detail = f"Operation Could not find resource for relative : {relative} of full path: {host}{relative} is not supported."
    return Refusal("500", "Unsupported Operation", detail)


def bad_utf8() -> Refusal:
    """500 on HTTP 400: the body is not UTF-8."""
    detail = "com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: Invalid byte 1 of 1-byte UTF-8 sequence"
    return Refusal("500", "Unsupported Operation", f"Operation {detail} is not supported.")


def operation_not_supported(operation: str) -> Refusal:
    """500 on HTTP 400: the entity knows no such operation."""
    return Refusal("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def not_found(*, deleted: bool = False) -> Refusal:
    """610: the id never existed, was deleted, or names something inactive."""
    tail = "Another user has deleted this transaction." if deleted else _INACTIVE
    return Refusal("610", "Object Not Found", f"Object Not Found : {tail}")


def unknown_property(name: str, java_class: str, known: Iterable[str]) -> Refusal:
    """2010: `name` is no property of the object; `java_class` is `Invoice`, `Line`..."""
    names = list(known)
    listing = ", ".join(f'"{each}"' for each in names[:20])
    if len(names) > 20:
        listing += ", ... [truncated]"
    detail = (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{java_class}), '
        f"not marked as ignorable ({len(names)} known properties: {listing}])\n specified is unsupported or invalid"
    )
    return Refusal("2010", "Request has invalid or unsupported property", detail)


def unreadable(what: str) -> Refusal:
    """2010: the body is no JSON, or a value has the wrong JSON type (`Can not instanti`)."""
    detail = f"Property Name:{what} specified is unsupported or invalid"
    return Refusal("2010", "Request has invalid or unsupported property", detail)


def wrong_type() -> Refusal:
    """2010 for a value whose JSON type does not fit; QuickBooks cuts its own text short."""
    return unreadable("Can not instanti")


def required(name: str, element: str | None = None) -> Refusal:
    """2020: a required property is missing."""
    message = "Required param missing, need to supply the required value for the API"
    return Refusal("2020", message, f"Required parameter {name} is missing in the request", element or name)


def inventory_account_required() -> Refusal:
    """2020 for an inventory item without its asset account."""
    message = "Required param missing, need to supply the required value for the API"
    detail = (
        "Required parameter is missing in the request. An inventory assetaccount is required if you are tracking "
        "inventory quantities for this product."
    )
    return Refusal("2020", message, detail, "AssetAccountRef")


def invalid_id(value: str) -> Refusal:
    """2030: an Id that is no whole number."""
    return Refusal("2030", "Invalid ID", f"Id should be a valid number. Supplied value:{value}", "Id")


def invalid_characters(element: str, characters: str) -> Refusal:
    """2040: a name holds a character that it must not."""
    detail = f"Property Name:{element} specified has invalid characters. Characters not allowed: {characters}"
    return Refusal("2040", "Invalid String. The string has invalid characters", detail, element)


def length(element: str, low: int, high: int, supplied: int) -> Refusal:
    """2050: a text is too short or too long."""
    detail = (
        f"String length specified does not match the supported length. Min:{low} Max:{high} supported. Supplied length:{supplied}"
    )
    return Refusal("2050", "String length is either shorter or longer than supported", detail, element)


def invalid_date(element: str, value: str) -> Refusal:
    """2060: no date in the form yyyy-mm-dd."""
    return Refusal("2060", "Invalid Date Format", f"Date format used is incorrect. Supplied value:{value}", element)


def invalid_number(element: str, value: str) -> Refusal:
    """2090: no number."""
    return Refusal("2090", "Invalid Number", f"Number specified is not valid. Supplied value:{value}", element)


def request_id_format(supplied: int, high: int) -> Refusal:
    """2130: a requestid or bId that is too long."""
    return Refusal("2130", "Invalid Request Id Format", f"Request Id length should not exceed {high}. Supplied length:{supplied}")


def duplicate_request_id() -> Refusal:
    """600: the requestid was used with other content (only when the switch says so)."""
    return Refusal("600", "Duplicate Request Id", "Duplicate Request Id : This request id was used for another request.")


def enumeration(value: str, element: str | None = None) -> Refusal:
    """2170: no value of the enumeration."""
    return Refusal("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element)


def email(element: str, value: str) -> Refusal:
    """2210: an address without `@` or `.`."""
    detail = f"Email Address does not conform to the RFC 822 format. Supplied value:{value}"
    return Refusal("2210", "Invalid Email Address format", detail, element)


def no_lines() -> Refusal:
    """2250: a transaction without a line that counts."""
    detail = "There should be at least one split line to save the transaction."
    return Refusal("2250", "Required param missing, need to supply the required value for the API", detail, "Line")


def posting_type() -> Refusal:
    """2260: a journal line without PostingType."""
    detail = "PostingType is required for each journal entry line."
    return Refusal("2260", "Required param missing, need to supply the required value for the API", detail, "Line.PostingType")


def negative_amount() -> Refusal:
    """2290: a line whose amount must not be negative."""
    return Refusal(
        "2290", "Amount cannot be negative", "Line amounts must be positive or zero. Supplied amount is negative.", "Line.Amount"
    )


def unbalanced() -> Refusal:
    """2300: debits and credits of a journal entry differ."""
    return Refusal("2300", "Amount on debits not equal to credits", "Please balance your debits and credits.")


def invalid_reference(tail: str, element: str | None = None) -> Refusal:
    """2500 with one of its tails."""
    return Refusal("2500", "Invalid Reference Id", f"Invalid Reference Id : {tail}", element)


def inactive_reference() -> Refusal:
    """2500 for a reference to something inactive (the other wording is 610)."""
    return invalid_reference(_INACTIVE)


def stale(user: str = "root", entity: str = "") -> Refusal:
    """5010: the SyncToken is not the object's. A newer text names the entity."""
    tail = f" Entity={entity}" if entity else ""
    detail = (
        f"Stale Object Error : You and {user} were working on this at the same time. "
        f"{user} finished before you did, so your work was not saved.{tail}"
    )
    return Refusal("5010", "Stale Object Error", detail)


def feature(what: str) -> Refusal:
    """5030: the subscription or the settings do not offer it."""
    return Refusal("5030", "Feature Not Supported Error", f"Feature Not Supported Error : {what}")


def business(text: str) -> Refusal:
    """6000 with free text."""
    message = "A business validation error has occurred while processing your request"
    return Refusal("6000", message, f"Business Validation Error: {text}")


def account_type_needed() -> Refusal:
    """6010: neither AccountType nor AccountSubType."""
    detail = "Either AccountType or AccountSubType is required to create an account."
    return Refusal("6010", "Account Type or Account Sub Type is required", detail, "AccountType")


def amount_mismatch() -> Refusal:
    """6070: Amount is not Qty times UnitPrice."""
    detail = "Amount calculation incorrect in the request. Amount is not equal to UnitPrice * Qty. Supplied value:"
    return Refusal("6070", "Amount is not equal to UnitPrice * Qty", detail)


def line_tax_code(value: str) -> Refusal:
    """6100: a line's tax code in the US is TAX or NON."""
    return Refusal(
        "6100", "Invalid Line TaxCode", f"Invalid Line TaxCode : {value}. Supported values are TAX and NON.", "Line.TaxCodeRef"
    )


def before_inventory_start() -> Refusal:
    """6270: the date is before the item's stock began."""
    detail = "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product"
    return Refusal("6270", "Transaction date is prior to start date for inventory item", detail)


def incomplete_discount() -> Refusal:
    """6090: a discount without its percentage or amount."""
    return Refusal(
        "6090", "Discount line is incomplete", "A discount line needs a percentage or an amount.", "Line.DiscountLineDetail"
    )


def missing_link(txn_type: str, txn_id: str) -> Refusal:
    """6000: the transaction to be linked does not exist."""
    return business(f"The entity {txn_type} {txn_id} that you are trying to link does not exist. {txn_type} {txn_id}")


def no_name() -> Refusal:
    """6080: a customer, vendor or employee without any name."""
    detail = "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix is required."
    return Refusal("6080", "Name is required", detail, "DisplayName")


def duplicate_document_number(number: str, txn_type: str, txn_id: str) -> Refusal:
    """6140: the number is taken by `txn_type` `txn_id`."""
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={txn_type} with TxnId={txn_id}"
    )
    return Refusal("6140", "Duplicate Document Number Error", detail)


def parent_required(flag: str) -> Refusal:
    """6150: the flag says sub, but no parent is named."""
    return Refusal("6150", "ParentRef is required", f"ParentRef is required when {flag} is true.", "ParentRef")


def too_deep() -> Refusal:
    """6180: more than five levels."""
    return Refusal("6180", "Subaccount level limit exceeded", "You cannot have more than 5 levels in the hierarchy.", "ParentRef")


def billable_customer() -> Refusal:
    """6310: a billable line without a customer."""
    return Refusal(
        "6310", "Customer is required for billable items", "If the line is billable, the customer must be specified.", "CustomerRef"
    )


def own_parent() -> Refusal:
    """900: an object below itself."""
    return Refusal("900", "Object cannot be its own parent or child", "An object cannot be its own parent or child.", "ParentRef")


def dependencies(what: str) -> Refusal:
    """800: something else stands on it."""
    return Refusal("800", "Cannot delete object, dependencies exist", f"Cannot delete object, dependencies exist : {what}")


def closed_books(*, password: bool) -> Refusal:
    """6200, or 6210 where the closing date has a password."""
    detail = (
        "The account period has closed and the account books cannot be updated through the QBO Services API. "
        "Please use the QBO website to make these changes."
    )
    return Refusal("6210" if password else "6200", "Account Period Closed, Cannot Update Through Services API", detail)


def duplicate_name(lead: str = "null") -> Refusal:
    """6240; `lead` is what follows the colon."""
    return Refusal("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {lead}")


def deposited() -> Refusal:
    """6540: the payment or receipt is in a deposit."""
    detail = (
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on "
        "and remove it first."
    )
    return Refusal("6540", "Deposited Transaction cannot be changed", detail)


def subscription_ended() -> Refusal:
    """6190: trial or subscription is over."""
    detail = (
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus "
        "because your trial or subscription period ended."
    )
    return Refusal("6190", "Invalid Company Status", detail)


def batch_too_large(maximum: int, supplied: int) -> Refusal:
    """1040: too many items."""
    detail = f"Batch size exceeds the limit. Maximum batch size is {maximum}. Supplied batch size:{supplied}"
    return Refusal("1040", "Batch size exceeds limit", detail)


def parse_error(detail: str) -> Refusal:
    """4000: the query does not follow the grammar."""
    return Refusal("4000", "Error parsing query", detail)


def invalid_query(detail: str) -> Refusal:
    """4001: the query names something that does not exist or may not be asked."""
    return Refusal("4001", "Invalid query", detail)


def cdc_too_old(date: str, code: str) -> Refusal:
    """The 30 days of change data capture are exceeded; the text is known, its code is not."""
    detail = f"Operation cdc with changedSince date {date} which is older than fixed days is not supported."
    return Refusal(code, "Unsupported Operation", detail)


def system_failure(status: int = 500) -> Refusal:
    """10000: QuickBooks itself is out of order."""
    message = "An application error has occurred while processing your request"
    detail = "System Failure Error: Error occurred while processing your request"
    return Refusal("10000", message, detail, status=status, type_="SystemFault")


# What follows is answered before the business layer is reached, in shapes of its own.


def gateway_body(message: str, detail: str, code: str, type_: str, epoch_ms: int) -> dict[str, Any]:
    """The gateway's JSON: lower-case `fault`, and epoch milliseconds for `time`."""
    return {
        "warnings": None, "intuitObject": None,
        "fault": {"error": [{"message": message, "detail": detail, "code": code, "element": None}], "type": type_},
        "report": None, "queryResponse": None, "batchItemResponse": [], "attachableResponse": [], "syncErrorResponse": None,
        "requestId": None, "time": epoch_ms, "status": None, "cdcresponse": [],
    }  # fmt: skip


def xml_body(code: str, message: str, detail: str, type_: str, time: str) -> str:
    """The XML that some layers answer with even when JSON was asked for."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time="{time}" xmlns="http://schema.intuit.com/finance/v3"><Fault type="{type_}"><Error code="{code}">'
        f"<Message>{escape(message)}</Message><Detail>{escape(detail)}</Detail></Error></Fault></IntuitResponse>"
    )


#: The throttle's text (two blanks are QuickBooks' own).
THROTTLE = ("message=ThrottleExceeded; errorCode=003001; statusCode=429", "The request limit was reached.  Try again later")
