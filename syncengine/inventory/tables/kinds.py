"""`KINDS`: the register of what inventory records there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table

from syncengine.db.base import Base
from syncengine.inventory.tables import buying, names, selling, stock


@dataclass(frozen=True)
class Kind:
    """What Tieout knows about one kind of record.

    Attributes:
        name: the word used everywhere: in marks, bindings, the command line.
        table: its rows.
        lines: the rows of its lines; None for a record without lines.
        parent: the column of `lines` that names the document.
        key: the inventory program's own key, unique per company where it is not null.
        label: the column that names the record to people.
        references: the columns of `table` that hold ids of other kinds, with the kind each refers to.
        line_references: the same for `lines`.
        captured: whether changes are marked for QuickBooks.
        follows: the column that names the record whose own posting depends on this one; empty where none does.
    """

    name: str
    table: Table
    lines: Table | None = None
    parent: str = ""
    key: str = "code"
    label: str = "name"
    references: Mapping[str, str] = field(default_factory=dict)
    line_references: Mapping[str, str] = field(default_factory=dict)
    captured: bool = True
    follows: str = ""


def _references(table: Table, parent: str = "") -> dict[str, str]:
    """The columns of `table` that refer to other inventory records, read off its foreign keys."""
    found = {key.parent.name: key.column.table.name for key in table.foreign_keys}
    return {column: kind for column, kind in sorted(found.items()) if kind != "company" and column != parent}


def _kind(
    row: type[Base], line_row: type[Base] | None = None, *, key: str = "code", label: str = "name", captured: bool = True,
    follows: str = "",
) -> Kind:  # fmt: skip
    table = row.metadata.tables[row.__tablename__]
    lines = line_row.metadata.tables[line_row.__tablename__] if line_row else None
    parent = f"{table.name}_id" if line_row else ""
    return Kind(
        name=table.name, table=table, lines=lines, parent=parent, key=key, label=label, captured=captured, follows=follows,
        references=_references(table), line_references=_references(lines, parent) if lines is not None else {},
    )  # fmt: skip


def _document(row: type[Base], line_row: type[Base], **more: Any) -> Kind:
    return _kind(row, line_row, key="number", label="number", **more)


#: Every kind of inventory record, each after those it refers to.
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        _kind(names.Term),
        _kind(names.PaymentMethod),
        _kind(names.Class),
        _kind(names.Department),
        _kind(names.CustomField, captured=False),
        _kind(names.Category),
        _kind(names.Item),
        _kind(names.Customer),
        _kind(names.Vendor),
        _kind(names.EmployeeLink, label="worker_name", captured=False),
        _kind(names.WorkCenter, captured=False),
        _document(buying.PurchaseOrder, buying.PurchaseOrderLine),
        _document(buying.ItemReceipt, buying.ItemReceiptLine),
        _document(buying.VendorReturn, buying.VendorReturnLine),
        _document(selling.Estimate, selling.EstimateLine),
        _document(selling.SalesOrder, selling.SalesOrderLine),
        _document(selling.Invoice, selling.InvoiceLine),
        _document(selling.SalesReceipt, selling.SalesReceiptLine),
        _document(selling.Payment, selling.PaymentLine, follows="sales_order_id"),
        _document(selling.Shipment, selling.ShipmentLine),
        _document(selling.CustomerReturn, selling.CustomerReturnLine),
        _document(stock.Adjustment, stock.AdjustmentLine),
        _document(stock.Build, stock.BuildLine),
        _document(stock.Process, stock.ProcessLine),
        _document(stock.Transfer, stock.TransferLine),
    )
}
