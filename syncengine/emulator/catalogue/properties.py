"""The glossary of properties: what kind of value each name holds, wherever it stands (an entity may say otherwise)."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.emulator import faults
from syncengine.emulator.catalogue.kinds import Currency, Day, Flag, Kind, Money, Number, Several, Text, choice, ref
from syncengine.emulator.catalogue.records import (
    ADDRESS,
    ANY,
    ATTACHABLE_REF,
    CARD,
    CASH_BACK,
    CHECK,
    CUSTOM_FIELD,
    DELIVERY,
    EMAIL,
    LINKED_TXN,
    MARKUP,
    MEMO,
    METADATA,
    PHONE,
    RECURRING,
    TAX_DETAIL,
    WEB,
)

_ACCOUNTS = (
    "AccountRef IncomeAccountRef ExpenseAccountRef AssetAccountRef COGSAccountRef APAccountRef ARAccountRef DepositToAccountRef "
    "FromAccountRef ToAccountRef DiscountAccountRef ItemAccountRef BankAccountRef CCAccountRef CreditCardAccountRef "
    "AdjustAccountRef MarkUpIncomeAccountRef PrefillAccountRef TaxTrackedOnPurchasesAccountRef TaxTrackedOnSalesAccountRef"
)

_NAME = Text(100, forbidden=":\t\n")


def _each(words: str, kind: Kind) -> dict[str, Kind]:
    return dict.fromkeys(words.split(), kind)


#: Property -> kind, for every name that is not merely kept as it is.
GLOSSARY: Mapping[str, Kind] = {
    # every object
    **_each("Id SyncToken", Text(30)),
    **_each("domain status", Text(30)),
    **_each("MetaData", METADATA),
    **_each("CustomField", Several(CUSTOM_FIELD)),
    **_each("LinkedTxn", Several(LINKED_TXN)),
    **_each("AttachableRef", Several(ATTACHABLE_REF)),
    **_each("RecurringInfo", RECURRING),
    **_each("MarkupInfo", MARKUP),
    **_each("DeliveryInfo", DELIVERY),
    **_each("CashBack", CASH_BACK),
    # flags
    **_each("sparse Active Taxable Job BillWithParent IsProject Vendor1099 SubAccount SubClass SubDepartment SubItem", Flag()),
    **_each("SalesTaxIncluded PercentBased PurchaseTaxIncluded TrackQtyOnHand UseTimeEntry BillableTime Organization", Flag()),
    **_each("Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency ApplyTaxAfterDiscount FinanceCharge AutoDocNumber", Flag()),
    **_each(
        "AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment AllowOnlinePayPalPayment", Flag()
    ),
    **_each(
        "ProcessPayment Credit TaxGroup OnlineBankingEnabled IncludeInAnnualTPAR ManuallyClosed Exportation TaxAccount", Flag()
    ),
    **_each("FreeFormAddress HasBeenInvoiced TaxTrackedOnSales TaxTrackedOnPurchases PrintGroupedItems", Flag()),
    # texts
    **_each("DisplayName", Text(500, forbidden=":\t\n")),
    **_each("GivenName MiddleName FamilyName CompanyName AltContactName ContactName", Text(100)),
    **_each("Title Suffix", Text(16)),
    **_each("PrintOnCheckName", Text(110)),
    **_each("Name", _NAME),
    **_each("Notes", Text(2000)),
    **_each("AcctNum", Text(100)),
    **_each("Sku", Text(100)),
    **_each("Description PrivateNote", Text(4000)),
    **_each("Memo", Text(4000)),
    **_each("PurchaseDesc", Text(1000)),
    **_each("DocNumber PaymentRefNum", Text(21)),
    **_each("ResaleNum TaxIdentifier TrackingNum", Text(21)),
    **_each("FullyQualifiedName", Text(4000)),
    # addresses and the like
    **_each("BillAddr ShipAddr OtherAddr PrimaryAddr ShipFromAddr VendorAddr RemitToAddr Address", ADDRESS),
    **_each("CompanyAddr CustomerCommunicationAddr LegalAddr", ADDRESS),
    **_each("PrimaryPhone AlternatePhone Mobile Fax", PHONE),
    **_each("PrimaryEmailAddr BillEmail BillEmailCc BillEmailBcc POEmail ReplyEmail Email CustomerCommunicationEmailAddr", EMAIL),
    **_each("WebAddr", WEB),
    **_each("CustomerMemo", MEMO),
    **_each("TxnTaxDetail", TAX_DETAIL),
    **_each("CheckPayment", CHECK),
    **_each("CreditCardPayment", CARD),
    # days
    **_each("TxnDate DueDate ShipDate ExpectedDate ExpirationDate AcceptedDate BirthDate HiredDate ReleasedDate", Day()),
    **_each("OpenBalanceDate OpeningBalanceDate InvStartDate ServiceDate TaxIdEffectiveDate", Day()),
    # amounts
    **_each(
        "Amount TotalAmt Balance HomeBalance BalanceWithJobs OpeningBalance CurrentBalance CurrentBalanceWithSubAccounts", Money()
    ),
    **_each(
        "UnappliedAmt RemainingCredit Deposit DiscountAmt TaxAmount TaxInclusiveAmt HomeTotalAmt CreditLimit TotalTax", Money()
    ),
    # numbers
    **_each("UnitPrice PurchaseCost QtyOnHand ReorderPoint RatePercent DiscountRate BillRate CostRate", Number()),
    **_each("ExchangeRate LineNum Level Hours Minutes Seconds BreakHours BreakMinutes BreakSeconds", Number()),
    **_each("HourlyRate AvgCost QtyOnPurchaseOrder QtyOnSalesOrder UnitCostPrice", Number()),
    **_each("Qty Quantity QtyDiff", Number(beyond=faults.invalid_quantity)),
    **_each("DiscountPercent RateValue", Number(100, 0, faults.invalid_percent)),
    **_each("DayOfMonthDue DiscountDayOfMonth", Number(31, 1, faults.number_range)),
    **_each("DueDays DiscountDays DueNextMonthDays", Number(999, 0, faults.number_range)),
    # the values of enumerations, from the schema
    **_each("PrintStatus", choice("NotSet NeedToPrint PrintComplete")),
    **_each("EmailStatus", choice("NotSet NeedToSend EmailSent")),
    **_each("BillableStatus", choice("Billable NotBillable HasBeenBilled")),
    **_each("PostingType", choice("Debit Credit")),
    **_each("GlobalTaxCalculation", choice("TaxExcluded TaxInclusive NotApplicable")),
    **_each("PreferredDeliveryMethod", choice("Print Email None")),
    **_each("POStatus", choice("Open Closed")),
    **_each("PayType", choice("Check CreditCard Cash ECheck")),
    **_each("PaymentType", choice("Cash Check CreditCard Expense Other")),
    **_each("Gender", choice("Male Female")),
    # references
    **_each("CustomerRef", ref("Customer")),
    **_each("VendorRef PrefVendorRef", ref("Vendor")),
    **_each("EmployeeRef", ref("Employee")),
    **_each("ItemRef GroupItemRef", ref("Item")),
    **_each("ClassRef", ref("Class")),
    **_each("DepartmentRef", ref("Department")),
    **_each("SalesTermRef TermRef", ref("Term")),
    **_each("PaymentMethodRef", ref("PaymentMethod")),
    **_each("TaxCodeRef TxnTaxCodeRef DefaultTaxCodeRef SalesTaxCodeRef PurchaseTaxCodeRef", ref("TaxCode", named=False)),
    **_each("TaxRateRef", ref("TaxRate")),
    **_each("AgencyRef", ref("TaxAgency", named=False)),
    **_each("CustomerTypeRef", ref("CustomerType")),
    **_each("JournalCodeRef", ref("JournalCode")),
    **_each(_ACCOUNTS, ref("Account")),
    **_each("ShipMethodRef SalesRepRef TemplateRef RemitToRef ProjectRef RootCustomerRef TaxReturnLineRef", ref()),
    **_each("CurrencyRef", Currency()),
}

#: The references of GLOSSARY by what they point to; a rename rewrites the names that these carry.
POINTERS: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"CustomerRef", "EntityRef", "Entity", "ParentRef"}),
    "Vendor": frozenset({"VendorRef", "PrefVendorRef", "EntityRef", "Entity"}),
    "Employee": frozenset({"EmployeeRef", "EntityRef", "Entity"}),
    "Item": frozenset({"ItemRef", "GroupItemRef", "ParentRef"}),
    "Class": frozenset({"ClassRef", "ParentRef"}),
    "Department": frozenset({"DepartmentRef", "ParentRef"}),
    "Term": frozenset({"SalesTermRef", "TermRef"}),
    "PaymentMethod": frozenset({"PaymentMethodRef"}),
    "Account": frozenset(f"{_ACCOUNTS} ParentRef".split()),
    "CustomerType": frozenset({"CustomerTypeRef"}),
    "JournalCode": frozenset({"JournalCodeRef"}),
}


def kinds(names: str, changes: Mapping[str, Kind] | None = None) -> dict[str, Kind]:
    """Property -> kind for the names of a blank-separated list, from the glossary but for `changes`."""
    known = {name: GLOSSARY.get(name, ANY) for name in names.split()}
    known.update(changes or {})
    return known
