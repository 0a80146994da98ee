"""Which changes of which entities QuickBooks tells of: the 108 types `qbo.<entity>.<operation>.v1` of the developer portal."""

from __future__ import annotations

#: Operation of a type -> what the older form calls it.
LEGACY = {
    "created": "Create",
    "updated": "Update",
    "deleted": "Delete",
    "merged": "Merge",
    "void": "Void",
    "emailed": "Emailed",
}

_ROWS: tuple[tuple[str, str], ...] = (
    ("Account Customer Vendor Employee Item Class", "created updated deleted merged"),
    ("Department PaymentMethod", "created updated merged"),
    ("Term TaxAgency Budget JournalCode", "created updated"),
    ("Preferences", "updated"),
    ("Bill VendorCredit JournalEntry Deposit TimeActivity CompanyCurrency Currency ChangeOrder", "created updated deleted"),
    ("BillPayment Purchase Transfer", "created updated deleted void"),
    ("Invoice CreditMemo Payment SalesReceipt RefundReceipt", "created updated deleted void emailed"),
    ("Estimate PurchaseOrder", "created updated deleted emailed"),
)

#: Entity -> the operations that it is told of. What is not here (TaxCode, TaxRate, CompanyInfo, ExchangeRate...) has to be polled.
MATRIX: dict[str, tuple[str, ...]] = {
    entity: tuple(operations.split()) for entities, operations in _ROWS for entity in entities.split()
}


def type_of(entity: str, operation: str) -> str:
    """The type of an event, `qbo.salesreceipt.void.v1`."""
    return f"qbo.{entity.lower()}.{operation}.v1"


#: Type -> (entity, operation).
TYPES: dict[str, tuple[str, str]] = {
    type_of(entity, operation): (entity, operation) for entity, operations in MATRIX.items() for operation in operations
}
_BY_LOWER = {entity.lower(): entity for entity in MATRIX}


def told(entity: str, operation: str) -> str | None:
    """The operation as which a change is told; None where it is not.

    Where the portal has no such type (a void of something that it only knows as updated) it is told as an update. What was
    deleted cannot be: it is not told then.
    """
    known = MATRIX.get(entity, ())
    if operation in known:
        return operation
    return "updated" if operation != "deleted" and "updated" in known else None


def wanted(words: list[str]) -> tuple[str, ...]:
    """The types that a subscription names: whole types, or entities for all of theirs.

    Raises:
        ValueError: there is no such type or entity.
    """
    types: dict[str, None] = {}
    for word in words:
        text = word.lower().replace(".voided.", ".void.")
        entity = _BY_LOWER.get(text)
        if entity is not None:
            types.update(dict.fromkeys(type_of(entity, operation) for operation in MATRIX[entity]))
        elif text in TYPES:
            types[text] = None
        else:
            raise ValueError(f"there is no webhook {word!r}; there are types as qbo.invoice.created.v1, and: {', '.join(MATRIX)}")
    return tuple(types)
