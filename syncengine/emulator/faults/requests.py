"""Refusals of requests that reach no entity (500 on HTTP 400): no such path or method, a body or answer of the wrong kind."""

from __future__ import annotations

from syncengine.emulator.faults.general import operation_not_supported
from syncengine.emulator.faults.refusal import Refusal


def unsupported_operation(path: str, query: str = "") -> Refusal:
    """No such path. The full path repeats the query string, the relative one does not (reported 2018)."""
    full = f"https://c50.sandbox.qbo.intuit.com/qbo50{path}" + (f"?{query}" if query else "")
    return operation_not_supported(f"Could not find resource for relative : {path} of full path: {full}")


def no_method(method: str) -> Refusal:
    """The path exists, but not with this method (the text is that of QuickBooks' framework, RESTEasy)."""
    if method == "OPTIONS":
        return operation_not_supported("No resource method found for options, return OK with Allow header")
    return operation_not_supported(f"No resource method found for {method}, return 405 with Allow header")


def content_type() -> Refusal:
    """The body is of a kind that the operation does not read (reported 2017 and 2023)."""
    return operation_not_supported("Cannot consume content type")


def no_accepted_form() -> Refusal:
    """The request takes neither JSON nor XML."""
    return operation_not_supported("No match for accept header")


def unreadable_xml(line: int, column: int, reason: str) -> Refusal:
    """The body says that it is XML and is none."""
    where = f"org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {reason}"
    return operation_not_supported(f"javax.xml.bind.UnmarshalException - with linked exception: [{where}]")
