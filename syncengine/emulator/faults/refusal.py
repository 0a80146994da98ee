"""What a refusal is: one fault of the business layer with its HTTP status."""

from __future__ import annotations

from typing import Any


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
