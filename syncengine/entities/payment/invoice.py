"""The deposit of an invoice, paid with its order, flows as a payment on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.entities._applied import AppliedTo, amount
from syncengine.entities._currency import foreign
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Record, References, number
from syncengine.entities._links import AccountName, Reference
from syncengine.entities._posted import Source, account
from syncengine.entities._sales import customer
from syncengine.terms import Direction


@dataclass(frozen=True)
class DepositAccount(AccountName):
    """Where the deposit lies: the liability that was credited for the order, or the deposit asset where nothing was.

    Where the order has a deposit, or payments on it, their entries have brought the money in already, so that this payment
    only moves it from the liability to the receivable.
    """

    def put(self, record: Record, refs: References) -> Any:
        """The Id of the account."""
        setting = "deposit_liability_account" if _came_with_the_order(record, refs) else "deposit_asset_account"
        return refs.account(account(refs, setting, of="this deposit"), setting)


def _came_with_the_order(record: Record, refs: References) -> bool:
    """Whether anything is owed to the customer for the order that the invoice is of."""
    order_id = record.get("sales_order_id")
    if not isinstance(order_id, int):
        return False
    order = refs.look("sales_order", order_id) or {}
    return (number(order.get("deposit")) or 0) > 0 or refs.paid_on_order(order_id) > 0


@dataclass(frozen=True)
class OrderMethod(Reference):
    """How the deposit was paid: as the order says."""

    def put(self, record: Record, refs: References) -> Any:
        """The twin of the order's payment method; none without an order."""
        order_id = record.get("sales_order_id")
        order = refs.look("sales_order", order_id) if isinstance(order_id, int) else None
        method = (order or {}).get("payment_method_id")
        return refs.twin(self.refers_to, method) if isinstance(method, int) else None


def _has_deposit(record: Record) -> bool:
    deposit = record.get("deposit")
    return deposit is not None and (not hasattr(deposit, "is_zero") or not deposit.is_zero())


def _wanted(record: Record, _refs: References) -> bool:
    return _has_deposit(record)


def _all_of_it(record: Record, _refs: References) -> Iterator[Mapping[str, Any]]:
    yield {"id": 1, "invoice_id": record["id"], "amount": record.get("deposit")}


ENTITY = Entity(
    name="Payment",
    kind="invoice",
    direction=Direction.PUSH,
    natural_key="PaymentRefNum",
    document=True,
    fields=(
        customer(),
        amount("deposit"),
        Day("TxnDate", "txn_date"),
        OrderMethod("PaymentMethodRef", "", one_way=True, refers_to="PaymentMethod"),
        DepositAccount("DepositToAccountRef", "", one_way=True),
        *foreign(),
        Source("PrivateNote", "", longest=3980, one_way=True, title="Deposit on invoice"),
    ),
    lines=AppliedTo(build=_all_of_it),
    wanted=_wanted,
    posts="Debit the deposit liability account, or the deposit asset account where no deposit or payment came with an order; "
    "credit accounts receivable.",
)
