"""The shapes of trouble: the answers of gateway, proxy and throttle, and what each injected fault makes of a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from syncengine.emulator import answers, faults, moments, spoils, wire
from syncengine.emulator.http import ConnectionDropped, Response
from syncengine.emulator.mischief import Fault

_HTML_503 = (
    b"<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
    b"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_HTML_502 = _HTML_503.replace(b"503 Service Temporarily Unavailable", b"502 Bad Gateway")
_HTML_504 = _HTML_503.replace(b"503 Service Temporarily Unavailable", b"504 Gateway Time-out")


class Shapes:
    """Answers that do not come from the business layer, at one moment and in one time zone.

    Args:
        now: the moment.
        zone: the time zone that their times are shown in.
        form: `json` or `xml`, for faults of the business layer.
        gateway_in_xml: whether the gateway answers in XML too.
    """

    def __init__(self, now: datetime, zone: str, form: str = "json", *, gateway_in_xml: bool = False) -> None:
        self._now = now
        self._zone = zone
        self._form = form
        self._gateway_in_xml = gateway_in_xml

    @property
    def _time(self) -> str:
        return moments.millisecond(self._now, self._zone)

    def in_xml(self) -> Shapes:
        """The same answers in XML."""
        return Shapes(self._now, self._zone, "xml", gateway_in_xml=True)

    def _gateway(self, status: int, message: str, detail: str, code: str, type_: str) -> Response:
        if self._gateway_in_xml:
            return self._xml(status, code, message, detail, type_)
        body = faults.gateway_body(message, detail, code, type_, int(self._now.timestamp() * 1000))
        return Response(status, {"Content-Type": "application/json"}, json.dumps(body, separators=(",", ":")).encode())

    def _xml(self, status: int, code: str, message: str, detail: str, type_: str) -> Response:
        body = faults.xml_body(code, message, detail, type_, self._time)
        return Response(status, {"Content-Type": "application/xml"}, body.encode())

    def business(self, refusal: faults.Refusal, status: int | None = None) -> Response:
        """A Fault of the business layer."""
        return answers.fault({"Fault": refusal.fault(), "time": self._time}, status or refusal.status, self._form)

    def unauthorized(self, detail: str) -> Response:
        """401 of the gateway: JSON with a lower-case `fault`, XML for who did not ask for JSON."""
        message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
        response = self._gateway(401, message, detail, "3200", "AUTHENTICATION")
        headers = {**response.headers, "WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
        return Response(401, headers, response.body)

    def forbidden(self) -> Response:
        """403/3100 of the gateway."""
        message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
        return self._gateway(403, message, "The application is not authorized to access the company.", "3100", "SERVICE")

    def wrong_cluster(self) -> Response:
        """401 of the back end, in XML whatever was asked for."""
        return self._xml(
            401,
            "130",
            "Accessing Wrong Cluster",
            "Please ensure that the request is sent to the correct cluster.",
            "AuthenticationFault",
        )

    def throttled(self, form: str, status: int = 429) -> Response:
        """The throttle: XML even where JSON was asked for, unless `form` says json or html."""
        message, detail = faults.THROTTLE
        message = message.replace("429", str(status))
        if form == "json":
            body = {
                "Fault": {"Error": [{"Message": message, "Detail": detail, "code": "3001", "element": None}], "type": "SERVICE"},
                "time": self._time,
            }
            return Response(status, {"Content-Type": "application/json"}, wire.dumps(body).encode())
        if form == "html":
            return Response(status, {"Content-Type": "text/html"}, b"<html><body><h1>429 Too Many Requests</h1></body></html>")
        return self._xml(status, "3001", message, detail, "SERVICE")


def timed_out() -> Response:
    """The proxy's answer to a request that took too long."""
    return Response(504, {"Content-Type": "text/html"}, _HTML_504)


def held_up(fault: Fault) -> float:
    """Seconds by which a fault delays the request before it takes effect."""
    return _seconds(fault) if fault.kind == "slow_before" else 0.0


def late(fault: Fault) -> float:
    """Seconds by which a fault delays the answer."""
    return _seconds(fault) if fault.kind == "slow" else 0.0


def _seconds(fault: Fault) -> float:
    return max(0.0, float(fault.options.get("seconds", 1)))


def before(fault: Fault, shapes: Shapes) -> Response | None:
    """The answer of a fault that keeps the request from taking effect; None where the request goes on.

    Raises:
        ConnectionDropped: the connection breaks first.
    """
    kind, options = fault.kind, fault.options
    if kind == "drop_before_commit":
        raise ConnectionDropped
    if kind in {"throttle_429", "throttle_403"}:
        return shapes.throttled(str(options.get("body", "xml")), int(kind[-3:]))
    if options.get("body") == "xml":
        shapes = shapes.in_xml()
    shape = _BEFORE.get(kind)
    if shape is not None:
        return shape(shapes)
    refusal = _refusal(kind, options)
    return shapes.business(refusal, 200 if kind == "fault_in_200" else None) if refusal else None


_BEFORE: dict[str, Callable[[Shapes], Response]] = {
    "unavailable_503": lambda _: Response(503, {"Content-Type": "text/html"}, _HTML_503),
    "bad_gateway_502": lambda _: Response(502, {"Content-Type": "text/html"}, _HTML_502),
    "gateway_504": lambda _: Response(504),
    "expired_401": lambda shapes: shapes.unauthorized("Token expired: AB01"),
    "forbidden_403": Shapes.forbidden,
    "wrong_cluster_130": Shapes.wrong_cluster,
}


def _refusal(kind: str, options: Mapping[str, Any]) -> faults.Refusal | None:
    if kind == "refuse":
        message = "A business validation error has occurred while processing your request"
        code, shown, detail = options.get("code", "6000"), options.get("message", message), options.get("detail", "")
        return faults.Refusal(str(code), str(shown), str(detail))
    refusal = _REFUSALS.get(kind)
    return refusal() if refusal else None


_REFUSALS: dict[str, Callable[[], faults.Refusal]] = {
    "system_500": faults.system_failure,
    "access_lost_120": faults.access_lost,
    "subscription_6190": faults.subscription_ended,
    "company_reset_10200": lambda: faults.Refusal("10200", "Company has been reset", "The company data was reset."),
    "fault_in_200": lambda: faults.business("Something went wrong that is told in a body of HTTP 200."),
    "feature_5030": lambda: faults.feature("This feature is not included in the company's subscription."),
    "stale": faults.stale,
}


def after(fault: Fault, response: Response, shapes: Shapes) -> Response:
    """What a fault makes of an answer that is complete.

    Raises:
        ConnectionDropped: the answer is lost, or cut in two.
    """
    kind = fault.kind
    if kind == "commit_then_drop":
        raise ConnectionDropped
    if kind in {"truncated", "chunk_cut"}:
        raise ConnectionDropped(response, chunked=kind == "chunk_cut")
    replacement = _instead(kind, shapes)
    if replacement is not None:
        return Response(replacement.status, {**response.headers, **replacement.headers}, replacement.body)
    if kind == "slow_body":
        return replace(response, drip_seconds=_seconds(fault))
    if kind == "duplicate_headers":
        return replace(response, more_headers=tuple((name, response.headers[name]) for name in ("Content-Type", "intuit_tid")))
    return spoils.spoilt(fault, response) if response.status == 200 else response


def _instead(kind: str, shapes: Shapes) -> Response | None:
    if kind == "commit_then_401":
        return shapes.unauthorized("Token expired: AB01")
    if kind == "commit_then_500":
        return shapes.business(faults.system_failure())
    if kind == "commit_then_503":
        return Response(503, {"Content-Type": "text/html"}, _HTML_503)
    if kind == "commit_then_504":
        return Response(504, {"Content-Type": "text/html"}, _HTML_504)
    return None


def spoil_batch(fault: Fault | None, body: bytes) -> bytes:
    """The body of a batch in which one item has become one that QuickBooks refuses."""
    if fault is None or fault.kind != "batch_item_fault":
        return body
    try:
        request = wire.loads(body)
        item = request["BatchItemRequest"][int(fault.options.get("item", 0))]
    except (ValueError, KeyError, IndexError, TypeError):
        return body
    item["operation"] = "refused by the emulator"
    return wire.dumps(request).encode()
