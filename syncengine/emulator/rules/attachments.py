"""Rules of Attachable: what it may be attached to, and what QuickBooks says about an uploaded file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.faults import Refusal
from syncengine.emulator.rules.draft import Draft

#: What may have attachments (Attachable reference: transactions and items; names, as its own examples attach to a vendor).
TARGETS = {
    name.lower(): name
    for name in (
        "Bill", "BillPayment", "CreditCardPayment", "CreditMemo", "Customer", "Deposit", "Employee", "Estimate",
        "InventoryAdjustment", "Invoice", "Item", "JournalEntry", "Payment", "Purchase", "PurchaseOrder", "RefundReceipt",
        "SalesReceipt", "TimeActivity", "Transfer", "Vendor", "VendorCredit",
    )
}  # fmt: skip
#: File name's end -> content types, of the files that QuickBooks takes (Attachable reference).
_APPROVED = {
    "ai": "application/postscript", "csv": "text/csv", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "eps": "application/postscript",
    "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpg", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf", "png": "image/png", "rtf": "text/rtf", "tif": "image/tif", "tiff": "image/tiff", "txt": "text/plain",
    "xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}  # fmt: skip
_TYPES = frozenset(_APPROVED.values()) | {"application/vnd/ms-excel", "application/xml", "application/rtf"}
_PICTURES = frozenset({"image/gif", "image/jpeg", "image/jpg", "image/png", "image/tif", "image/tiff"})


def invalid_file() -> Refusal:
    """6041: no file, an empty one, or one of a kind that QuickBooks does not take."""
    return Refusal("6041", "Invalid Uploaded File", "The uploaded file is not valid.")


def unsupported(type_: str) -> Refusal:
    """6050: nothing can be attached to such an entity."""
    detail = f"The entity reference type {type_} is unsupported for Attachable"
    return Refusal("6050", "The entity reference type is unsupported for Attachable", detail, "AttachableRef.EntityRef")


def approved(name: str, content_type: str) -> bool:
    """Whether QuickBooks takes such a file; either its name or its content type says what it is."""
    return PurePosixPath(name.lower()).suffix.removeprefix(".") in _APPROVED or content_type.lower() in _TYPES


def with_file(obj: dict[str, Any], realm: str, size: int) -> dict[str, Any]:
    """The object with what QuickBooks says about its file; the temporary addresses are made for each answer anew."""
    shown = {**obj, "FileAccessUri": f"/v3/company/{realm}/download/{obj['Id']}", "Size": size}
    if str(obj.get("ContentType")).lower() in _PICTURES:
        shown["ThumbnailFileAccessUri"] = f"/v3/company/{realm}/attachable-thumbnail/{obj['Id']}"
    return shown


def attachable(draft: Draft) -> None:
    """Attachable: a file or a note, attached to what exists and can have attachments."""
    if not (draft.obj.get("FileName") or draft.obj.get("Note")):
        raise faults.required("FileName")
    references = draft.obj.get("AttachableRef")
    if references is None:
        return
    kept = [wire.clone(reference) for reference in references]
    for reference in kept:
        if reference.get("EntityRef"):
            _attach(draft, reference)
    draft.obj["AttachableRef"] = kept


def _attach(draft: Draft, reference: dict[str, Any]) -> None:
    """6050 for what has no attachments, 6000 for what does not exist."""
    to = reference["EntityRef"]
    type_ = str(to.get("type") or "")
    target = TARGETS.get(type_.lower())
    if target is None:
        raise unsupported(type_)
    before = {_key(each) for each in (draft.old or {}).get("AttachableRef", ())}
    # What it is attached to already may have been deleted since; only new targets have to exist.
    if draft.books.known(target, str(to.get("value"))) is None and (target, str(to.get("value"))) not in before:
        raise faults.missing_link(target, str(to.get("value")))
    reference["EntityRef"] = {"value": str(to.get("value")), "type": target}
    reference.setdefault("IncludeOnSend", False)


def _key(reference: dict[str, Any]) -> tuple[str, str]:
    to = reference.get("EntityRef", {})
    return str(to.get("type")), str(to.get("value"))
