"""Preferences: the company's settings, group by group (documented)."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record
from syncengine.emulator.catalogue.kinds import Day, Flag, Inner, Kind, Several, Text, choice, ref
from syncengine.emulator.catalogue.records import ANY, CUSTOM_FIELD, EMAIL
from syncengine.emulator.rules import settings


def _group(name: str, flags: str = "", texts: str = "", more: dict[str, Kind] | None = None) -> Inner:
    kinds: dict[str, Kind] = {**dict.fromkeys(flags.split(), Flag()), **dict.fromkeys(texts.split(), Text(4000)), **(more or {})}
    return Inner(name, kinds)


_MONTHS = choice("January February March April May June July August September October November December")
_FIELDS = Several(Inner("CustomFieldDefinition", {"CustomField": Several(CUSTOM_FIELD)}))
_MESSAGE = Inner("EmailMessageType", {"Subject": Text(1000), "Message": Text(4000)})
_PAIRS = Several(Inner("NameValue", {"Name": Text(1000), "Value": Text(4000)}))

GROUPS: dict[str, Kind] = {
    "AccountingInfoPrefs": _group(
        "CompanyAccountingPrefs",
        "UseAccountNumbers TrackDepartments ClassTrackingPerTxn ClassTrackingPerTxnLine",
        "TaxForm CustomerTerminology",
        {
            "FirstMonthOfFiscalYear": _MONTHS,
            "TaxYearMonth": _MONTHS,
            "BookCloseDate": Day(),
            "DepartmentTerminology": choice("Business Department Division Location Property Store Territory"),
        },
    ),
    "AdvancedInventoryPrefs": _group("AdvancedInventoryPrefs", "MLIAvailable MLIEnabled EnhancedInventoryReceivingEnabled"),
    "ProductAndServicesPrefs": _group(
        "ProductAndServicesPrefs",
        "ForSales ForPurchase QuantityWithPriceAndRate QuantityOnHand RevenueRecognitionEnabled RevenueRecognition",
        "RevenueRecognitionFrequency",
    ),
    "SalesFormsPrefs": _group(
        "SalesFormsPrefs",
        "ETransactionPaymentEnabled CustomTxnNumbers AllowDeposit AllowDiscount AllowEstimates AllowShipping AllowServiceDate "
        "IPNSupportEnabled EmailCopyToCompany AutoApplyCredit AutoApplyPayments UsingPriceLevels UsingProgressInvoicing "
        "ETransactionAttachPDF DefaultShippingAccount PrintItemWithZeroAmount",
        "ETransactionEnabledStatus DefaultCustomerMessage DefaultDiscountAccount DefaultDelivery EstimateMessage Title",
        {"CustomField": _FIELDS, "DefaultTerms": ref("Term", named=False), "SalesEmailBcc": EMAIL, "SalesEmailCc": EMAIL},
    ),
    "PrintDocumentPrefs": ANY,
    "EmailMessagesPrefs": _group(
        "EmailMessagesPrefs",
        more=dict.fromkeys(("InvoiceMessage", "EstimateMessage", "SalesReceiptMessage", "StatementMessage"), _MESSAGE),
    ),
    "VendorAndPurchasesPrefs": _group(
        "VendorAndPurchasesPrefs",
        "TrackingByCustomer BillableExpenseTracking TPAREnabled UseCustomTxnNumbers",
        "DefaultMarkup",
        {"POCustomField": _FIELDS, "DefaultTerms": ref("Term", named=False), "DefaultMarkupAccount": ref("Account")},
    ),
    "TimeTrackingPrefs": _group(
        "TimeTrackingPrefs",
        "UseServices BillCustomers ShowBillRateToAll MarkTimeEntriesBillable",
        more={"WorkWeekStartDate": choice("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")},
    ),
    "TaxPrefs": _group(
        "TaxPrefs", "UsingSalesTax PartnerTaxEnabled HideTaxManagement", more={"TaxGroupCodeRef": ref("TaxCode", named=False)}
    ),
    "FinanceChargesPrefs": ANY,
    "CurrencyPrefs": _group("CurrencyPrefs", "MultiCurrencyEnabled", more={"HomeCurrency": ref()}),
    "ReportPrefs": _group("ReportPrefs", "CalcAgingReportFromTxnDate", more={"ReportBasis": choice("Accrual Cash")}),
    "OtherPrefs": _group("OtherPrefs", more={"NameValue": _PAIRS}),
}
PREFERENCES = Entity(
    name="Preferences",
    record=record("Preferences", " ".join(GROUPS), GROUPS),
    sequence="Preferences",
    singleton=True,
    creatable=False,
    cdc=False,
    prepare=settings.preferences,
)

ENTITIES = (PREFERENCES,)
