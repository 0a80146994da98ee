"""The types of accounts, their classification and sub-types (schema; a selection for the US)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class AccountType:
    """One type: what it is classified as, the sub-type it takes by default, all sub-types."""

    classification: str
    default: str
    sub_types: frozenset[str]


def _type(classification: str, sub_types: str) -> AccountType:
    """A type whose first sub-type is its default."""
    words = sub_types.split()
    return AccountType(classification, words[0], frozenset(words))


TYPES: dict[str, AccountType] = {
    "Bank": _type(
        "Asset",
        "CashOnHand Checking Savings MoneyMarket RentsHeldInTrust TrustAccounts CashAndCashEquivalents OtherEarMarkedBankAccounts",
    ),
    "Other Current Asset": _type(
        "Asset",
        "EmployeeCashAdvances Inventory UndepositedFunds PrepaidExpenses OtherCurrentAssets AllowanceForBadDebts DevelopmentCosts "
        "LoansToOfficers LoansToOthers LoansToStockholders Retainage Investment_Other "
        "Investment_MortgageRealEstateLoans Investment_TaxExemptSecurities Investment_USGovernmentObligations "
        "GlobalTaxDeferred GlobalTaxRefund ExpenditureAuthorisationsAndLettersOfCredit InternalTransfers TradeAndOtherReceivables",
    ),
    "Fixed Asset": _type(
        "Asset",
        "FurnitureAndFixtures AccumulatedDepreciation AccumulatedAmortization Buildings IntangibleAssets Land "
        "LeaseholdImprovements MachineryAndEquipment OtherFixedAssets Vehicles "
        "AccumulatedDepletion DepletableAssets FixedAssetComputers FixedAssetCopiers FixedAssetFurniture FixedAssetPhone "
        "FixedAssetPhotoVideo FixedAssetSoftware FixedAssetOtherToolsEquipment",
    ),
    "Other Asset": _type(
        "Asset",
        "Licenses Goodwill LeaseBuyout OrganizationalCosts OtherLongTermAssets SecurityDeposits "
        "AccumulatedAmortizationOfOtherAssets",
    ),
    "Accounts Receivable": _type("Asset", "AccountsReceivable"),
    "Accounts Payable": _type("Liability", "AccountsPayable"),
    "Credit Card": _type("Liability", "CreditCard"),
    "Other Current Liability": _type(
        "Liability",
        "OtherCurrentLiabilities DirectDepositPayable GlobalTaxPayable GlobalTaxSuspense InsurancePayable LineOfCredit LoanPayable "
        "PayrollClearing PayrollTaxPayable PrepaidExpensesPayable SalesTaxPayable DeferredRevenue "
        "RentsInTrustLiability TrustAccountsLiabilities FederalIncomeTaxPayable StateLocalIncomeTaxPayable CurrentLiabilities "
        "DividendsPayable InterestPayables UndistributedTips",
    ),
    "Long Term Liability": _type("Liability", "NotesPayable OtherLongTermLiabilities ShareholderNotesPayable"),
    "Equity": _type(
        "Equity",
        "OpeningBalanceEquity AccumulatedAdjustment CommonStock OwnersEquity PaidInCapitalOrSurplus PartnersEquity "
        "PartnerContributions PartnerDistributions PreferredStock RetainedEarnings TreasuryStock "
        "Healthcare EstimatedTaxes PersonalExpense PersonalIncome ShareCapital",
    ),
    "Income": _type(
        "Revenue",
        "OtherPrimaryIncome SalesOfProductIncome ServiceFeeIncome DiscountsRefundsGiven NonProfitIncome UnappliedCashPaymentIncome "
        "CashReceiptIncome OperatingGrants OtherCurrentOperatingIncome OwnWorkCapitalized SavingsByTaxScheme SalesRetail "
        "SalesWholesale RevenueGeneral",
    ),
    "Other Income": _type(
        "Revenue", "OtherInvestmentIncome DividendIncome InterestEarned OtherMiscellaneousIncome TaxExemptInterest"
    ),
    "Expense": _type(
        "Expense",
        "Travel AdvertisingPromotional Auto BadDebts BankCharges CharitableContributions CostOfLabor DuesSubscriptions "
        "Entertainment EntertainmentMeals EquipmentRental Insurance InterestPaid LegalProfessionalFees "
        "OfficeGeneralAdministrativeExpenses OtherBusinessExpenses OtherMiscellaneousServiceCost PayrollExpenses "
        "RentOrLeaseOfBuildings RepairMaintenance ShippingFreightDelivery SuppliesMaterials TaxesPaid TravelMeals "
        "UnappliedCashBillPaymentExpense Utilities FinanceCosts PromotionalMeals GlobalTaxExpense "
        "TravelExpensesGeneralAndAdminExpenses "
        "TravelExpensesSellingExpense OfficeExpenses OtherSellingExpenses OtherRentalCosts ManagementCompensation StaffCosts "
        "CommissionsAndFees AmortizationExpense ShippingAndDeliveryExpense IncomeTaxExpense",
    ),
    "Cost of Goods Sold": _type(
        "Expense", "CostOfLaborCos SuppliesMaterialsCogs EquipmentRentalCos OtherCostsOfServiceCos ShippingFreightDeliveryCos"
    ),
    "Other Expense": _type(
        "Expense",
        "Depreciation Amortization ExchangeGainOrLoss OtherMiscellaneousExpense PenaltiesSettlements "
        "GasAndFuel HomeOffice HomeOwnerRentalInsurance MortgageInterestHomeOffice OtherHomeOfficeExpenses OtherVehicleExpenses "
        "ParkingAndTolls RentAndLeaseHomeOffice RepairsAndMaintainceHomeOffice UtilitiesHomeOffice Vehicle VehicleInsurance "
        "VehicleLease VehicleLoan VehicleLoanInterest VehicleRegistration VehicleRepairs WashAndRoadServices DeferredTaxExpense",
    ),
    "Non-Posting": _type("", "NonPosting"),
}


@lru_cache(maxsize=1)
def _types_by_sub_type() -> dict[str, str]:
    return {sub: name for name, type_ in TYPES.items() for sub in type_.sub_types}


#: Types between which an account cannot change; QuickBooks books to some by itself, others are reconciled.
_FIXED = frozenset({"Accounts Receivable", "Accounts Payable", "Credit Card", "Bank", "Equity"})


def fixed(before: str, after: str) -> bool:
    """Whether an account of one type cannot become one of another."""
    return before in _FIXED or after in {"Accounts Receivable", "Accounts Payable"}


def type_of(sub_type: str) -> str | None:
    """The type that a sub-type belongs to, None for an unknown sub-type."""
    return _types_by_sub_type().get(sub_type)
