"""The chart of accounts and the items of Intuit's US sandbox company (recorded in May 2026)."""

from __future__ import annotations

from typing import NamedTuple

#: id -> name, type, sub-type, parent id.
ACCOUNTS: dict[int, tuple[str, str, str, int | None]] = {
    1: ("Services", "Income", "ServiceFeeIncome", None),
    2: ("Retained Earnings", "Equity", "RetainedEarnings", None),
    3: ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses", None),
    4: ("Undeposited Funds", "Other Current Asset", "UndepositedFunds", None),
    5: ("Fees Billed", "Income", "ServiceFeeIncome", None),
    6: ("Refunds-Allowances", "Income", "DiscountsRefundsGiven", None),
    7: ("Advertising", "Expense", "AdvertisingPromotional", None),
    8: ("Bank Charges", "Expense", "BankCharges", None),
    9: ("Commissions & fees", "Expense", "OtherMiscellaneousServiceCost", None),
    10: ("Dues & Subscriptions", "Expense", "DuesSubscriptions", None),
    11: ("Insurance", "Expense", "Insurance", None),
    12: ("Legal & Professional Fees", "Expense", "LegalProfessionalFees", None),
    13: ("Meals and Entertainment", "Expense", "EntertainmentMeals", None),
    14: ("Miscellaneous", "Other Expense", "OtherMiscellaneousExpense", None),
    15: ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses", None),
    16: ("Promotional", "Expense", "AdvertisingPromotional", None),
    17: ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings", None),
    19: ("Stationery & Printing", "Expense", "OfficeGeneralAdministrativeExpenses", None),
    20: ("Supplies", "Expense", "SuppliesMaterials", None),
    21: ("Taxes & Licenses", "Expense", "TaxesPaid", None),
    22: ("Travel", "Expense", "Travel", None),
    23: ("Travel Meals", "Expense", "TravelMeals", None),
    24: ("Utilities", "Expense", "Utilities", None),
    25: ("Interest Earned", "Other Income", "InterestEarned", None),
    26: ("Other Portfolio Income", "Other Income", "OtherMiscellaneousIncome", None),
    27: ("Penalties & Settlements", "Other Expense", "PenaltiesSettlements", None),
    28: ("Disposal Fees", "Expense", "OtherMiscellaneousServiceCost", None),
    29: ("Equipment Rental", "Expense", "EquipmentRental", None),
    30: ("Uncategorized Income", "Income", "ServiceFeeIncome", None),
    31: ("Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost", None),
    32: ("Uncategorized Asset", "Other Current Asset", "OtherCurrentAssets", None),
    33: ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", None),
    34: ("Opening Balance Equity", "Equity", "OpeningBalanceEquity", None),
    35: ("Checking", "Bank", "Checking", None),
    36: ("Savings", "Bank", "Savings", None),
    37: ("Truck", "Fixed Asset", "Vehicles", None),
    38: ("Original Cost", "Fixed Asset", "Vehicles", 37),
    39: ("Depreciation", "Fixed Asset", "AccumulatedDepreciation", 37),
    40: ("Depreciation", "Other Expense", "Depreciation", None),
    41: ("Mastercard", "Credit Card", "CreditCard", None),
    42: ("Visa", "Credit Card", "CreditCard", None),
    43: ("Loan Payable", "Other Current Liability", "OtherCurrentLiabilities", None),
    44: ("Notes Payable", "Long Term Liability", "OtherLongTermLiabilities", None),
    45: ("Landscaping Services", "Income", "OtherPrimaryIncome", None),
    46: ("Job Materials", "Income", "OtherPrimaryIncome", 45),
    47: ("Decks and Patios", "Income", "OtherPrimaryIncome", 46),
    48: ("Fountains and Garden Lighting", "Income", "OtherPrimaryIncome", 46),
    49: ("Plants and Soil", "Income", "OtherPrimaryIncome", 46),
    50: ("Sprinklers and Drip Systems", "Income", "OtherPrimaryIncome", 46),
    51: ("Labor", "Income", "OtherPrimaryIncome", 45),
    52: ("Installation", "Income", "OtherPrimaryIncome", 51),
    53: ("Maintenance and Repair", "Income", "OtherPrimaryIncome", 51),
    54: ("Pest Control Services", "Income", "OtherPrimaryIncome", None),
    55: ("Automobile", "Expense", "Auto", None),
    56: ("Fuel", "Expense", "Auto", 55),
    58: ("Job Expenses", "Expense", "OtherMiscellaneousServiceCost", None),
    59: ("Cost of Labor", "Expense", "OtherMiscellaneousServiceCost", 58),
    60: ("Installation", "Expense", "OtherMiscellaneousServiceCost", 59),
    61: ("Maintenance and Repairs", "Expense", "OtherMiscellaneousServiceCost", 59),
    62: ("Equipment Rental", "Expense", "EquipmentRental", 58),
    63: ("Job Materials", "Expense", "SuppliesMaterials", 58),
    64: ("Decks and Patios", "Expense", "SuppliesMaterials", 63),
    65: ("Fountain and Garden Lighting", "Expense", "SuppliesMaterials", 63),
    66: ("Plants and Soil", "Expense", "SuppliesMaterials", 63),
    67: ("Sprinklers and Drip Systems", "Expense", "SuppliesMaterials", 63),
    68: ("Permits", "Expense", "OtherMiscellaneousServiceCost", 58),
    69: ("Accounting", "Expense", "LegalProfessionalFees", 12),
    70: ("Bookkeeper", "Expense", "LegalProfessionalFees", 12),
    71: ("Lawyer", "Expense", "LegalProfessionalFees", 12),
    72: ("Maintenance and Repair", "Expense", "RepairMaintenance", None),
    73: ("Building Repairs", "Expense", "RepairMaintenance", 72),
    74: ("Computer Repairs", "Expense", "RepairMaintenance", 72),
    75: ("Equipment Repairs", "Expense", "RepairMaintenance", 72),
    76: ("Gas and Electric", "Expense", "Utilities", 24),
    77: ("Telephone", "Expense", "Utilities", 24),
    78: ("Purchases", "Expense", "SuppliesMaterials", None),
    79: ("Sales of Product Income", "Income", "SalesOfProductIncome", None),
    80: ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", None),
    81: ("Inventory Asset", "Other Current Asset", "Inventory", None),
    82: ("Design income", "Income", "OtherPrimaryIncome", None),
    83: ("Other Income", "Income", "OtherPrimaryIncome", None),
    84: ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", None),
    85: ("Billable Expense Income", "Income", "ServiceFeeIncome", None),
    86: ("Discounts given", "Income", "DiscountsRefundsGiven", None),
    89: ("Arizona Dept. of Revenue Payable", "Other Current Liability", "GlobalTaxPayable", None),
    90: ("Board of Equalization Payable", "Other Current Liability", "GlobalTaxPayable", None),
}


class Item(NamedTuple):
    """One item: what it costs to buy is "" where nothing is bought."""

    name: str
    description: str
    type: str
    price: str
    income: str
    taxable: bool = False
    cost: str = ""


#: id -> item.
ITEMS: dict[int, Item] = {
    1: Item("Services", "Services", "Service", "0", "1"),
    2: Item("Hours", "Hours", "Service", "0", "1"),
    3: Item("Concrete", "Concrete for fountain installation", "Service", "0", "48", True),
    4: Item("Design", "Custom Design", "Service", "75", "82"),
    5: Item("Rock Fountain", "Rock Fountain", "Inventory", "275", "79", True, "125"),
    6: Item("Gardening", "Gardening", "Service", "0", "45"),
    7: Item("Installation", "Installation of landscape design", "Service", "50", "52"),
    8: Item("Lighting", "Garden Lighting", "Service", "0", "48", True),
    9: Item("Maintenance & Repair", "Maintenance & Repair", "Service", "0", "53"),
    10: Item("Pest Control", "Pest Control Services", "Service", "35", "54"),
    11: Item("Pump", "Fountain Pump", "Inventory", "15", "79", True, "10"),
    12: Item("Refunds & Allowances", "Income due to refunds or allowances", "Service", "0", "83"),
    13: Item("Rocks", "Garden Rocks", "Service", "0", "48", True),
    14: Item("Sod", "Sod", "Service", "0", "49", True),
    15: Item("Soil", "2 cubic ft. bag", "Service", "10", "49", True, "6.5"),
    16: Item("Sprinkler Heads", "Sprinkler Heads", "Inventory", "2", "79", True, "0.75"),
    17: Item("Sprinkler Pipes", "Sprinkler Pipes", "Inventory", "4", "79", True, "2.5"),
    18: Item("Trimming", "Tree and Shrub Trimming", "Service", "35", "45"),
}
