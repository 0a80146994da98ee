"""What the detail of a line of each kind consists of (schema)."""

from __future__ import annotations

_ITEM = (
    "ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef InventorySiteRef "
    "TaxCodeRef TaxClassificationRef"
)
#: DetailType -> the properties of its detail, in the order in which they are shown: what a detail adds to an item's comes first.
_TEXTS = {
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
#: DetailType -> its properties in the order in which they are shown.
DETAILS: dict[str, tuple[str, ...]] = {name: tuple(names.split()) for name, names in _TEXTS.items()}
