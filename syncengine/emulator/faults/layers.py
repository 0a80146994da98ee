"""What is answered before the business layer is reached, in shapes of its own."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

#: The throttle's text (two blanks are QuickBooks' own).
THROTTLE = ("message=ThrottleExceeded; errorCode=003001; statusCode=429", "The request limit was reached.  Try again later")


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
