"""12.7: every property of the published schema is known, and nothing else is (2010)."""

from __future__ import annotations

import pytest

from syncengine.emulator.catalogue.lines import LINE
from syncengine.emulator.catalogue.records import ADDRESS
from syncengine.emulator.catalogue.registry import ENTITIES

#: Group -> the properties that its members have (schema of May 2026).
GROUPS = {
    "every": "Id SyncToken MetaData CustomField AttachableRef domain status sparse",
    "names": (
        "IntuitId Organization Title GivenName MiddleName FamilyName Suffix FullyQualifiedName CompanyName DisplayName "
        "PrintOnCheckName UserId Active V4IDPseudonym PrimaryPhone AlternatePhone Mobile Fax PrimaryEmailAddr WebAddr "
        "OtherContactInfo DefaultTaxCodeRef"
    ),
    "transactions": (
        "DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote TxnStatus LinkedTxn Line TxnTaxDetail "
        "TxnSource TaxFormType TaxFormNum TransactionLocationType Tag TxnApprovalInfo RecurDataRef RecurringInfo "
        "ProjectRef TotalCostAmount HomeTotalCostAmount"
    ),
    "bought": "VendorRef APAccountRef TotalAmt BillEmail ReplyEmail Memo GlobalTaxCalculation",
    "sold": (
        "AutoDocNumber CustomerRef CustomerMemo BillAddr ShipAddr FreeFormAddress ShipFromAddr RemitToRef ClassRef "
        "SalesTermRef DueDate SalesRepRef PONumber FOB ShipMethodRef ShipDate TrackingNum GlobalTaxCalculation TotalAmt "
        "HomeTotalAmt ApplyTaxAfterDiscount ShippingTaxIncludedInTotalTax TemplateRef PrintStatus EmailStatus BillEmail "
        "BillEmailCc BillEmailBcc ARAccountRef Balance HomeBalance FinanceCharge PaymentMethodRef PaymentRefNum "
        "PaymentType CheckPayment CreditCardPayment DepositToAccountRef DeliveryInfo DiscountRate DiscountAmt "
        "GovtTxnRefIdentifier TaxExemptionRef"
    ),
}
GROUPS["bought"] += " " + GROUPS["transactions"]
GROUPS["sold"] += " " + GROUPS["transactions"]
#: Entity -> its own properties, and its group.
OWN = {
    "Account": ("every", (
        "Name SubAccount ParentRef Description FullyQualifiedName AccountAlias TxnLocationType Active Classification "
        "AccountType AccountSubType AccountPurposes AcctNum AcctNumExtn BankNum OpeningBalance OpeningBalanceDate "
        "CurrentBalance CurrentBalanceWithSubAccounts CurrencyRef TaxAccount TaxCodeRef OnlineBankingEnabled FIName "
        "JournalCodeRef AccountEx"
    )),
    "Class": ("every", "Name SubClass ParentRef FullyQualifiedName Active ClassEx"),
    "Department": ("every", "Name SubDepartment ParentRef FullyQualifiedName Active DepartmentEx Address"),
    "Customer": ("names", (
        "Taxable BillAddr ShipAddr OtherAddr ContactName AltContactName Notes Job BillWithParent RootCustomerRef "
        "ParentRef Level CustomerTypeRef SalesTermRef SalesRepRef TaxGroupCodeRef TaxRateRef PaymentMethodRef CCDetail "
        "PriceLevelRef Balance OpenBalanceDate BalanceWithJobs CreditLimit AcctNum CurrencyRef OverDueBalance "
        "TotalRevenue TotalExpense PreferredDeliveryMethod ResaleNum JobInfo TDSEnabled CustomerEx "
        "SecondaryTaxIdentifier ARAccountRef PrimaryTaxIdentifier TaxExemptionReasonId IsProject BusinessNumber GSTIN "
        "GSTRegistrationType IsCISContractor ClientCompanyId ClientEntityId Source TaxRegime"
    )),
    "Vendor": ("names", (
        "ContactName AltContactName Notes BillAddr ShipAddr OtherAddr TaxCountry TaxIdentifier TaxIdEffectiveDate "
        "BusinessNumber ParentRef VendorTypeRef TermRef PrefillAccountRef Balance BillRate OpenBalanceDate CreditLimit "
        "AcctNum Vendor1099 T4AEligible T5018Eligible CurrencyRef TDSEnabled TDSEntityTypeId TDSSectionTypeId "
        "TDSOverrideThreshold TaxReportingBasis APAccountRef VendorEx GSTIN GSTRegistrationType IsSubContractor "
        "SubcontractorType CISRate HasTPAR VendorPaymentBankDetail Source CostRate AgencyVerificationStatus "
        "AgencyVerificationStatusMsg AgencyVerificationTSUTC CompanyRegistrationNumber"
    )),
    "Employee": ("names", (
        "EmployeeType EmployeeNumber SSN PrimaryAddr OtherAddr BillableTime BillRate BirthDate Gender HiredDate "
        "ReleasedDate UseTimeEntry EmployeeEx CostRate Notes"
    )),
    "Item": ("every", (
        "Name Sku Description Active SubItem ParentRef Level FullyQualifiedName Taxable SalesTaxIncluded PercentBased "
        "UnitPrice RatePercent Type PaymentMethodRef UOMSetRef IncomeAccountRef PurchaseDesc PurchaseTaxIncluded "
        "PurchaseCost ExpenseAccountRef COGSAccountRef AssetAccountRef PrefVendorRef AvgCost TrackQtyOnHand QtyOnHand "
        "QtyOnPurchaseOrder QtyOnSalesOrder ReorderPoint ManPartNum DepositToAccountRef SalesTaxCodeRef "
        "PurchaseTaxCodeRef InvStartDate BuildPoint PrintGroupedItems SpecialItem SpecialItemType ItemGroupDetail "
        "ItemAssemblyDetail AbatementRate ReverseChargeRate ServiceType ItemCategoryType ItemEx TaxClassificationRef "
        "UQCDisplayText UQCId ClassRef Source DeferredRevenue CustomExtensions"
    )),
    "Term": ("every", (
        "Name Active Type DiscountPercent DueDays DiscountDays DayOfMonthDue DueNextMonthDays DiscountDayOfMonth "
        "SalesTermEx"
    )),
    "PaymentMethod": ("every", "Name Active Type PaymentMethodEx"),
    "Bill": ("bought", (
        "PayerRef SalesTermRef DueDate RemitToAddr ShipAddr VendorAddr Balance HomeBalance BillEx LessCIS "
        "IncludeInAnnualTPAR"
    )),
    "VendorCredit": ("bought", "VendorAddr VendorCreditEx Balance IncludeInAnnualTPAR"),
    "PurchaseOrder": ("bought", (
        "TaxCodeRef ClassRef ReimbursableInfoRef SalesTermRef DueDate ExpectedDate VendorAddr ShipTo DropShipToEntity "
        "InventorySiteRef ShipAddr ShipMethodRef FOB POEmail TemplateRef PrintStatus EmailStatus ManuallyClosed "
        "POStatus PurchaseOrderEx"
    )),
    "BillPayment": ("transactions", "VendorRef VendorAddr APAccountRef PayType CheckPayment CreditCardPayment TotalAmt BillPaymentEx"),
    "Purchase": ("transactions", (
        "AccountRef PaymentMethodRef PaymentRefNum PaymentType CheckPayment CreditCardPayment EntityRef Credit "
        "RemitToAddr TotalAmt Memo PrintStatus GlobalTaxCalculation PurchaseEx LessCIS IncludeInAnnualTPAR"
    )),
    "JournalEntry": ("transactions", (
        "Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency GlobalTaxCalculation TotalAmt HomeTotalAmt "
        "JournalEntryEx"
    )),
    "Invoice": ("sold", (
        "Deposit AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment "
        "AllowOnlinePayPalPayment EInvoiceStatus ECloudStatusTimeStamp CfdiUse Exportation GlobalInfo invoiceStatus "
        "callToAction invoiceStatusLog InvoiceEx LessCIS InvoiceLink PaymentDetailsMessage ConvenienceFeeDetail "
        "EnabledSurchargeInfo InvoiceLinkSecurityCode InvoiceLinkExpiryDate AutoPayEligible SchedulePayEligible "
        "ScheduledPaymentId GratuityEnabled FinancingProductType SubscriptionPaymentsSetting"
    )),
    "SalesReceipt": ("sold", "SalesReceiptEx LessCIS"),
    "CreditMemo": ("sold", "RemainingCredit InvoiceRef CreditMemoEx"),
    "RefundReceipt": ("sold", "RemainingCredit RefundReceiptEx"),
    "Estimate": ("sold", "ExpirationDate AcceptedBy AcceptedDate EstimateEx"),
    "Payment": ("transactions", (
        "CustomerRef RemitToRef ARAccountRef DepositToAccountRef PaymentMethodRef PaymentRefNum PaymentType "
        "CheckPayment CreditCardPayment TotalAmt UnappliedAmt ProcessPayment PaymentExtendedType PaymentEx"
    )),
    "Deposit": ("transactions", "DepositToAccountRef CashBack GlobalTaxCalculation TotalAmt HomeTotalAmt DepositEx"),
    "Transfer": ("transactions", "FromAccountRef ToAccountRef Amount ClassRef TransferEx"),
    "Attachable": ("every", (
        "FileName FileAccessUri TempDownloadUri Size ContentType Category Lat Long PlaceName Note Tag "
        "ThumbnailFileAccessUri ThumbnailTempDownloadUri AttachableEx documentId"
    )),
}
#: What stands inside of transactions.
DETAILS = {
    "SalesItemLineDetail": (
        "ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef "
        "InventorySiteRef TaxCodeRef TaxClassificationRef ServiceDate TaxInclusiveAmt DiscountRate DiscountAmt "
        "DeferredRevenue SalesItemLineDetailEx"
    ),
    "AccountBasedExpenseLineDetail": (
        "CustomerRef ClassRef AccountRef BillableStatus MarkupInfo TaxAmount TaxCodeRef TaxInclusiveAmt "
        "ExpenseDetailLineDetailEx"
    ),
    "ItemBasedExpenseLineDetail": (
        "ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo Qty UOMRef ItemAccountRef "
        "InventorySiteRef TaxCodeRef TaxClassificationRef CustomerRef BillableStatus TaxInclusiveAmt "
        "ItemBasedExpenseLineDetailEx"
    ),
    "JournalEntryLineDetail": (
        "PostingType Entity AccountRef ClassRef DepartmentRef TaxCodeRef TaxRateRef TaxApplicableOn TaxAmount "
        "TaxInclusiveAmt BillableStatus JournalCodeRef JournalEntryLineDetailEx"
    ),
    "DepositLineDetail": "Entity ClassRef AccountRef PaymentMethodRef CheckNum TxnType TaxCodeRef TaxApplicableOn DepositLineDetailEx",
    "DiscountLineDetail": (
        "DiscountRef PercentBased DiscountPercent DiscountAccountRef ServiceDate ClassRef TaxCodeRef "
        "DiscountLineDetailEx"
    ),
}
ADDRESS_PROPERTIES = (
        "Id Line1 Line2 Line3 Line4 Line5 City Country CountryCode County CountrySubDivisionCode PostalCode "
        "PostalCodeSuffix Lat Long Tag Note"
    )
LINE_PROPERTIES = (
        "Id LineNum Description Amount Received LinkedTxn DetailType CustomField LineEx ProjectRef CostAmount "
        "HomeCostAmount CustomExtensions"
    )


@pytest.mark.parametrize("name", OWN)
def test_every_property_of_an_entity_is_known(make, name):
    group, own = OWN[name]
    properties = {*GROUPS["every"].split(), *GROUPS[group].split(), *own.split()}
    assert properties <= ENTITIES[name].record.properties.keys()
    error = make("intuit").refused(name.lower(), {**dict.fromkeys(properties), "Nonsense": None})
    assert f'Unrecognized field "Nonsense" (class com.intuit.schema.finance.v3.{ENTITIES[name].record.java_class})' in error["Detail"]


@pytest.mark.parametrize("name", OWN)
def test_all_properties_at_once_are_taken_as_known(make, name):
    group, own = OWN[name]
    properties = {*GROUPS["every"].split(), *GROUPS[group].split(), *own.split()} - {"Id"}
    response = make("intuit").ask("POST", name.lower(), dict.fromkeys(properties))
    assert b'"code":"2010"' not in response.body


@pytest.mark.parametrize("name", DETAILS)
def test_every_property_of_a_line_s_detail_is_known(name):
    assert set(DETAILS[name].split()) <= LINE.properties[name].properties.keys()


def test_every_property_of_lines_and_addresses_is_known():
    assert set(LINE_PROPERTIES.split()) <= LINE.properties.keys()
    assert set(ADDRESS_PROPERTIES.split()) <= ADDRESS.properties.keys()
    kinds = (
        "SalesItemLineDetail SubTotalLineDetail DiscountLineDetail GroupLineDetail DescriptionOnly AccountBasedExpenseLineDetail "
        "ItemBasedExpenseLineDetail JournalEntryLineDetail DepositLineDetail PaymentLineDetail TaxLineDetail ReimburseLineDetail "
        "ItemAdjustmentLineDetail ItemReceiptLineDetail PurchaseOrderItemLineDetail SalesOrderItemLineDetail TDSLineDetail"
    )
    assert LINE.properties["DetailType"].values == set(kinds.split())


@pytest.mark.parametrize("name", sorted(ENTITIES.keys() - {"RecurringTransaction", "ExchangeRate"}))
def test_a_property_in_another_spelling_is_not_known(make, name):
    known = next(each for each in ENTITIES[name].record.properties if each.lower() not in ENTITIES[name].record.properties)
    desk = make("intuit")
    base = {"Id": "1", "SyncToken": "0"} if ENTITIES[name].updatable else {}
    error = desk.refused(name.lower(), {**base, known.lower(): "x"})
    unwritten = not (ENTITIES[name].creatable or ENTITIES[name].updatable)
    assert error["code"] == ("500" if unwritten else "2010")
