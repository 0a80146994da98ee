"""What inventory rows have in common: their key and company, addresses, contacts, and how a line is laid out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, func, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from syncengine.db.types import LooseBool, LooseDecimal, Utc

#: The table arguments of a document's lines.
LINES: Final = ({"sqlite_autoincrement": True},)


def flag(*, on: bool) -> Any:
    """A column of yes and no that says `on` where nobody says anything."""
    return mapped_column(LooseBool(), default=on, server_default=true() if on else false())


def reference(table: str) -> Any:
    return mapped_column(ForeignKey(f"{table}.id"), index=True)


class Row:
    """What each inventory row has: an id that is never used again, its company, the moment it was made."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(Utc, server_default=func.current_timestamp(), sort_order=99)

    @declared_attr
    def company_id(cls) -> Mapped[int]:  # noqa: N805 -- declared_attr hands the class over
        """The company that the row belongs to; 1 where a program does not say."""
        return mapped_column(ForeignKey("company.id"), server_default="1", sort_order=-1)


class BillAddress:
    bill_line1: Mapped[str | None]
    bill_line2: Mapped[str | None]
    bill_city: Mapped[str | None]
    bill_region: Mapped[str | None]
    bill_postal_code: Mapped[str | None]
    bill_country: Mapped[str | None]


class ShipAddress:
    ship_line1: Mapped[str | None]
    ship_line2: Mapped[str | None]
    ship_city: Mapped[str | None]
    ship_region: Mapped[str | None]
    ship_postal_code: Mapped[str | None]
    ship_country: Mapped[str | None]


class Contact:
    company_name: Mapped[str | None]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    fax: Mapped[str | None]
    website: Mapped[str | None]
    notes: Mapped[str | None]

    @declared_attr
    def term_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The terms that new documents take."""
        return mapped_column(ForeignKey("term.id"), index=True)


def named(table: str, key: str = "code", label: str = "name") -> tuple[Any, ...]:
    """The table arguments of a named record: its own key once per company, and found by name; documents newest first, too."""
    found = [Index(f"ix_{table}_company_id_{label}", "company_id", label)]
    if label == "txn_date":
        found.append(Index(f"ix_{table}_company_id_id", "company_id", "id"))
    return (UniqueConstraint("company_id", key), *found, {"sqlite_autoincrement": True})


class Custom:
    """The three custom fields that QuickBooks' sales and purchase forms have; `custom_field` says what they are called."""

    custom1: Mapped[str | None]
    custom2: Mapped[str | None]
    custom3: Mapped[str | None]


class Foreign:
    """The currency of a document, a code such as EUR, and its rate: home currency for one unit of it. None means home."""

    currency: Mapped[str | None]
    exchange_rate: Mapped[Decimal | None] = mapped_column(LooseDecimal())


class CostLine(Row):
    """A line valued at cost: without `amount` it is worth quantity x unit_cost, to the cent."""

    line_no: Mapped[int | None]
    description: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    unit_cost: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())

    @declared_attr
    def item_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The item."""
        return mapped_column(ForeignKey("item.id"), index=True)

    @declared_attr
    def class_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The class."""
        return mapped_column(ForeignKey("class.id"), index=True)


class SalesLine(Row):
    """A line of a sale; without `amount` it is worth quantity x unit_price x (1 - discount), to the cent."""

    line_no: Mapped[int | None]
    description: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    unit_price: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    #: A fraction, 0 to 1.
    discount: Mapped[Decimal | None] = mapped_column(LooseDecimal(), default=Decimal(0), server_default="0")
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    #: Nothing here: as the item says.
    taxable: Mapped[bool | None] = mapped_column(LooseBool())

    @declared_attr
    def item_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The item."""
        return mapped_column(ForeignKey("item.id"), index=True)

    @declared_attr
    def class_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The class."""
        return mapped_column(ForeignKey("class.id"), index=True)
