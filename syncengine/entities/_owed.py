"""What a vendor is owed: the header that bills and vendor credits share, whatever record posts them."""

from __future__ import annotations

from syncengine.entities._fields import Day, Field, Text
from syncengine.entities._links import AccountName, Reference


def owed(*more: Field, number: str, vendor: str) -> tuple[Field, ...]:
    """Number, vendor, payable account, date and department; `more` stands before the department.

    `number` and `vendor` are the columns of the document's own number and of whom it is owed to.
    """
    return (
        Text("DocNumber", number, longest=21),
        Reference("VendorRef", vendor, refers_to="Vendor", required=True, always=True),
        AccountName("APAccountRef", "", setting="payable_account", required=True, always=True, one_way=True),
        Day("TxnDate", "txn_date", required=True),
        *more,
        Reference("DepartmentRef", "department_id", refers_to="Department", when="departments"),
    )
