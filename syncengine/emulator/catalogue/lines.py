"""The lines of transactions: one record with a detail of its own for each DetailType."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.catalogue.kinds import Inner, Kind, Money, Several, Text, Visit, choice, ref
from syncengine.emulator.catalogue.properties import kinds
from syncengine.emulator.catalogue.records import ANY, TAX_LINE_DETAIL
from syncengine.emulator.details import DETAILS

_ENTITY = Inner(
    "JournalEntryEntity", {"Type": choice("Customer Vendor Employee"), "EntityRef": ref("Customer", "Vendor", "Employee")}
)


class _Nested:
    """The lines inside a bundle; they are lines like all others."""

    def check(self, value: Any, path: str, visit: Visit) -> Any:
        """The lines, each checked."""
        return LINES.check(value, path, visit)


_OTHERS = "ItemReceiptLineDetail PurchaseOrderItemLineDetail SalesOrderItemLineDetail"
_CHANGES: dict[str, dict[str, Kind]] = {
    "JournalEntryLineDetail": {"Entity": _ENTITY, "TaxApplicableOn": choice("Sales Purchase")},
    "DepositLineDetail": {"Entity": ref("Customer", "Vendor", "Employee"), "TaxApplicableOn": choice("Sales Purchase")},
    "GroupLineDetail": {"Line": _Nested()},
    "ItemAdjustmentLineDetail": {"SalesPrice": Money()},
}
LINE = Inner(
    "Line",
    {
        **kinds(
            "Id LineNum Description Amount Received LinkedTxn DetailType CustomField LineEx ProjectRef CostAmount "
            "HomeCostAmount CustomExtensions"
        ),
        "DetailType": choice(
            " ".join(
                [
                    *(name for name in DETAILS if name != "DescriptionLineDetail"),
                    *("DescriptionOnly", "TaxLineDetail"),
                    *_OTHERS.split(),
                ]
            )
        ),
        "Id": Text(30),
        **{name: Inner(name, kinds(" ".join(names), _CHANGES.get(name))) for name, names in DETAILS.items()},
        "TaxLineDetail": TAX_LINE_DETAIL,
        **dict.fromkeys(_OTHERS.split(), ANY),
    },
)
LINES = Several(LINE)

#: What every transaction knows.
TRANSACTION = (
    "DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote TxnStatus LinkedTxn Line TxnTaxDetail TxnSource "
    "TaxFormType TaxFormNum TransactionLocationType Tag TxnApprovalInfo RecurDataRef RecurringInfo ProjectRef TotalCostAmount "
    "HomeTotalCostAmount"
)
