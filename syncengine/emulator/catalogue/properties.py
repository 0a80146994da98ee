"""The glossary of properties: what kind of value each name holds, wherever it stands (an entity may say otherwise)."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.emulator.catalogue.kinds import (
    Anything,
    Day,
    Email,
    Flag,
    Inner,
    Kind,
    Money,
    Number,
    Several,
    Text,
    choice,
    ref,
)

ANY = Anything()

_ADDRESS = Inner(
    "PhysicalAddress",
    {
        **dict.fromkeys(("Line1", "Line2", "Line3", "Line4", "Line5"), Text(500)),
        **dict.fromkeys(
            ("Id", "City", "Country", "CountryCode", "County", "CountrySubDivisionCode", "CountrySubDivision"), Text(255)
        ),
        **dict.fromkeys(("PostalCode", "PostalCodeSuffix", "Lat", "Long", "Tag", "Note"), Text(255)),
    },
)
_PHONE = Inner(
    "TelephoneNumber",
    {
        "FreeFormNumber": Text(30),
        **dict.fromkeys(("Id", "DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "Tag"), Text(100)),
        "Default": Flag(),
    },
)
_EMAIL = Email("EmailAddress", {"Id": Text(100), "Address": Text(100), "Default": Flag(), "Tag": Text(100)})
_WEB = Inner("WebSiteAddress", {"Id": Text(100), "URI": Text(1000), "Default": Flag(), "Tag": Text(100)})
_CUSTOM_FIELD = Inner(
    "CustomField",
    {
        "DefinitionId": Text(30),
        "Name": Text(100),
        "Type": choice("StringType BooleanType NumberType DateType"),
        "StringValue": Text(1000),
        "BooleanValue": Flag(),
        "DateValue": Day(),
        "NumberValue": Number(),
    },
)
_LINKED_TXN = Inner("LinkedTxn", {"TxnId": Text(30), "TxnType": Text(50), "TxnLineId": Text(30)})
_MEMO = Inner("MemoRef", {"value": Text(1000), "name": Text(1000), "type": Text(100)})
_CHECK = Inner(
    "BillPaymentCheck",
    {
        "BankAccountRef": ref("Account"),
        "PrintStatus": choice("NotSet NeedToPrint PrintComplete"),
        **dict.fromkeys(
            ("CheckDetail", "PayeeAddr", "BillPaymentCheckEx", "CheckNum", "Status", "NameOnAcct", "AcctNum", "BankName"), ANY
        ),
    },
)
_CARD = Inner(
    "CreditCardPayment",
    {
        "CCAccountRef": ref("Account"),
        **dict.fromkeys(("CCDetail", "CreditChargeInfo", "CreditChargeResponse", "BillPaymentCreditCardEx"), ANY),
    },
)
_TAX_DETAIL = Inner(
    "TxnTaxDetail",
    {
        "DefaultTaxCodeRef": ANY,
        "TxnTaxCodeRef": ref("TaxCode"),
        "TotalTax": Money(),
        "TaxReviewStatus": Text(50),
        "TaxLine": Several(ANY),
        "UseAutomatedSalesTax": ANY,
    },
)

_NAME = Text(100, forbidden=":\t\n")


def _each(words: str, kind: Kind) -> dict[str, Kind]:
    return dict.fromkeys(words.split(), kind)


#: Property -> kind, for every name that is not merely kept as it is.
GLOSSARY: Mapping[str, Kind] = {
    # every object
    **_each("Id SyncToken", Text(30)),
    **_each("domain status", Text(30)),
    **_each(
        "MetaData",
        Inner(
            "ModificationMetaData",
            _each("CreateTime LastUpdatedTime CreatedByRef LastModifiedByRef LastChangedInQB Synchronized", ANY),
        ),
    ),
    **_each("CustomField", Several(_CUSTOM_FIELD)),
    **_each("LinkedTxn", Several(_LINKED_TXN)),
    # flags
    **_each("sparse Active Taxable Job BillWithParent IsProject Vendor1099 SubAccount SubClass SubDepartment SubItem", Flag()),
    **_each("SalesTaxIncluded PercentBased PurchaseTaxIncluded TrackQtyOnHand UseTimeEntry BillableTime Organization", Flag()),
    **_each("Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency ApplyTaxAfterDiscount FinanceCharge AutoDocNumber", Flag()),
    **_each("FreeFormAddress", Flag()),
    **_each(
        "AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment AllowOnlinePayPalPayment", Flag()
    ),
    **_each(
        "ProcessPayment Credit TaxGroup OnlineBankingEnabled IncludeInAnnualTPAR ManuallyClosed Exportation TaxAccount", Flag()
    ),
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
    **_each("BillAddr ShipAddr OtherAddr PrimaryAddr ShipFromAddr VendorAddr RemitToAddr Address", _ADDRESS),
    **_each("CompanyAddr CustomerCommunicationAddr LegalAddr", _ADDRESS),
    **_each("PrimaryPhone AlternatePhone Mobile Fax", _PHONE),
    **_each("PrimaryEmailAddr BillEmail BillEmailCc BillEmailBcc POEmail ReplyEmail Email CustomerCommunicationEmailAddr", _EMAIL),
    **_each("WebAddr", _WEB),
    **_each("CustomerMemo", _MEMO),
    **_each("TxnTaxDetail", _TAX_DETAIL),
    **_each("CheckPayment", _CHECK),
    **_each("CreditCardPayment", _CARD),
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
    **_each(
        "Qty UnitPrice PurchaseCost QtyOnHand ReorderPoint RatePercent DiscountPercent DiscountRate BillRate CostRate", Number()
    ),
    **_each(
        "DueDays DiscountDays DayOfMonthDue DueNextMonthDays DiscountDayOfMonth ExchangeRate LineNum Level RateValue Hours Minutes",
        Number(),
    ),
    **_each("HourlyRate AvgCost QtyOnPurchaseOrder QtyOnSalesOrder UnitCostPrice", Number()),
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
    **_each("VendorRef", ref("Vendor")),
    **_each("EmployeeRef", ref("Employee")),
    **_each("ItemRef", ref("Item")),
    **_each("ClassRef", ref("Class")),
    **_each("DepartmentRef", ref("Department")),
    **_each("SalesTermRef TermRef", ref("Term")),
    **_each("PaymentMethodRef", ref("PaymentMethod")),
    **_each("TaxCodeRef TxnTaxCodeRef DefaultTaxCodeRef SalesTaxCodeRef PurchaseTaxCodeRef", ref("TaxCode")),
    **_each("TaxRateRef", ref("TaxRate")),
    **_each(
        "AccountRef IncomeAccountRef ExpenseAccountRef AssetAccountRef COGSAccountRef APAccountRef ARAccountRef", ref("Account")
    ),
    **_each("DepositToAccountRef FromAccountRef ToAccountRef DiscountAccountRef ItemAccountRef", ref("Account")),
    **_each("PrefVendorRef", ref("Vendor")),
    **_each("CurrencyRef ShipMethodRef SalesRepRef CustomerTypeRef TemplateRef RemitToRef ProjectRef RootCustomerRef", ref()),
    **_each("AgencyRef", ref("TaxAgency")),
}

#: The references of GLOSSARY by what they point to; a rename rewrites the names that these carry.
POINTERS: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"CustomerRef", "EntityRef", "Entity", "ParentRef"}),
    "Vendor": frozenset({"VendorRef", "PrefVendorRef", "EntityRef", "Entity"}),
    "Employee": frozenset({"EmployeeRef", "EntityRef", "Entity"}),
    "Item": frozenset({"ItemRef", "ParentRef"}),
    "Class": frozenset({"ClassRef", "ParentRef"}),
    "Department": frozenset({"DepartmentRef", "ParentRef"}),
    "Term": frozenset({"SalesTermRef", "TermRef"}),
    "PaymentMethod": frozenset({"PaymentMethodRef"}),
    "Account": frozenset(
        [
            "AccountRef", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "COGSAccountRef", "APAccountRef",
            "ARAccountRef", "DepositToAccountRef", "FromAccountRef", "ToAccountRef", "DiscountAccountRef", "ItemAccountRef",
            "BankAccountRef", "CCAccountRef", "ParentRef",
        ]
    ),
}


def kinds(names: str, changes: Mapping[str, Kind] | None = None) -> dict[str, Kind]:
    """Property -> kind for the names of a blank-separated list, from the glossary but for `changes`."""
    known = {name: GLOSSARY.get(name, ANY) for name in names.split()}
    known.update(changes or {})
    return known
