"""Faults: QuickBooks' refusals, read from every shape in which they arrive and sorted by what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree as ET

from syncengine.quickbooks import wire

#: As much of an unreadable body as helps support; an HTML page of a proxy is not worth more.
_RAW_MAX = 4000
#: What gives a secret away when an answer quotes it: the gateway the start of the token that it refuses ("Token expired:
#: AB01..."), a proxy the request's header, an XML page of a file store the signature of an address.
_ECHOES = re.compile(
    r"""(?ix) ( \btoken\s+\w+:\s* ) [\w.\-]{4,}
      | ( \b(?:bearer|basic)\s+ | \b(?:access_|refresh_|id_)?token["']?\s*[:=]\s*["']?
        | \b(?:client_secret|x-amz-[a-z-]+|signature|awsaccesskeyid)["']?=["']? ) [\w.\-~+/%]{16,}=*"""
)


@dataclass(frozen=True)
class FaultDetail:
    """One row of a fault.

    Attributes:
        code: QuickBooks' number as text ("6240"), "" where the answer carried none.
        message: the short text, fixed for each code more or less.
        detail: the long text; what the user should read.
        element: the property that is meant, where QuickBooks says so.
    """

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""


@dataclass(frozen=True)
class Fault:
    """What QuickBooks said instead of doing what it was asked.

    Attributes:
        http_status: status of the answer; 200 for an item of a batch.
        type: `ValidationFault`, `AuthenticationFault`, `SystemFault`, `SERVICE`..., "" where there was none.
        errors: the rows, never empty.
        tid: `intuit_tid`, the number that Intuit's support asks for.
        raw: the answer's text, cut at 4,000 characters, tokens taken out.
    """

    http_status: int
    type: str
    errors: tuple[FaultDetail, ...]
    tid: str = ""
    raw: str = field(default="", repr=False)

    @property
    def code(self) -> str:
        """The first row's code."""
        return self.errors[0].code

    def __str__(self) -> str:
        first = self.errors[0]
        words = ": ".join(part for part in (first.message, first.detail) if part)
        return f"{first.code or f'HTTP {self.http_status}'} {words}".strip()


class FaultError(Exception):
    """QuickBooks refused one request: nothing was written, and asking again unchanged would change nothing."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class FaultClass(StrEnum):
    """What a fault means to whoever has to react; in order of precedence where a fault holds several rows."""

    #: Too much, too fast: nobody sends for a while; no record is to blame.
    THROTTLE = "throttle"
    #: The access token is not accepted: renew it, then repeat under the same requestid.
    TOKEN = "token"  # noqa: S105 -- a word, no secret
    #: The whole connection is refused: stop, keep the queue, ask a person.
    ACCESS = "access"
    #: QuickBooks is out of order: whether a write took effect is unknown.
    TRANSIENT = "transient"
    #: The books are closed at that date.
    CLOSED = "closed"
    #: The object was changed since it was read.
    STALE = "stale"
    #: Something that the record refers to is missing, inactive, or does not fit.
    REFERENCE = "reference"
    #: A name, a document number or a requestid is taken.
    DUPLICATE = "duplicate"
    #: The company's plan, or the user's rights, lack this kind of record.
    FEATURE = "feature"
    #: The record's own data is not acceptable.
    VALIDATION = "validation"
    #: A rule of the books forbids it as they stand: 6000 in its own words, a transaction that is deposited, settled, in use.
    BUSINESS = "business"
    #: None of the above.
    UNKNOWN = "unknown"


_BY_CODE: dict[str, FaultClass] = {
    **dict.fromkeys(("3001",), FaultClass.THROTTLE),
    **dict.fromkeys(("100", "110", "3200", "3202"), FaultClass.TOKEN),
    **dict.fromkeys(("120", "130", "140", "3100", "6190", "10200"), FaultClass.ACCESS),
    **dict.fromkeys(("150", "10000"), FaultClass.TRANSIENT),
    **dict.fromkeys(("6200", "6210"), FaultClass.CLOSED),
    **dict.fromkeys(("5010",), FaultClass.STALE),
    **dict.fromkeys(("610", "620", "700", "900", "2500", "6250", "6560"), FaultClass.REFERENCE),
    **dict.fromkeys(("600", "630", "6140", "6240"), FaultClass.DUPLICATE),
    **dict.fromkeys(("5020", "5030"), FaultClass.FEATURE),
    **dict.fromkeys(("800", "6000", "6110", "6120", "6130", "6220", "6280", "6400", "6450", "6480", "6540"), FaultClass.BUSINESS),
}
#: Texts that outrank the code, since one code stands for many things (6000) or was seen with another's meaning (5010).
_BY_TEXT: tuple[tuple[frozenset[str], str, FaultClass], ...] = (
    (frozenset({"5010", "6000"}), "period has closed", FaultClass.CLOSED),
    (frozenset({"5010", "6000"}), "period closed", FaultClass.CLOSED),
    (frozenset({"5010", "6000"}), "books are closed", FaultClass.CLOSED),
    (frozenset({"5010", "6000"}), "closing date", FaultClass.CLOSED),
    (frozenset({"6000"}), "been made inactive", FaultClass.REFERENCE),
    (frozenset({"6000"}), "does not exist", FaultClass.REFERENCE),
    (frozenset({"6000"}), "number has already been used", FaultClass.DUPLICATE),
    (frozenset({"6000"}), "name supplied already exists", FaultClass.DUPLICATE),
)


def classify(fault: Fault) -> FaultClass:
    """What `fault` means, by code and message; the strongest meaning where it holds several rows."""
    order = list(FaultClass)
    return min((_classify_row(fault, row) for row in fault.errors), key=order.index)


def _classify_row(fault: Fault, row: FaultDetail) -> FaultClass:
    if fault.http_status == 429 or "throttleexceeded" in row.message.lower():
        return FaultClass.THROTTLE
    # An outage was once announced as 120, "no access": whatever comes with a 5xx says nothing about the record.
    if fault.http_status >= 500 or fault.http_status == 408:
        return FaultClass.TRANSIENT
    words = f"{row.message} {row.detail}".lower()
    for codes, phrase, meaning in _BY_TEXT:
        if row.code in codes and phrase in words:
            return meaning
    return _BY_CODE.get(row.code) or _by_range(fault, row)


def _by_range(fault: Fault, row: FaultDetail) -> FaultClass:
    number = int(row.code) if row.code.isascii() and row.code.isdigit() else 0
    if number in {500, 5000} or 1000 <= number < 3200 or 4000 <= number < 4003 or 6000 <= number < 7000:
        return FaultClass.VALIDATION
    if fault.http_status == 401:
        return FaultClass.TOKEN
    if fault.http_status == 403:
        return FaultClass.ACCESS
    return _by_type(fault)


def _by_type(fault: Fault) -> FaultClass:
    kind = fault.type.lower()
    if kind == "systemfault":
        return FaultClass.TRANSIENT
    return FaultClass.VALIDATION if kind == "validationfault" else FaultClass.UNKNOWN


def parse(status: int, body: bytes, *, tid: str = "") -> Fault:
    """The fault in an answer with an error status; never raises, whatever the body is.

    Understands `Fault` and `fault` with their capitalised and lower-case rows, XML, HTML, plain text and nothing.
    """
    text = body.decode("utf-8-sig", errors="replace")
    return _from_json(status, text, tid) or _from_xml(status, text, tid) or _from_text(status, text, tid)


def hidden(status: int, body: bytes, *, tid: str = "") -> Fault | None:
    """The fault that a body holds in spite of a success status, if it holds one."""
    text = body.decode("utf-8-sig", errors="replace")
    return _from_json(status, text, tid) or _from_xml(status, text, tid)


def from_document(document: Any, *, status: int, tid: str = "", raw: str = "") -> Fault | None:
    """The fault in a parsed document (a whole answer, or one item of a batch), or None where it holds none."""
    fault = _member(document, "fault")
    if not isinstance(fault, Mapping):
        return None
    rows = _member(fault, "error")
    found = [row for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, Mapping)]
    details = tuple(_detail(row) for row in found) or (FaultDetail("", "Fault without a reason"),)
    return Fault(status, _text(_member(fault, "type")), details, tid, scrub(raw)[:_RAW_MAX])


def scrub(text: str) -> str:
    """`text` without the tokens that QuickBooks quotes when it refuses them."""
    return _ECHOES.sub(r"\1\2(hidden)", text)


def without(fault: Fault, secrets: tuple[str, ...]) -> Fault:
    """`fault` without `secrets`, wherever the answer quotes them."""
    if not any(secret and secret in f"{fault.raw}{fault.type}{fault.errors}" for secret in secrets):
        return fault

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "(hidden)") if secret else text
        return text

    rows = (FaultDetail(*(clean(part) for part in (row.code, row.message, row.detail, row.element))) for row in fault.errors)
    return replace(fault, type=clean(fault.type), errors=tuple(rows), raw=clean(fault.raw))


def _detail(row: Mapping[str, Any]) -> FaultDetail:
    code, message, detail, element = (_text(_member(row, name)) for name in ("code", "message", "detail", "element"))
    return FaultDetail(_code(code, message), scrub(message), scrub(detail), element)


def _code(code: str, message: str) -> str:
    # The gateway sometimes gives its number in the message alone: "...; errorCode=003200; statusCode=401".
    if not code:
        found = re.search(r"errorCode=(\d+)", message)
        code = found[1] if found else ""
    return code.lstrip("0") or code


def _member(mapping: Any, name: str) -> Any:
    """The value under `name`, whatever its case; None where there is none."""
    if not isinstance(mapping, Mapping):
        return None
    return next((value for key, value in mapping.items() if str(key).lower() == name), None)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _from_json(status: int, text: str, tid: str) -> Fault | None:
    try:
        document = wire.loads(text)
    except ValueError:
        return None
    return from_document(document, status=status, tid=tid, raw=text)


def _from_xml(status: int, text: str, tid: str) -> Fault | None:
    # A document type is the only way to make a small XML text large, and QuickBooks never sends one.
    if "<" not in text or "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        return None
    try:
        root = ET.fromstring(text.strip().encode())  # noqa: S314 -- document types are refused above
    except (ET.ParseError, ValueError, LookupError):  # the last two: an encoding that the parser does not know
        return None
    fault = next((node for node in root.iter() if _local(node) == "fault"), None)
    if fault is None:
        return None
    rows = [{**node.attrib, **{_local(child): child.text for child in node}} for node in fault if _local(node) == "error"]
    return from_document({"fault": {"type": fault.get("type"), "error": rows}}, status=status, tid=tid, raw=text)


def _local(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2].lower()


def _from_text(status: int, text: str, tid: str) -> Fault:
    without_markup = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text[:_RAW_MAX])
    words = scrub(" ".join(without_markup.split()))[:300]
    row = FaultDetail("", f"HTTP {status} without a fault", words or "The answer was empty.")
    return Fault(status, "", (row,), tid, scrub(text)[:_RAW_MAX])
