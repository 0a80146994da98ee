"""12.6: account types, what they are classified as, and their sub-types."""

from __future__ import annotations

import pytest

#: AccountType -> Classification, default sub-type, other sub-types (a US selection).
TYPES = {
    "Bank": ("Asset", "CashOnHand", "Checking Savings MoneyMarket RentsHeldInTrust TrustAccounts"),
    "Other Current Asset": (
        "Asset",
        "EmployeeCashAdvances",
        ("Inventory UndepositedFunds PrepaidExpenses OtherCurrentAssets AllowanceForBadDebts DevelopmentCosts LoansToOfficers "
        "LoansToOthers LoansToStockholders Retainage Investment_Other"),
    ),
    "Fixed Asset": (
        "Asset",
        "FurnitureAndFixtures",
        ("AccumulatedDepreciation AccumulatedAmortization Buildings IntangibleAssets Land LeaseholdImprovements "
        "MachineryAndEquipment OtherFixedAssets Vehicles"),
    ),
    "Other Asset": ("Asset", "Licenses", "Goodwill LeaseBuyout OrganizationalCosts OtherLongTermAssets SecurityDeposits"),
    "Accounts Receivable": ("Asset", "AccountsReceivable", ""),
    "Accounts Payable": ("Liability", "AccountsPayable", ""),
    "Credit Card": ("Liability", "CreditCard", ""),
    "Other Current Liability": (
        "Liability",
        "OtherCurrentLiabilities",
        ("DirectDepositPayable GlobalTaxPayable GlobalTaxSuspense InsurancePayable LineOfCredit LoanPayable PayrollClearing "
        "PayrollTaxPayable PrepaidExpensesPayable SalesTaxPayable DeferredRevenue"),
    ),
    "Long Term Liability": ("Liability", "NotesPayable", "OtherLongTermLiabilities ShareholderNotesPayable"),
    "Equity": (
        "Equity",
        "OpeningBalanceEquity",
        ("AccumulatedAdjustment CommonStock OwnersEquity PaidInCapitalOrSurplus PartnersEquity PartnerContributions "
        "PartnerDistributions PreferredStock RetainedEarnings TreasuryStock"),
    ),
    "Income": (
        "Revenue",
        "OtherPrimaryIncome",
        "SalesOfProductIncome ServiceFeeIncome DiscountsRefundsGiven NonProfitIncome UnappliedCashPaymentIncome",
    ),
    "Other Income": ("Revenue", "OtherInvestmentIncome", "DividendIncome InterestEarned OtherMiscellaneousIncome TaxExemptInterest"),
    "Expense": (
        "Expense",
        "Travel",
        ("AdvertisingPromotional Auto BadDebts BankCharges CharitableContributions CostOfLabor DuesSubscriptions Entertainment "
        "EntertainmentMeals EquipmentRental Insurance InterestPaid LegalProfessionalFees OfficeGeneralAdministrativeExpenses "
        "OtherBusinessExpenses OtherMiscellaneousServiceCost PayrollExpenses RentOrLeaseOfBuildings RepairMaintenance "
        "ShippingFreightDelivery SuppliesMaterials TaxesPaid TravelMeals UnappliedCashBillPaymentExpense Utilities"),
    ),
    "Cost of Goods Sold": (
        "Expense",
        "CostOfLaborCos",
        "SuppliesMaterialsCogs EquipmentRentalCos OtherCostsOfServiceCos ShippingFreightDeliveryCos",
    ),
    "Other Expense": ("Expense", "Depreciation", "Amortization ExchangeGainOrLoss OtherMiscellaneousExpense PenaltiesSettlements"),
}


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_brings_its_classification_and_default_sub_type(make, type_):
    classification, default, _ = TYPES[type_]
    made = make("empty").post("account", {"Name": "A", "AccountType": type_})
    assert (made["Classification"], made["AccountSubType"], made["AccountType"]) == (classification, default, type_)


@pytest.mark.parametrize("type_", TYPES)
def test_a_sub_type_alone_brings_its_type(make, type_):
    desk = make("empty")
    classification, default, others = TYPES[type_]
    for place, sub in enumerate([default, *others.split()]):
        made = desk.post("account", {"Name": f"A{place}", "AccountSubType": sub})
        assert (made["AccountType"], made["AccountSubType"], made["Classification"]) == (type_, sub, classification)


@pytest.mark.parametrize("type_", TYPES)
def test_a_sub_type_of_another_type_does_not_fit(make, type_):
    other = "Checking" if type_ != "Bank" else "Travel"
    error = make("empty").refused("account", {"Name": "A", "AccountType": type_, "AccountSubType": other})
    assert error["code"] == "6000"


def test_a_type_or_sub_type_that_does_not_exist_is_no_value_of_the_enumeration(make):
    desk = make("empty")
    for wish in ({"AccountType": "Jar"}, {"AccountSubType": "Jar"}, {"AccountType": "Bank", "AccountSubType": "Jar"}):
        error = desk.refused("account", {"Name": "A", **wish})
        assert (error["code"], error["Detail"]) == ("2170", "Invalid Enumeration : Jar")
