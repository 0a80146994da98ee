"""Intuit's well-known US sandbox company, "Craig's Design and Landscaping Services", with the ids that it has there."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.companies import empty
from syncengine.emulator.companies.build import Builder, ref
from syncengine.emulator.companies.intuit_lists import ACCOUNTS, ITEMS

_CUSTOMERS = [
    "Amy's Bird Sanctuary", "Bill's Windsurf Shop", "Cool Cars", "Diego Rodriguez", "Dukes Basketball Camp", "Dylan Sollfrank",
    "Freeman Sporting Goods", "0969 Ocean View Road", "55 Twin Lane", "Geeta Kalapatapu", "Gevelber Photography",
    "Jeff's Jalopies", "John Melton", "Kate Whelan", "Pye's Cakes", "Kookies by Kathy", "Mark Cho", "Paulsen Medical Supplies",
    "Rago Travel Agency", "Red Rock Diner", "Rondonuwu Fruit and Vegi", "Shara Barnett", "Barnett Design",
    "Sonnenschein Family Store", "Sushi by Katsuyuki", "Travis Waldron", "Video Games by Dan", "Wedding Planning by Whitney",
    "Weiskopf Consulting",
]  # fmt: skip
_PARENTS = {8: 7, 9: 7, 23: 22}
_VENDORS = [
    "Books by Bessie", "Brosnahan Insurance Agency", "Cal Telephone", "Chin's Gas and Oil", "Cigna Health Care",
    "Computers by Jenni", "Diego's Road Warrior Bodyshop", "EDD", "Ellis Equipment Rental", "Fidelity", "Hall Properties",
    "Hicks Hardware", "Lee Advertising", "Mahoney Mugs", "Met Life Dental", "National Eye Care",
    "Norton Lumber and Building Materials", "Pam Seitz", "PG&E", "Robertson & Associates", "Tania's Nursery",
    "Tim Philip Masonry", "Tony Rondonuwu", "United States Treasury",
]  # fmt: skip
_TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))


def build(builder: Builder) -> None:
    """Fill the books of the sandbox company."""
    builder.days_ago(120)
    empty.settings(builder, custom_numbers=False, classes=True, departments=True, crew=True)
    for id_, (name, type_, sub, parent) in ACCOUNTS.items():
        payload: dict[str, Any] = {"Name": name, "AccountType": type_, "AccountSubType": sub}
        if parent:
            payload.update(SubAccount=True, ParentRef=ref(str(parent)))
        builder.add("Account", payload, id_)
    builder.inactive("Account", "5")
    for name, days in _TERMS:
        builder.add("Term", {"Name": name, "DueDays": days})
    for id_, (name, type_) in enumerate(empty.METHODS, 1):
        builder.add("PaymentMethod", {"Name": name, "Type": type_}, id_)
    _tax(builder)
    _names(builder)
    _items(builder)
    _transactions(builder)
    builder.days_ago(0)


def _tax(builder: Builder) -> None:
    for id_, name in (("1", "Arizona Dept. of Revenue"), ("2", "Board of Equalization")):
        builder.put("TaxAgency", id_, {"DisplayName": name, "TaxTrackedOnPurchases": False, "TaxTrackedOnSales": True})
    rates = (("1", "AZ State tax", "7.1", "1"), ("2", "Tucson City", "2", "1"), ("3", "California", "8", "2"))
    for id_, name, rate, agency in rates:
        value = {"Name": name, "Description": "Sales Tax", "Active": True, "RateValue": _decimal(rate), "AgencyRef": ref(agency),
                 "SpecialTaxType": "NONE", "DisplayType": "ReadOnly"}  # fmt: skip
        builder.put("TaxRate", id_, value)
    for id_, name, parts in (
        ("2", "California", (("3", "California"),)),
        ("3", "Tucson", (("1", "AZ State tax"), ("2", "Tucson City"))),
    ):
        detail = [
            {"TaxRateRef": {"value": rate, "name": shown}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
            for rate, shown in parts
        ]
        code = {"Name": name, "Description": name, "Active": True, "Taxable": True, "TaxGroup": True,
                "SalesTaxRateList": {"TaxRateDetail": detail}, "PurchaseTaxRateList": {"TaxRateDetail": []}}  # fmt: skip
        builder.put("TaxCode", id_, code)
    for name, taxable in (("TAX", True), ("NON", False), ("CustomSalesTax", True)):
        code = {"Name": name, "Description": name, "Active": True, "Taxable": taxable, "TaxGroup": name == "CustomSalesTax"}
        builder.put("TaxCode", name, code)


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _names(builder: Builder) -> None:
    for id_, name in enumerate(_CUSTOMERS, 1):
        payload: dict[str, Any] = {"DisplayName": name, "BillAddr": {"Line1": f"{4500 + id_} Coastside Ave.", "City": "Bayshore",
                                   "CountrySubDivisionCode": "CA", "PostalCode": "94326"}}  # fmt: skip
        payload["ShipAddr"] = payload["BillAddr"]
        if id_ in _PARENTS:
            payload.update(Job=True, ParentRef=ref(str(_PARENTS[id_])))
        builder.add("Customer", payload, id_)
    for id_, name in enumerate(_VENDORS, 30):
        builder.add("Vendor", {"DisplayName": name}, id_)
    builder.inactive("Vendor", "53")
    builder.add("Employee", {"GivenName": "John", "FamilyName": "Johnson"}, 54)
    builder.add("Employee", {"GivenName": "Emily", "FamilyName": "Platt"}, 55)
    builder.inactive("Employee", "55")
    builder.add("Vendor", {"DisplayName": "Bob's Burger Joint"}, 56)
    builder.add("Vendor", {"DisplayName": "Squeaky Kleen Car Wash"}, 57)
    # The next id that a recording of 2020 shows is 70.
    builder.books.company.sequences["names"] = 69


def _items(builder: Builder) -> None:
    start = builder.days_ago(60)
    for id_, item in ITEMS.items():
        payload: dict[str, Any] = {"Name": item.name, "Description": item.description, "Type": item.type, "UnitPrice": item.price,
                                   "IncomeAccountRef": ref(item.income), "Taxable": item.taxable}  # fmt: skip
        if item.cost:
            account = {"ExpenseAccountRef": ref("80" if item.type == "Inventory" else "66")}
            payload.update(account, PurchaseCost=item.cost, PurchaseDesc=item.description)
        if item.type == "Inventory":
            payload.update(AssetAccountRef=ref("81"), TrackQtyOnHand=True, QtyOnHand=20, InvStartDate=start)
        builder.add("Item", payload, id_)


def _sale(item: str, price: str, quantity: int) -> dict[str, Any]:
    detail = {"ItemRef": ref(item), "Qty": quantity, "UnitPrice": price}
    return {"Amount": int(price) * quantity, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def _cost(account: str, amount: str) -> dict[str, Any]:
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": ref(account)}}


def _transactions(builder: Builder) -> None:
    """Some of every kind, so that a client that takes "the first one there is" finds one."""
    _owed(builder)
    _sold(builder)
    _bought(builder)
    _moved(builder)
    # Transactions go on where the recorded ones did: the next invoice is 266, numbered 1043.
    builder.books.company.sequences["transactions"] = 265


def _owed(builder: Builder) -> None:
    """Invoices and what came in for them: customer, item, price, quantity, days ago, days after which it was paid."""
    numbers = (
        (2, "4", "75", 2, 75, 20), (4, "6", "30", 5, 62, 15), (10, "10", "35", 3, 55, 30), (17, "7", "50", 6, 48, 12),
        (1, "4", "75", 3, 40, 25), (3, "10", "35", 2, 20, 0), (24, "18", "35", 4, 6, 0),
    )  # fmt: skip
    for number, (customer, item, price, quantity, days, paid) in enumerate(numbers, 1036):
        who, day = ref(str(customer)), builder.days_ago(days)
        wish = {"DocNumber": str(number), "TxnDate": day, "CustomerRef": who, "Line": [_sale(item, price, quantity)]}
        made = builder.add("Invoice", wish)
        if paid:
            amount = int(price) * quantity
            linked = [{"Amount": amount, "LinkedTxn": [{"TxnId": made, "TxnType": "Invoice"}]}]
            day = builder.days_ago(days - paid)
            builder.add("Payment", {"TxnDate": day, "CustomerRef": who, "TotalAmt": amount, "Line": linked})


def _sold(builder: Builder) -> None:
    for entity, number, customer, days, more in (
        ("Estimate", "1001", "24", 30, {}),
        ("Estimate", "1002", "7", 11, {}),
        ("SalesReceipt", "1003", "6", 27, {"DepositToAccountRef": ref("4"), "PaymentMethodRef": ref("2")}),
        ("SalesReceipt", "1011", "20", 9, {"DepositToAccountRef": ref("35"), "PaymentMethodRef": ref("1")}),
        ("CreditMemo", "1026", "5", 8, {}),
        ("RefundReceipt", "1020", "18", 7, {"DepositToAccountRef": ref("35")}),
    ):
        wish = {"DocNumber": number, "TxnDate": builder.days_ago(days), "CustomerRef": ref(customer), "Line": [_sale("6", "30", 4)]}
        builder.add(entity, {**wish, **more})


def _bought(builder: Builder) -> None:
    paid = builder.add("Bill", {"TxnDate": builder.days_ago(33), "VendorRef": ref("50"), "Line": [_cost("64", "48.15")]})
    linked = [{"Amount": "48.15", "LinkedTxn": [{"TxnId": paid, "TxnType": "Bill"}]}]
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": ref("35")}, "TotalAmt": "48.15", "Line": linked}
    builder.add("BillPayment", {"TxnDate": builder.days_ago(28), "VendorRef": ref("50"), **check})
    day = builder.days_ago(14)
    detail = {"ItemRef": ref("11"), "Qty": 3, "UnitPrice": "10"}
    ordered = {"Amount": 30, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    order = {"DocNumber": "1005", "TxnDate": day, "VendorRef": ref("41"), "APAccountRef": ref("33"), "Line": [ordered]}
    builder.add("PurchaseOrder", order)
    builder.add("Bill", {"TxnDate": builder.days_ago(12), "VendorRef": ref("46"), "Line": [_cost("64", "103.55")]})
    builder.add("VendorCredit", {"TxnDate": builder.days_ago(10), "VendorRef": ref("46"), "Line": [_cost("64", "5")]})
    expense = {"PaymentType": "Cash", "AccountRef": ref("35"), "EntityRef": {"value": "56", "type": "Vendor"}}
    builder.add("Purchase", {**expense, "TxnDate": builder.days_ago(3), "Line": [_cost("13", "18.97")]})


def _moved(builder: Builder) -> None:
    day = builder.days_ago(22)
    builder.add("Transfer", {"TxnDate": day, "FromAccountRef": ref("35"), "ToAccountRef": ref("36"), "Amount": 100})
    line = {"Amount": 218, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": ref("1")}}
    builder.add("Deposit", {"TxnDate": builder.days_ago(18), "DepositToAccountRef": ref("35"), "Line": [line]})
    kind = "JournalEntryLineDetail"
    lines = [
        {"Amount": 40, "DetailType": kind, kind: {"PostingType": side, "AccountRef": ref(account)}}
        for side, account in (("Debit", "7"), ("Credit", "35"))
    ]
    builder.add("JournalEntry", {"TxnDate": builder.days_ago(5), "Line": lines})
    day = builder.days_ago(4)
    who = {"NameOf": "Employee", "EmployeeRef": ref("54"), "CustomerRef": ref("7"), "ItemRef": ref("2")}
    builder.add("TimeActivity", {"TxnDate": day, **who, "Hours": 3, "Minutes": 30})
