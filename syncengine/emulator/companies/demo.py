"""A small distributor on a working day, all invented: customers, vendors, items, tracking on, and a few weeks of documents."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import moments
from syncengine.emulator.companies import empty
from syncengine.emulator.companies.build import Builder, ref

#: Display name, street, city, state, postal code, term.
_CUSTOMERS = (
    ("Alder Creek Outfitters", "410 Alder Creek Rd", "Sisters", "OR", "97759", "Net 30"),
    ("Bayside Marine Repair", "77 Harbor Loop", "Coos Bay", "OR", "97420", "Net 30"),
    ("Cedar & Finch Hardware", "1208 Main St", "Eugene", "OR", "97401", "Net 15"),
    ("Driftwood Cafe", "3 Beach Access Ln", "Newport", "OR", "97365", "Due on receipt"),
    ("Evergreen School District", "900 Learning Way", "Vancouver", "WA", "98661", "Net 60"),
    ("Foxglove Garden Center", "2525 Nursery Rd", "Salem", "OR", "97302", "Net 30"),
    ("Granite Peak Builders", "15 Quarry Ct", "Bend", "OR", "97701", "Net 30"),
    ("Hollis & Daughters", "640 Orchard Ave", "Hood River", "OR", "97031", "Net 15"),
    ("Ironwood Furniture Works", "88 Mill St", "Albany", "OR", "97321", "Net 30"),
    ("Juniper Property Group", "1 Civic Plaza", "Portland", "OR", "97204", "Net 30"),
    ("Kestrel Bicycle Co-op", "31 Spoke Alley", "Corvallis", "OR", "97330", "Net 15"),
)
_VENDORS = (
    ("Pacific Fastener Supply", "Net 30"),
    ("Northline Packaging", "Net 30"),
    ("Cascade Freight Lines", "Due on receipt"),
    ("Redhill Tool Works", "Net 60"),
    ("Sunrise Coatings", "Net 30"),
    ("Tamarack Lumber Mill", "Net 15"),
)
#: Name, SKU, sales price, cost, preferred vendor.
_GOODS = (
    ("Hex bolt M8 box of 100", "HB-M8-100", "18.5", "9.8", 0),
    ("Hex bolt M10 box of 50", "HB-M10-50", "21", "11.25", 0),
    ("Deck screw 3 in 5 lb", "DS-3-5LB", "34.95", "19.4", 0),
    ("Carton 12x12x12 bundle of 25", "CT-12-25", "29.75", "16.1", 1),
    ("Packing tape 6 pack", "PT-6", "14.25", "7.6", 1),
    ("Socket set 40 piece", "SS-40", "89", "52.3", 3),
    ("Torque wrench 1/2 in", "TW-12", "129.5", "78", 3),
    ("Cordless driver 18V", "CD-18V", "164", "101.5", 3),
    ("Wood stain walnut 1 gal", "WS-WAL-1G", "46.8", "27.15", 4),
    ("Marine varnish 1 qt", "MV-1Q", "38.4", "21.9", 4),
    ("Cedar board 1x6x8", "CB-168", "12.6", "7.35", 5),
    ("Pine stud 2x4x8", "PS-248", "5.45", "3.1", 5),
)
_SERVICES = (("Delivery", "45"), ("Tool sharpening", "18"), ("Workshop hour", "72.5"))
_PEOPLE = (("Maya", "Okafor"), ("Tomas", "Lindqvist"), ("Priya", "Raman"))
#: Days ago, customer, lines (item, quantity), class, location.
_INVOICES = (
    (34, 0, ((0, 4), (2, 2)), 0, 0), (33, 1, ((9, 6),), 0, 1), (31, 2, ((5, 3), (6, 1), (0, 10)), 1, 0), (28, 3, ((4, 2),), 1, 1),
    (27, 4, ((7, 5), (5, 5)), 2, 0), (25, 5, ((8, 4), (3, 2)), 1, 0), (21, 6, ((10, 120), (11, 200)), 0, 0),
    (20, 7, ((2, 6),), 1, 1),
    (17, 8, ((8, 2), (9, 3), (10, 40)), 0, 0), (14, 9, ((1, 8),), 0, 0), (12, 10, ((6, 2),), 1, 1), (8, 0, ((3, 12), (4, 4)), 0, 0),
    (5, 6, ((11, 350),), 0, 0), (2, 2, ((7, 2), (2, 3)), 1, 0), (1, 11, ((5, 1), (0, 2)), 3, 1),
)  # fmt: skip
#: Days ago, vendor, lines (item, quantity).
_ORDERS = (
    (30, 0, ((0, 100), (1, 60))), (22, 3, ((5, 20), (7, 12))), (16, 5, ((10, 400), (11, 1000))), (9, 4, ((8, 24), (9, 36))),
    (3, 1, ((3, 80), (4, 50))),
)  # fmt: skip


def build(builder: Builder) -> None:
    """Fill the books of the distributor."""
    builder.days_ago(120)
    empty.settings(builder, classes=True, departments=True)
    accounts = empty.accounts(builder)
    empty.lists(builder)
    builder.days_ago(90)
    classes = _classes(builder)
    departments = [builder.add("Department", {"Name": name}) for name in ("Warehouse", "Store")]
    customers, vendors, items = _customers(builder), _vendors(builder), _items(builder, accounts)
    for given, family in _PEOPLE:
        builder.add("Employee", {"GivenName": given, "FamilyName": family})
    _orders(builder, accounts, vendors, items, classes)
    invoices = _invoices(builder, customers, items, classes, departments)
    _payments(builder, customers, invoices)
    _bill(builder, accounts, vendors, classes)
    builder.days_ago(0)


def _terms(builder: Builder) -> dict[str, str]:
    return {name: builder.books.ids("Term", "name", name.casefold())[0][0] for name, _ in empty.TERMS}


def _classes(builder: Builder) -> list[str]:
    wholesale, retail, schools = (builder.add("Class", {"Name": name}) for name in ("Wholesale", "Retail", "Schools"))
    return [wholesale, retail, schools, builder.add("Class", {"Name": "Online", "SubClass": True, "ParentRef": ref(retail)})]


def _customers(builder: Builder) -> list[str]:
    terms = _terms(builder)
    made: list[str] = []
    for name, street, city, state, code, term in _CUSTOMERS:
        address = {"Line1": street, "City": city, "CountrySubDivisionCode": state, "PostalCode": code, "Country": "USA"}
        mail = f"accounts@{''.join(c for c in name.lower() if c.isalnum())}.example.com"
        payload = {
            "DisplayName": name, "CompanyName": name, "BillAddr": address, "ShipAddr": address, "SalesTermRef": ref(terms[term]),
            "PrimaryEmailAddr": {"Address": mail}, "PrimaryPhone": {"FreeFormNumber": f"(541) 555-01{len(made):02d}"},
        }  # fmt: skip
        made.append(builder.add("Customer", payload))
    made.append(builder.add("Customer", {"DisplayName": "Bayside Boatyard", "Job": True, "ParentRef": ref(made[1])}))
    return made


def _vendors(builder: Builder) -> list[str]:
    terms = _terms(builder)
    return [
        builder.add("Vendor", {"DisplayName": name, "CompanyName": name, "TermRef": ref(terms[term])}) for name, term in _VENDORS
    ]


def _items(builder: Builder, accounts: dict[str, str]) -> list[str]:
    made = []
    for name, sku, price, cost, _ in _GOODS:
        payload = {
            "Name": name, "Sku": sku, "Type": "NonInventory", "Description": name, "UnitPrice": price, "PurchaseCost": cost,
            "IncomeAccountRef": ref(accounts["Sales of Product Income"]), "ExpenseAccountRef": ref(accounts["Cost of Goods Sold"]),
            "Taxable": True,
        }  # fmt: skip
        made.append(builder.add("Item", payload))
    for name, price in _SERVICES:
        payload = {"Name": name, "Type": "Service", "UnitPrice": price, "IncomeAccountRef": ref(accounts["Services"])}
        builder.add("Item", payload)
    return made


def _lines(
    builder: Builder, kind: str, price: str, items: list[str], wanted: tuple[tuple[int, int], ...], class_: str
) -> list[dict[str, Any]]:
    lines = []
    for place, quantity in wanted:
        item = builder.books.known("Item", items[place]) or {}
        detail = {"ItemRef": ref(items[place]), "Qty": quantity, "UnitPrice": item[price], "ClassRef": ref(class_)}
        lines.append({"Amount": item[price] * quantity, "Description": item["Name"], "DetailType": kind, kind: detail})
    return lines


def _invoices(builder: Builder, customers: list[str], items: list[str], classes: list[str], departments: list[str]) -> list[str]:
    made = []
    for number, (days, customer, wanted, class_, department) in enumerate(_INVOICES, 10241):
        day = builder.days_ago(days, 9 * 60)
        known = builder.books.known("Customer", customers[customer]) or {}
        payload: dict[str, Any] = {
            "DocNumber": str(number), "TxnDate": day, "CustomerRef": ref(customers[customer]),
            "DepartmentRef": ref(departments[department]),
            "Line": _lines(builder, "SalesItemLineDetail", "UnitPrice", items, wanted, classes[class_]),
        }  # fmt: skip
        if "SalesTermRef" in known:
            payload["SalesTermRef"] = ref(known["SalesTermRef"]["value"])
        made.append(builder.add("Invoice", payload))
    return made


def _orders(builder: Builder, accounts: dict[str, str], vendors: list[str], items: list[str], classes: list[str]) -> None:
    for number, (days, vendor, wanted) in enumerate(_ORDERS, 5301):
        day = builder.days_ago(days, 60)
        payload = {
            "DocNumber": str(number), "TxnDate": day, "VendorRef": ref(vendors[vendor]),
            "APAccountRef": ref(accounts["Accounts Payable (A/P)"]),
            "Line": _lines(builder, "ItemBasedExpenseLineDetail", "PurchaseCost", items, wanted, classes[0]),
        }  # fmt: skip
        builder.add("PurchaseOrder", payload)


def _payments(builder: Builder, customers: list[str], invoices: list[str]) -> None:
    """Four invoices are paid, one of them in part."""
    for place, share, days in ((0, 1, 10), (1, 1, 9), (3, 1, 26), (6, 2, 4)):
        day = builder.days_ago(days, 3600)
        invoice = builder.books.known("Invoice", invoices[place]) or {}
        amount = invoice["Balance"] / share
        payload = {
            "TxnDate": day, "CustomerRef": ref(customers[_INVOICES[place][1]]), "TotalAmt": amount,
            "PaymentRefNum": f"{4100 + place}",
            "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": invoices[place], "TxnType": "Invoice"}]}],
        }  # fmt: skip
        builder.add("Payment", payload)


def _bill(builder: Builder, accounts: dict[str, str], vendors: list[str], classes: list[str]) -> None:
    """One freight bill, so that payables are not empty, and one journal entry."""
    day = builder.days_ago(11, 7200)
    freight = {"AccountRef": ref(accounts["Freight & delivery - COS"]), "ClassRef": ref(classes[0])}
    line = {"Amount": "312.4", "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": freight}
    builder.add(
        "Bill",
        {
            "DocNumber": "CF-20817",
            "TxnDate": day,
            "VendorRef": ref(vendors[2]),
            "DueDate": moments.add_days(day, 15),
            "Line": [line],
        },
    )
    sides = (("Debit", "Insurance"), ("Credit", "Prepaid Expenses"))
    lines = [
        {
            "Amount": "150",
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(accounts[name])},
        }
        for side, name in sides
    ]
    builder.add("JournalEntry", {"DocNumber": "ADJ-1", "TxnDate": day, "PrivateNote": "Insurance of the month", "Line": lines})
