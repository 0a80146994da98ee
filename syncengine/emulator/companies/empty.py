"""A new US company: the default chart of accounts, terms, payment methods and tax codes; no names, items or transactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.emulator.companies.build import Builder

#: Name, AccountType, AccountSubType; the names on which setup screens rely come first.
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses"),
    ("Uncategorized Asset", "Other Current Asset", "OtherCurrentAssets"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales", "Income", "OtherPrimaryIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Shipping Income", "Income", "OtherPrimaryIncome"),
    ("Uncategorized Income", "Income", "ServiceFeeIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Freight & delivery - COS", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("Cost of labor - COS", "Cost of Goods Sold", "CostOfLaborCos"),
    ("Purchases", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Owner's Equity", "Equity", "OwnersEquity"),
    ("Mastercard", "Credit Card", "CreditCard"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("Payroll Clearing", "Other Current Liability", "PayrollClearing"),
    ("Notes Payable", "Long Term Liability", "OtherLongTermLiabilities"),
    ("Advertising", "Expense", "AdvertisingPromotional"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Insurance", "Expense", "Insurance"),
    ("Legal & Professional Fees", "Expense", "LegalProfessionalFees"),
    ("Meals and Entertainment", "Expense", "EntertainmentMeals"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Payroll Expenses", "Expense", "PayrollExpenses"),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    ("Repair & Maintenance", "Expense", "RepairMaintenance"),
    ("Shipping and delivery expense", "Expense", "ShippingFreightDelivery"),
    ("Supplies", "Expense", "SuppliesMaterials"),
    ("Travel", "Expense", "Travel"),
    ("Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("Utilities", "Expense", "Utilities"),
    ("Interest Earned", "Other Income", "InterestEarned"),
    ("Depreciation", "Other Expense", "Depreciation"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"),
    ("Discover", "CREDIT_CARD"),
    ("American Express", "CREDIT_CARD"),
    ("Diners Club", "CREDIT_CARD"),
)


def build(builder: Builder) -> None:
    """Fill the books of a new company."""
    settings(builder)
    accounts(builder)
    lists(builder)


def accounts(builder: Builder) -> dict[str, str]:
    """The default chart of accounts; returns name -> id."""
    return {
        name: builder.add("Account", {"Name": name, "AccountType": type_, "AccountSubType": sub}) for name, type_, sub in ACCOUNTS
    }


def lists(builder: Builder, *, pseudo_codes: bool = True) -> None:
    """Terms, payment methods and the tax codes that every US company has."""
    for name, days in TERMS:
        builder.add("Term", {"Name": name, "DueDays": days})
    for name, type_ in METHODS:
        builder.add("PaymentMethod", {"Name": name, "Type": type_})
    for code, taxable in (("TAX", True), ("NON", False), ("CustomSalesTax", True)) if pseudo_codes else ():
        builder.put(
            "TaxCode",
            code,
            {"Name": code, "Description": code, "Active": True, "Taxable": taxable, "TaxGroup": code == "CustomSalesTax"},
        )


@dataclass(frozen=True)
class Land:
    """Where a company is: the country's code, its currency, the company's address."""

    country: str
    currency: str
    address: dict[str, str]


_US = Land(
    "US",
    "USD",
    {
        "Id": "1",
        "Line1": "123 Sierra Way",
        "City": "San Pablo",
        "Country": "USA",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "87999",
    },
)


def settings(
    builder: Builder,
    *,
    custom_numbers: bool = True,
    classes: bool = False,
    departments: bool = False,
    crew: bool = False,
    land: Land = _US,
) -> None:
    """CompanyInfo and Preferences.

    Args:
        builder: writes into the new company.
        custom_numbers: document numbers are given by whoever writes, and not counted up.
        classes: classes are tracked per line.
        departments: locations are tracked.
        crew: sales forms have the custom field "Crew #", purchase orders that and "Sales Rep".
        land: where the company is.
    """
    company, address = builder.books.company, land.address
    builder.put(
        "CompanyInfo",
        "1",
        {
            "CompanyName": company.name,
            "LegalName": company.name,
            "CompanyAddr": address,
            "CustomerCommunicationAddr": address,
            "LegalAddr": address,
            "PrimaryPhone": {},
            "CompanyStartDate": builder.books.today,
            "FiscalYearStartMonth": "January",
            "Country": land.country,
            "Email": {"Address": "books@example.com"},
            "WebAddr": {},
            "SupportedLanguages": "en",
            "DefaultTimeZone": company.zone,
            "NameValue": [
                {"Name": "NeoEnabled", "Value": "true"},
                {"Name": "IndustryType", "Value": "Wholesale"},
                {"Name": "SubscriptionStatus", "Value": "PAID"},
                {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            ],
        },
    )
    preferences = _preferences(custom_numbers=custom_numbers, classes=classes, departments=departments, crew=crew)
    preferences["CurrencyPrefs"] = {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": land.currency}}
    builder.put("Preferences", "1", preferences)


def _preferences(*, custom_numbers: bool, classes: bool, departments: bool, crew: bool) -> dict[str, Any]:
    sales: dict[str, Any] = {
        "CustomTxnNumbers": custom_numbers, "AllowDeposit": True, "AllowDiscount": True, "AllowEstimates": True,
        "AllowShipping": True,
        "AllowServiceDate": False, "AutoApplyCredit": True, "AutoApplyPayments": True, "DefaultDiscountAccount": "86",
        "ETransactionEnabledStatus": "NotApplicable", "IPNSupportEnabled": False, "EmailCopyToCompany": False,
        "DefaultCustomerMessage": "Thank you for your business and have a great day!",
    }  # fmt: skip
    if crew:
        flags = [{"Name": "SalesFormsPrefs.UseSalesCustom1", "Type": "BooleanType", "BooleanValue": True}]
        names = [{"Name": "SalesFormsPrefs.SalesCustomName1", "Type": "StringType", "StringValue": "Crew #"}]
        sales["CustomField"] = [{"CustomField": flags}, {"CustomField": names}]
    purchases = [
        {
            "CustomField": [
                {"Name": f"PurchasePrefs.PurchaseCustomName{place}", "Type": "StringType", "StringValue": name}
                for place, name in ((1, "Crew #"), (2, "Sales Rep"))
            ]
        }
    ]
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False, "TrackDepartments": departments, "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": classes,
            "DepartmentTerminology": "Location", "CustomerTerminology": "Customers", "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True,
                                    "QuantityOnHand": True},
        "SalesFormsPrefs": sales,
        "EmailMessagesPrefs": {
            "InvoiceMessage": {"Subject": "Invoice from us", "Message": "Your invoice is attached."},
            "EstimateMessage": {"Subject": "Estimate from us", "Message": "Please review the estimate below."},
            "SalesReceiptMessage": {"Subject": "Sales Receipt from us", "Message": "Your sales receipt is attached."},
            "StatementMessage": {"Subject": "Statement from us", "Message": "Your statement is attached."},
        },
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True,
                                    "POCustomField": purchases if crew else []},
        "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True, "ShowBillRateToAll": False, "WorkWeekStartDate": "Monday",
                              "MarkTimeEntriesBillable": True},
        "TaxPrefs": (
            {"TaxGroupCodeRef": {"value": "2"}, "UsingSalesTax": True, "PartnerTaxEnabled": False}
            if crew
            else {"UsingSalesTax": False, "PartnerTaxEnabled": False}
        ),
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": sales["DefaultCustomerMessage"]},
                *([{"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"}] if crew else []),
                {"Name": "WarnDuplicateJournalNumber", "Value": "true"},
                {"Name": "WarnDuplicateCheckNumber", "Value": "true"},
                {"Name": "DTXCopyMemo", "Value": "false"},
                {"Name": "Vendor1099Enabled", "Value": "true"},
                {"Name": "TimeTrackingFeatureEnabled", "Value": "true"},
                {"Name": "ProjectsEnabled", "Value": "false"},
            ]
        },
    }  # fmt: skip
