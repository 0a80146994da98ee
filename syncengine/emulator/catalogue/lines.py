"""The lines of transactions: one record with a detail of its own for each DetailType."""

from __future__ import annotations

from syncengine.emulator.catalogue.kinds import Inner, Kind, Several, Text, choice, ref
from syncengine.emulator.catalogue.properties import ANY, kinds

_ITEM = (
    "ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef InventorySiteRef "
    "TaxCodeRef TaxClassificationRef"
)
_ENTITY = Inner(
    "JournalEntryEntity", {"Type": choice("Customer Vendor Employee"), "EntityRef": ref("Customer", "Vendor", "Employee")}
)

_DETAILS = {
    "SalesItemLineDetail": f"{_ITEM} ServiceDate TaxInclusiveAmt DiscountRate DiscountAmt DeferredRevenue SalesItemLineDetailEx",
    "SubTotalLineDetail": f"{_ITEM} ServiceDate SubtotalLineDetailEx",
    "DiscountLineDetail": (
        "DiscountRef PercentBased DiscountPercent DiscountAccountRef ServiceDate ClassRef TaxCodeRef DiscountLineDetailEx"
    ),
    "GroupLineDetail": "GroupItemRef Quantity UOMRef ServiceDate Line GroupLineDetailEx",
    "DescriptionLineDetail": "ServiceDate TaxCodeRef DescriptionLineDetailEx",
    "AccountBasedExpenseLineDetail": (
        "CustomerRef ClassRef AccountRef BillableStatus MarkupInfo TaxAmount TaxCodeRef TaxInclusiveAmt ExpenseDetailLineDetailEx"
    ),
    "ItemBasedExpenseLineDetail": f"{_ITEM} CustomerRef BillableStatus TaxInclusiveAmt ItemBasedExpenseLineDetailEx",
    "JournalEntryLineDetail": (
        "PostingType Entity AccountRef ClassRef DepartmentRef TaxCodeRef TaxRateRef TaxApplicableOn TaxAmount TaxInclusiveAmt "
        "BillableStatus JournalCodeRef JournalEntryLineDetailEx"
    ),
    "DepositLineDetail": (
        "Entity ClassRef AccountRef PaymentMethodRef CheckNum TxnType TaxCodeRef TaxApplicableOn DepositLineDetailEx"
    ),
}
_OTHERS = (
    "PaymentLineDetail TaxLineDetail ReimburseLineDetail ItemAdjustmentLineDetail ItemReceiptLineDetail "
    "PurchaseOrderItemLineDetail SalesOrderItemLineDetail TDSLineDetail"
)
_CHANGES: dict[str, dict[str, Kind]] = {
    "JournalEntryLineDetail": {"Entity": _ENTITY},
    "DepositLineDetail": {"Entity": ref("Customer", "Vendor", "Employee")},
    "GroupLineDetail": {"Line": Several(ANY)},
}

LINE = Inner(
    "Line",
    {
        **kinds(
            "Id LineNum Description Amount Received LinkedTxn DetailType CustomField LineEx ProjectRef CostAmount "
            "HomeCostAmount CustomExtensions"
        ),
        "DetailType": choice(
            " ".join([*(name for name in _DETAILS if name != "DescriptionLineDetail"), "DescriptionOnly", *_OTHERS.split()])
        ),
        "Id": Text(30),
        **{name: Inner(name, kinds(names, _CHANGES.get(name))) for name, names in _DETAILS.items()},
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
