"""Refusals of operations, requests and queries: codes below 2000, 4000 to 5030, and 10000."""

from __future__ import annotations

from syncengine.emulator.faults.refusal import Refusal
from syncengine.emulator.faults.values import INACTIVE


def access_lost() -> Refusal:
    """120 on HTTP 401: the person who connected has lost access to the company."""
    detail = ": -11014-You do not have access to use QuickBooks Online Plus."
    return Refusal("120", "Authorization Failure", detail, status=401, type_="AuthorizationFault")


def bad_utf8() -> Refusal:
    """500 on HTTP 400: the body is not UTF-8."""
    detail = "com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: Invalid byte 1 of 1-byte UTF-8 sequence"
    return Refusal("500", "Unsupported Operation", f"Operation {detail} is not supported.")


def operation_not_supported(operation: str) -> Refusal:
    """500 on HTTP 400: the entity knows no such operation."""
    return Refusal("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def not_found(*, deleted: bool = False) -> Refusal:
    """610: the id never existed, was deleted, or names something inactive."""
    tail = "Another user has deleted this transaction." if deleted else INACTIVE
    return Refusal("610", "Object Not Found", f"Object Not Found : {tail}")


def duplicate_request_id() -> Refusal:
    """600: the requestid was used with other content (only when the switch says so)."""
    return Refusal("600", "Duplicate Request Id", "Duplicate Request Id : This request id was used for another request.")


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


def permission_denied() -> Refusal:
    """5020: who connected may not do that (400, not 403)."""
    return Refusal(
        "5020", "Permission Denied Error", "Permission Denied Error : You don't have permissions to access this feature."
    )


def cannot_link(type_: str, id_: str) -> Refusal:
    """620: the transaction exists, but cannot be linked."""
    return Refusal("620", "Txn ID Cannot Be Linked", f"The Txn ID you're trying to use can't be linked : {type_} {id_}")


def duplicate_object(what: str) -> Refusal:
    """630: there is such an object already."""
    return Refusal("630", "Duplicate Object", f"Duplicate Object : {what}")


def invalid_parent(id_: str) -> Refusal:
    """700: what is named as the parent cannot be one."""
    return Refusal("700", "Parent Reference Invalid", f"The parent isn't a valid reference : {id_}", "ParentRef")


def own_parent() -> Refusal:
    """900: an object below itself."""
    return Refusal("900", "Parent cannot be child", "The same object can't be the parent or child of itself.", "ParentRef")


def dependencies(what: str) -> Refusal:
    """800: something else stands on it."""
    return Refusal("800", "Cannot delete object", f"The object can't be deleted due to existing dependencies : {what}")


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
