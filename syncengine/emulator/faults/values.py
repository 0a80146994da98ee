"""Refusals of what was sent, value by value: codes 2000 to 3000."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from syncengine.emulator.faults.refusal import Refusal

#: The text for something that was made inactive.
INACTIVE = (
    "Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees."
)


def unreadable(what: str = "failed to parse json object; a property") -> Refusal:
    """2010: the body is no JSON, or a value has the wrong JSON type (`Can not instanti`).

    The sentence without particulars is the one of newer answers, for values that do not fit too (reported in issue 376 of
    QuickBooks-V3-DotNET-SDK, July 2026).
    """
    detail = f"Property Name:{what} specified is unsupported or invalid"
    return Refusal("2010", "Request has invalid or unsupported property", detail)


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


def wrong_type() -> Refusal:
    """2010 for a value whose JSON type does not fit; QuickBooks cuts its own text short."""
    return unreadable("Can not instanti")


def worded(refusal: Refusal, switches: Mapping[str, Any]) -> Refusal:
    """`refusal` in the words of the switch `property_text`: a 2010 names what does not fit, or says no more than that."""
    return unreadable() if refusal.code == "2010" and switches["property_text"] == "plain" else refusal


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


def object_name(name: str) -> Refusal:
    """2000: there is no such object."""
    return Refusal("2000", "Invalid or unsupported object name", f"Object Name:{name} specified is unsupported or invalid")


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


def date_format(element: str, value: str) -> Refusal:
    """2060: no date in the form yyyy-mm-dd."""
    return Refusal("2060", "Invalid Date Format", f"Date format used is incorrect. Supplied value:{value}", element)


def invalid_date(element: str, value: str) -> Refusal:
    """2070: a day that the calendar does not have."""
    return Refusal("2070", "Invalid Date", f"The date must be a valid value. Supplied value:{value}", element)


def number_format(element: str, value: str) -> Refusal:
    """2080: a text that is no number."""
    return Refusal("2080", "Invalid Number Format", f"The number format supplied is not valid. Supplied value:{value}", element)


def invalid_number(element: str, value: str) -> Refusal:
    """2090: a number beyond all bounds."""
    return Refusal("2090", "Invalid Number", f"Number specified is not valid. Supplied value:{value}", element)


def decimal_format(element: str, value: str) -> Refusal:
    """2100: a text that is no amount."""
    return Refusal("2100", "Invalid Decimal Format", f"The decimal format is not valid. Supplied value:{value}", element)


def invalid_decimal(element: str, value: str) -> Refusal:
    """2110: an amount beyond all bounds."""
    return Refusal("2110", "Invalid Decimal", f"The decimal specified is not valid. Supplied value:{value}", element)


def invalid_type(element: str, value: str) -> Refusal:
    """2120: an object of a kind that does not go here."""
    return Refusal("2120", "Invalid Type", f"Invalid type specified. Supplied value:{value}", element)


def invalid_amount(element: str, value: str) -> Refusal:
    """2140: an amount of more than eleven digits."""
    return Refusal("2140", "Invalid Amount", f"Amount specified is not valid. Supplied value:{value}", element)


def invalid_percent(element: str, value: str) -> Refusal:
    """2150: a percentage outside of 0 to 100."""
    return Refusal("2150", "Invalid Percent", f"Percent specified is not valid. Supplied value:{value}", element)


def invalid_quantity(element: str, value: str) -> Refusal:
    """2160: a quantity that cannot be."""
    return Refusal("2160", "Invalid Quantity", f"Quantity specified is not valid. Supplied value:{value}", element)


def date_range(element: str, value: str) -> Refusal:
    """2190: an end before its beginning."""
    return Refusal("2190", "Invalid Date Range", f"The date range is not valid. Supplied value:{value}", element)


def web_address(element: str, value: str) -> Refusal:
    """2200: no address on the web."""
    return Refusal(
        "2200",
        "Malformed Website Address Format",
        f"Website Address does not conform to the format. Supplied value:{value}",
        element,
    )


def currency(element: str, value: str) -> Refusal:
    """2220: no currency, or not one of the company's."""
    return Refusal("2220", "Invalid Currency Type", f"Currency type specified is not valid. Supplied value:{value}", element)


def invalid_boolean(element: str, value: str) -> Refusal:
    """2230: a text that is neither true nor false."""
    return Refusal("2230", "Invalid Boolean", f"Boolean value specified is not valid. Supplied value:{value}", element)


def number_range(element: str, value: str) -> Refusal:
    """2240: a number outside of the property's range."""
    return Refusal("2240", "Invalid Number Range", f"Number is not within the valid range. Supplied value:{value}", element)


def request_id_format(supplied: int, high: int) -> Refusal:
    """2130: a requestid or bId that is too long."""
    return Refusal("2130", "Invalid Request Id Format", f"Request Id length should not exceed {high}. Supplied length:{supplied}")


def enumeration(value: str, element: str | None = None) -> Refusal:
    """2170: no value of the enumeration."""
    return Refusal("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element)


def email(element: str, value: str) -> Refusal:
    """2210: an address without `@` or `.`."""
    detail = f"Email Address does not conform to the RFC 822 format. Supplied value:{value}"
    return Refusal("2210", "Invalid Email Address format", detail, element)


def no_lines() -> Refusal:
    """2250: a transaction without a line that counts."""
    return Refusal("2250", "Missing lines", "You must enter at least one split line.", "Line")


def posting_type() -> Refusal:
    """2260: a journal line without PostingType."""
    return Refusal(
        "2260", "MissingPostingType", "A posting type is required. Valid values are Credit or Debit.", "Line.PostingType"
    )


def tax_applicable_on() -> Refusal:
    """2270: a line with a tax code does not say whether sales or purchases are taxed."""
    detail = "TaxApplicableOn is required when a TaxCodeRef is applied. Valid values are Sales or Purchase."
    return Refusal("2270", "MissingTaxApplicableOn", detail, "Line.TaxApplicableOn")


def tax_amount() -> Refusal:
    """2280: a line with a tax code has no amount of tax."""
    return Refusal("2280", "MissingTaxAmount", "A tax amount is required with TaxCodeRef applied.", "Line.TaxAmount")


def negative_amount() -> Refusal:
    """2290: a line whose amount must not be negative."""
    return Refusal("2290", "NegativeAmount", "Negative amounts are not supported on transaction lines.", "Line.Amount")


def unbalanced() -> Refusal:
    """2300: debits and credits of a journal entry differ."""
    return Refusal("2300", "Amount on debits not equal to credits", "Please balance your debits and credits.")


def invalid_reference(tail: str, element: str | None = None) -> Refusal:
    """2500 with one of its tails."""
    return Refusal("2500", "Invalid Reference Id", f"Invalid Reference Id : {tail}", element)


def inactive_reference() -> Refusal:
    """2500 for a reference to something inactive (the other wording is 610)."""
    return invalid_reference(INACTIVE)


def conflict(first: str, second: str) -> Refusal:
    """2600: two properties that exclude each other."""
    detail = f"Conflicting elements found in the request : {first}, {second}"
    return Refusal("2600", "Invalid Request Conflict Element in Request", detail, first)


def custom_field(definition: str) -> Refusal:
    """3000: the company has no such custom field on this form."""
    return Refusal("3000", "Invalid Custom Field", f"Invalid Custom Field : {definition}", "CustomField.DefinitionId")
