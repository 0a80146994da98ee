"""The lines of transactions: one record with a detail of its own for each DetailType."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.catalogue.kinds import Inner, Kind, Money, Several, Text, Visit, choice, ref
from syncengine.emulator.catalogue.properties import kinds
from syncengine.emulator.catalogue.records import ANY, TAX_LINE_DETAIL

_ITEM = (
    "ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef InventorySiteRef "
    "TaxCodeRef TaxClassificationRef"
)
_ENTITY = Inner(
    "JournalEntryEntity", {"Type": choice("Customer Vendor Employee"), "EntityRef": ref("Customer", "Vendor", "Employee")}
)


class _Nested:
    """The lines inside a bundle; they are lines like all others."""

    def check(self, value: Any, path: str, visit: Visit) -> Any:
        """The lines, each checked."""
        return LINES.check(value, path, visit)


#: DetailType -> the properties of its detail, in the order in which they are shown: what a detail adds to an item's comes first.
_DETAILS = {
    "SalesItemLineDetail": f"ServiceDate TaxInclusiveAmt DiscountRate DiscountAmt DeferredRevenue {_ITEM} SalesItemLineDetailEx",
    "SubTotalLineDetail": f"ServiceDate {_ITEM} SubtotalLineDetailEx",
    "DiscountLineDetail": (
        "DiscountRef PercentBased DiscountPercent DiscountAccountRef ServiceDate ClassRef TaxCodeRef DiscountLineDetailEx"
    ),
    "GroupLineDetail": "GroupItemRef Quantity UOMRef ServiceDate Line GroupLineDetailEx",
    "DescriptionLineDetail": "ServiceDate TaxCodeRef DescriptionLineDetailEx",
    "AccountBasedExpenseLineDetail": (
        "CustomerRef AccountRef BillableStatus ClassRef MarkupInfo TaxAmount TaxCodeRef TaxInclusiveAmt ExpenseDetailLineDetailEx"
    ),
    "ItemBasedExpenseLineDetail": f"CustomerRef BillableStatus TaxInclusiveAmt {_ITEM} ItemBasedExpenseLineDetailEx",
    "JournalEntryLineDetail": (
        "PostingType Entity AccountRef ClassRef DepartmentRef TaxCodeRef TaxRateRef TaxApplicableOn TaxAmount TaxInclusiveAmt "
        "BillableStatus JournalCodeRef JournalEntryLineDetailEx"
    ),
    "DepositLineDetail": (
        "AccountRef ClassRef Entity PaymentMethodRef CheckNum TxnType TaxCodeRef TaxApplicableOn DepositLineDetailEx"
    ),
    "ReimburseLineDetail": f"{_ITEM} ReimburseLineDetailEx",
    "ItemAdjustmentLineDetail": "ItemRef ClassRef QtyDiff SalesPrice InventorySiteRef ItemAdjustmentLineDetailEx",
    "PaymentLineDetail": "ItemRef ServiceDate ClassRef Balance Discount PaymentLineEx",
    "TDSLineDetail": "TDSSectionTypeId TDSAccountRef TDSLineDetailEx",
}
_OTHERS = "ItemReceiptLineDetail PurchaseOrderItemLineDetail SalesOrderItemLineDetail"
_CHANGES: dict[str, dict[str, Kind]] = {
    "JournalEntryLineDetail": {"Entity": _ENTITY, "TaxApplicableOn": choice("Sales Purchase")},
    "DepositLineDetail": {"Entity": ref("Customer", "Vendor", "Employee"), "TaxApplicableOn": choice("Sales Purchase")},
    "GroupLineDetail": {"Line": _Nested()},
    "ItemAdjustmentLineDetail": {"SalesPrice": Money()},
}
#: DetailType -> its properties in the order in which they are shown.
DETAIL_ORDERS = {name: tuple(names.split()) for name, names in _DETAILS.items()}

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
                    *(name for name in _DETAILS if name != "DescriptionLineDetail"),
                    *("DescriptionOnly", "TaxLineDetail"),
                    *_OTHERS.split(),
                ]
            )
        ),
        "Id": Text(30),
        **{name: Inner(name, kinds(names, _CHANGES.get(name))) for name, names in _DETAILS.items()},
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
