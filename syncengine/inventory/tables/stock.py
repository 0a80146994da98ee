"""Stock: what changes its amount or its form without a customer or a vendor."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import LooseDate, LooseDecimal
from syncengine.inventory.tables._rows import LINES, CostLine, Row, named, reference

#: What a line of a process is.
PROCESS_ROLES: Final = ("input", "output")


class Adjustment(Row, Base):
    """Stock found or lost; its lines are in `adjustment_line`."""

    __tablename__ = "adjustment"
    __table_args__ = named("adjustment", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    #: The other side of the entry, an account by its full name; none is the company's adjustment account.
    account: Mapped[str | None]
    department_id: Mapped[int | None] = reference("department")
    private_note: Mapped[str | None]


class AdjustmentLine(CostLine, Base):
    """One line of an adjustment: a quantity above 0 was found, one below 0 was lost; so it is with an amount."""

    __tablename__ = "adjustment_line"
    __table_args__ = LINES

    adjustment_id: Mapped[int] = mapped_column(ForeignKey("adjustment.id", ondelete="CASCADE"), index=True)


class Build(Row, Base):
    """An item that was made of others: worth what its inputs, the lines in `build_line`, cost."""

    __tablename__ = "build"
    __table_args__ = named("build", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    item_id: Mapped[int | None] = reference("item")
    quantity: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    work_center_id: Mapped[int | None] = reference("work_center")
    department_id: Mapped[int | None] = reference("department")
    class_id: Mapped[int | None] = reference("class")
    private_note: Mapped[str | None]


class BuildLine(CostLine, Base):
    """One input of a build."""

    __tablename__ = "build_line"
    __table_args__ = LINES

    build_id: Mapped[int] = mapped_column(ForeignKey("build.id", ondelete="CASCADE"), index=True)


class Process(Row, Base):
    """Items that were turned into others; inputs and outputs are lines in `process_line`."""

    __tablename__ = "process"
    __table_args__ = named("process", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    work_center_id: Mapped[int | None] = reference("work_center")
    department_id: Mapped[int | None] = reference("department")
    private_note: Mapped[str | None]


class ProcessLine(CostLine, Base):
    """One input of a process, or one output; outputs share the value of the inputs by quantity x standard cost."""

    __tablename__ = "process_line"
    __table_args__ = LINES

    process_id: Mapped[int] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    #: One of PROCESS_ROLES.
    role: Mapped[str | None] = mapped_column(default="input", server_default="input")


class Transfer(Row, Base):
    """Goods moved between our own places; nothing is posted but the carrier's bill, where one is named."""

    __tablename__ = "transfer"
    __table_args__ = named("transfer", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    from_location: Mapped[str | None]
    to_location: Mapped[str | None]
    #: The vendor who carried the goods, what that costs in home currency, and the account it is charged to.
    carrier_id: Mapped[int | None] = reference("vendor")
    carrier_charge: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    carrier_account: Mapped[str | None]
    carrier_reference: Mapped[str | None]
    department_id: Mapped[int | None] = reference("department")
    private_note: Mapped[str | None]


class TransferLine(CostLine, Base):
    """One line of a transfer."""

    __tablename__ = "transfer_line"
    __table_args__ = LINES

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id", ondelete="CASCADE"), index=True)
