"""17: the sandbox company has the names and ids that recordings and Intuit's samples show."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import Desk

#: Entity -> id -> name.
MEMBERS = {
    "Account": {
        1: "Services", 4: "Undeposited Funds", 5: "Fees Billed (deleted)", 7: "Advertising", 8: "Bank Charges",
        13: "Meals and Entertainment", 17: "Rent or Lease", 33: "Accounts Payable (A/P)", 35: "Checking", 36: "Savings",
        41: "Mastercard", 42: "Visa", 44: "Notes Payable", 64: "Job Expenses:Job Materials:Decks and Patios",
        65: "Job Expenses:Job Materials:Fountain and Garden Lighting", 77: "Utilities:Telephone", 79: "Sales of Product Income",
        80: "Cost of Goods Sold", 81: "Inventory Asset", 86: "Discounts given",
        # Recorded in May 2026.
        10: "Dues & Subscriptions", 14: "Miscellaneous", 29: "Equipment Rental", 32: "Uncategorized Asset", 39: "Truck:Depreciation",
        48: "Landscaping Services:Job Materials:Fountains and Garden Lighting", 52: "Landscaping Services:Labor:Installation",
        54: "Pest Control Services", 56: "Automobile:Fuel", 62: "Job Expenses:Equipment Rental",
        69: "Legal & Professional Fees:Accounting", 75: "Maintenance and Repair:Equipment Repairs", 82: "Design income",
        83: "Other Income", 85: "Billable Expense Income", 89: "Arizona Dept. of Revenue Payable",
        90: "Board of Equalization Payable",
    },
    "Customer": {
        1: "Amy's Bird Sanctuary", 2: "Bill's Windsurf Shop", 3: "Cool Cars", 4: "Diego Rodriguez", 5: "Dukes Basketball Camp",
        6: "Dylan Sollfrank", 7: "Freeman Sporting Goods", 8: "0969 Ocean View Road", 9: "55 Twin Lane", 10: "Geeta Kalapatapu",
        11: "Gevelber Photography", 12: "Jeff's Jalopies", 13: "John Melton", 14: "Kate Whelan", 15: "Pye's Cakes",
        16: "Kookies by Kathy", 17: "Mark Cho", 18: "Paulsen Medical Supplies", 19: "Rago Travel Agency", 20: "Red Rock Diner",
        21: "Rondonuwu Fruit and Vegi", 22: "Shara Barnett", 23: "Barnett Design", 24: "Sonnenschein Family Store",
        25: "Sushi by Katsuyuki", 26: "Travis Waldron", 27: "Video Games by Dan", 28: "Wedding Planning by Whitney",
        29: "Weiskopf Consulting",
    },
    "Vendor": {
        30: "Books by Bessie", 31: "Brosnahan Insurance Agency", 32: "Cal Telephone", 33: "Chin's Gas and Oil",
        34: "Cigna Health Care", 35: "Computers by Jenni", 36: "Diego's Road Warrior Bodyshop", 37: "EDD",
        38: "Ellis Equipment Rental", 39: "Fidelity", 40: "Hall Properties", 41: "Hicks Hardware", 42: "Lee Advertising",
        43: "Mahoney Mugs", 44: "Met Life Dental", 45: "National Eye Care", 46: "Norton Lumber and Building Materials",
        47: "Pam Seitz", 48: "PG&E", 49: "Robertson & Associates", 50: "Tania's Nursery", 51: "Tim Philip Masonry",
        52: "Tony Rondonuwu", 53: "United States Treasury (deleted)", 56: "Bob's Burger Joint", 57: "Squeaky Kleen Car Wash",
    },
    "Employee": {54: "John Johnson", 55: "Emily Platt (deleted)"},
    "Item": {
        1: "Services", 2: "Hours", 3: "Concrete", 4: "Design", 5: "Rock Fountain", 6: "Gardening", 7: "Installation", 8: "Lighting",
        9: "Maintenance & Repair", 10: "Pest Control", 11: "Pump", 12: "Refunds & Allowances", 13: "Rocks", 14: "Sod", 15: "Soil",
        16: "Sprinkler Heads", 17: "Sprinkler Pipes", 18: "Trimming",
    },
    "Term": {1: "Due on receipt", 2: "Net 15", 3: "Net 30", 4: "Net 60"},
    "PaymentMethod": {1: "Cash", 2: "Check", 3: "Visa", 4: "MasterCard", 5: "Discover", 6: "American Express", 7: "Diners Club"},
    "TaxCode": {2: "California", 3: "Tucson"},
    "TaxRate": {1: "AZ State tax", 2: "Tucson City", 3: "California"},
}  # fmt: skip
SHOWN = {"Account": "FullyQualifiedName", "Customer": "DisplayName", "Vendor": "DisplayName", "Employee": "DisplayName"}


@pytest.mark.parametrize("entity", MEMBERS)
def test_every_member_has_its_id_and_name(make, entity):
    desk = make("intuit")
    where = "" if entity == "TaxRate" else " where Active in (true, false)"
    found = {each["Id"]: each[SHOWN.get(entity, "Name")] for each in desk.select(f"select * from {entity}{where} maxresults 1000")}
    assert {str(id_): name for id_, name in MEMBERS[entity].items()}.items() <= found.items()


@pytest.mark.parametrize(("sub", "parent"), [("8", "7"), ("9", "7"), ("23", "22")])
def test_sub_customers_stand_below_theirs(make, sub, parent):
    known = make("intuit").read("Customer", sub)
    assert (known["ParentRef"], known["Job"], known["Level"]) == ({"value": parent}, True, 1)


def test_tax_rates_and_pseudo_codes_are_there(make):
    desk = make("intuit")
    assert [desk.read("TaxRate", id_)["RateValue"] * 10 for id_ in ("1", "2", "3")] == [71, 20, 80]
    for id_ in ("TAX", "NON"):
        assert desk.read("TaxCode", id_)["Name"] == id_


def custom_fields(desk: Desk, path: str, **wish) -> list[tuple[str, str]]:
    return [(each["DefinitionId"], each["Name"]) for each in desk.post(path, wish)["CustomField"]]


def test_forms_have_the_company_s_custom_fields(make):
    desk = make("intuit")
    line = {"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    assert custom_fields(desk, "invoice", CustomerRef={"value": "1"}, Line=[line]) == [("1", "Crew #")]
    kind = "AccountBasedExpenseLineDetail"
    cost = {"Amount": 1, "DetailType": kind, kind: {"AccountRef": {"value": "7"}}}
    order = {"VendorRef": {"value": "30"}, "APAccountRef": {"value": "33"}, "Line": [cost]}
    assert custom_fields(desk, "purchaseorder", **order) == [("1", "Crew #"), ("2", "Sales Rep")]


def test_the_next_ids_are_those_of_the_recordings(make):
    desk = make("intuit")
    assert [desk.customer(name)["Id"] for name in ("A", "B")] == ["70", "71"]
    made = desk.invoice("1", "1")
    assert (made["Id"], made["DocNumber"]) == ("266", "1043")


def test_customers_vendors_and_employees_share_one_sequence(make):
    desk = make("intuit")
    ids = [desk.customer()["Id"], desk.vendor()["Id"], desk.post("employee", {"GivenName": "E"})["Id"]]
    assert ids == ["70", "71", "72"]


def test_the_company_is_american_and_lives_on_the_west_coast(make):
    desk = make("intuit")
    known = desk.read("CompanyInfo", desk.realm)
    assert (known["CompanyName"], known["Country"]) == ("Craig's Design and Landscaping Services", "US")
    assert known["DefaultTimeZone"] == "America/Los_Angeles"
    preferences = desk.select("select * from Preferences")[0]
    assert preferences["CurrencyPrefs"] == {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}}


@pytest.mark.parametrize(
    ("item", "income", "taxable"), [("3", "48", True), ("4", "82", False), ("9", "53", False), ("10", "54", False), ("15", "49", True)]
)
def test_items_earn_into_the_recorded_accounts(make, item, income, taxable):
    known = make("intuit").read("Item", item)
    assert (known["IncomeAccountRef"]["value"], known["Taxable"]) == (income, taxable)
