"""The real cause of every code that a client can provoke: code -> what a company's client does, and the errors that come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.emulator.conftest import Make
from tests.unit.emulator.desk import Desk, cost, parsed, sale, side

Cause = Callable[[Make], dict[str, Any]]
KIND = "AccountBasedExpenseLineDetail"
MONTHLY = {"StartDate": "2026-01-01", "EndDate": "2026-12-31"}


def refused(path: str, body: Any, kind: str = "intuit", **switches: Any) -> Cause:
    """One request is all that it takes."""
    return lambda make: make(kind, **switches).refused(path, body)


def read(path: str, kind: str = "intuit") -> Cause:
    return lambda make: make(kind).refused(path, None, method="GET")


def invoice(kind: str = "intuit", line: dict[str, Any] | None = None, **more: Any) -> Cause:
    """An invoice to the first customer with one thing wrong."""
    switches = {name: more.pop(name) for name in ("sales_customer", "line_amounts") if name in more}
    body = {"CustomerRef": {"value": "1"}, "Line": [line or sale("4", 75)], **more}
    return lambda make: make(kind, **switches).refused("invoice", body)


def worked(**wish: Any) -> Cause:
    """A time activity of John Johnson."""
    who = {"NameOf": "Employee", "EmployeeRef": {"value": "54"}, "Hours": 1, "Minutes": 0}
    body = {name: value for name, value in {**who, **wish}.items() if value is not None}
    return lambda make: make("intuit").refused("timeactivity", body)


def budgeted(*details: dict[str, Any], **more: Any) -> Cause:
    return lambda make: make("intuit").refused("budget", {**MONTHLY, "BudgetDetail": list(details), **more})


def planned(account: str, **more: Any) -> dict[str, Any]:
    return {"Amount": 1, "BudgetDate": "2026-01-01", "AccountRef": {"value": account}, **more}


def _repeated(make: Make) -> dict[str, Any]:
    desk = make("intuit", requestid_other_body="600")
    desk.post("customer?requestid=r1", {"DisplayName": "One"})
    return desk.refused("customer?requestid=r1", {"DisplayName": "Two"})


def _linked_twice(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    wish = {"CustomerRef": {"value": "1"}, "Line": [sale("4", 75)]}
    estimate = desk.post("estimate", wish)
    linked = {**wish, "LinkedTxn": [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]}
    desk.post("invoice", linked)
    return desk.refused("invoice", linked)


def _currency_twice(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    desk.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    desk.post("companycurrency", {"Code": "EUR"})
    return desk.refused("companycurrency", {"Code": "EUR"})


def _used_journal(make: Make) -> dict[str, Any]:
    desk = make("french")
    code = {"value": "2"}
    lines = [side("Debit", desk.account("Travel"), 1, JournalCodeRef=code), side("Credit", desk.account("Checking"), 1)]
    desk.post("journalentry", {"Line": lines})
    return desk.refused("journalcode?operation=delete", {"Id": "2", "SyncToken": "0"})


def _own_parent(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    known = desk.read("Customer", "1")
    return desk.refused("customer", {**known, "sparse": True, "Job": True, "ParentRef": {"value": "1"}})


def _batch(size: int) -> Cause:
    item = {"bId": "b", "Query": "select * from Term"}
    return lambda make: make("intuit").refused("batch", {"BatchItemRequest": [item] * size})


def _other_kind(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    return desk.refused("item", {**desk.read("Item", "5"), "Type": "Service"})


def _stale(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    return desk.refused("customer", {**desk.read("Customer", "1"), "SyncToken": "9"})


def _deep(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    above = "1"
    for level in range(4):
        above = desk.post("customer", {"DisplayName": f"L{level}", "Job": True, "ParentRef": {"value": above}})["Id"]
    return desk.refused("customer", {"DisplayName": "L5", "Job": True, "ParentRef": {"value": above}})


def _closed(password: str) -> Cause:
    def cause(make: Make) -> dict[str, Any]:
        desk = make("intuit")
        desk.act("close_books", date="2025-12-31", password=password)
        body = {"CustomerRef": {"value": "1"}, "TxnDate": "2025-12-31", "Line": [sale("4", 75)]}
        return desk.refused("invoice", body)

    return cause


def _leaving(prepare: Callable[[Desk, str], object]) -> Cause:
    def cause(make: Make) -> dict[str, Any]:
        desk = make("intuit")
        made = desk.customer()
        prepare(desk, made["Id"])
        return desk.refused("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})

    return cause


def _owing(desk: Desk, customer: str) -> None:
    desk.invoice(customer, "4")


def _to_bill(desk: Desk, customer: str) -> None:
    line = cost({"value": "7"}, 5, BillableStatus="Billable", CustomerRef={"value": customer})
    desk.post("bill", {"VendorRef": {"value": "30"}, "Line": [line]})


def _bills_with(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    known = desk.post("customer", {"DisplayName": "Sub", "Job": True, "BillWithParent": True, "ParentRef": {"value": "7"}})
    desk.invoice(known["Id"], "4")
    return desk.refused("customer", {"Id": known["Id"], "SyncToken": "0", "sparse": True, "BillWithParent": False})


def _number_twice(make: Make) -> dict[str, Any]:
    desk = make("empty")
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    desk.invoice(customer, item, DocNumber="A1")
    return desk.refused("invoice", {"CustomerRef": {"value": customer}, "DocNumber": "A1", "Line": [sale(item, 1)]})


def _custom_tax_later(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    made = desk.invoice("1", "4")
    return desk.refused("invoice", {**made, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "CustomSalesTax"}}})


def _deposited(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    payment = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 5})
    linked = [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]
    desk.post("deposit", {"DepositToAccountRef": {"value": "35"}, "Line": [{"Amount": 5, "LinkedTxn": linked}]})
    return desk.refused("payment?operation=delete", {"Id": payment["Id"], "SyncToken": desk.read("Payment", payment["Id"])["SyncToken"]})


def _removed(make: Make) -> dict[str, Any]:
    response = make("intuit", user="removed").ask("GET", "customer/1")
    assert response.status == 401
    (error,) = parsed(response)["Fault"]["Error"]
    return dict(error)


def _matched(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    payment = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 5, "DepositToAccountRef": {"value": "35"}})
    desk.act("match", entity="Payment", id=payment["Id"])
    return desk.refused("payment?operation=delete", {"Id": payment["Id"], "SyncToken": "0"})


def _taxed_line(**detail: Any) -> Cause:
    def cause(make: Make) -> dict[str, Any]:
        desk = make("british")
        lines = [side("Debit", desk.account("Travel"), 1, TaxCodeRef={"value": "2"}, **detail), side("Credit", desk.account("Checking"), 1)]
        return desk.refused("journalentry", {"Line": lines})

    return cause


def _untaxed_form(make: Make) -> dict[str, Any]:
    desk = make("british")
    form = {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sale(desk.item()["Id"], 10)]}
    return desk.refused("invoice", {**form, "GlobalTaxCalculation": "NotApplicable", "TxnTaxDetail": {"TotalTax": 2}})


def _unauthorized(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    body = parsed(desk.ask("GET", "customer/1", None, Authorization="Bearer nonsense"))
    return {name.capitalize() if name != "code" else name: value for name, value in body["fault"]["error"][0].items()}


def _debits(first: Any, second: Any) -> Cause:
    return lambda make: make("intuit").refused(
        "journalentry", {"Line": [side("Debit", {"value": "7"}, first), side("Credit", {"value": "35"}, second)]}
    )


_CREDIT = side("Credit", {"value": "35"}, 1)
_TERM = {"Name": "T", "DueDays": 1}
_INVENTORY = {
    "Name": "N", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 1, "InvStartDate": "2026-01-01",
    "IncomeAccountRef": {"value": "79"}, "ExpenseAccountRef": {"value": "80"}, "AssetAccountRef": {"value": "81"},
}  # fmt: skip
_CARD = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}, "Line": [cost({"value": "7"}, 1)]}

def _divided_twice(make: Make) -> dict[str, Any]:
    desk = make("demo")
    class_ = {"value": desk.select("select * from Class")[0]["Id"]}
    account = desk.account("Travel")["value"]
    details = [planned(account, CustomerRef={"value": "1"}), planned(account, ClassRef=class_)]
    return desk.refused("budget", {**MONTHLY, "BudgetDetail": details})


def _billed_time(make: Make) -> dict[str, Any]:
    desk = make("intuit")
    who = {"NameOf": "Employee", "EmployeeRef": {"value": "54"}, "CustomerRef": {"value": "1"}, "ItemRef": {"value": "2"}}
    made = desk.post("timeactivity", {**who, "Hours": 1, "BillableStatus": "Billable", "HourlyRate": 10})
    linked = [{"TxnId": made["Id"], "TxnType": "TimeActivity"}]
    desk.post("invoice", {"CustomerRef": {"value": "1"}, "Line": [sale("4", 10)], "LinkedTxn": linked})
    now = desk.read("TimeActivity", made["Id"])
    return desk.refused("timeactivity", {**now, "BillableStatus": "NotBillable"})


#: Code -> its cause.
CAUSES: dict[str, Cause] = {
    "120": _removed,
    "500": read("nonsense/1"),
    "600": _repeated,
    "610": read("customer/999"),
    "620": _linked_twice,
    "630": _currency_twice,
    "700": refused("item", {"Name": "Below", "IncomeAccountRef": {"value": "1"}, "SubItem": True, "ParentRef": {"value": "4"}}),
    "800": _used_journal,
    "900": _own_parent,
    "1040": _batch(31),
    "2010": refused("invoice", {"BadJson": 1}),
    "2020": refused("invoice", {"CustomerRef": {"value": "1"}}),
    "2030": read("customer/1.5"),
    "2040": refused("customer", {"DisplayName": "a:b"}),
    "2050": refused("term", {"Name": "x" * 32, "DueDays": 1}),
    "2060": invoice(TxnDate="tomorrow"),
    "2070": invoice(TxnDate="2026-02-30"),
    "2080": refused("term", {**_TERM, "DueDays": "many"}),
    "2090": refused("item", {"Name": "N", "UnitPrice": "1e30", "IncomeAccountRef": {"value": "1"}}),
    "2100": invoice(line={**sale("4", 1), "Amount": "1,5"}),
    "2110": invoice(line={**sale("4", 1), "Amount": "1e30"}),
    "2120": _other_kind,
    "2130": refused(f"customer?requestid={'r' * 51}", {"DisplayName": "One"}),
    "2140": invoice(line=sale("4", "123456789012.00")),
    "2150": invoice(line={"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 101}}),
    "2160": invoice(line=sale("4", 1, Qty="123456789012")),
    "2170": worked(BillableStatus="HasBeenBilled"),
    "2190": budgeted(planned("7"), EndDate="2025-01-01"),
    "2200": refused("customer", {"DisplayName": "W", "WebAddr": {"URI": "no address"}}),
    "2210": refused("customer", {"DisplayName": "W", "PrimaryEmailAddr": {"Address": "nobody"}}),
    "2220": refused("customer", {"DisplayName": "W", "CurrencyRef": {"value": "EUR"}}),
    "2230": refused("customer", {"DisplayName": "W", "Active": "perhaps"}),
    "2240": refused("term", {**_TERM, "DueDays": 1000}),
    "2250": refused("invoice", {"CustomerRef": {"value": "1"}, "Line": []}),
    "2260": refused("journalentry", {"Line": [{**_CREDIT, "JournalEntryLineDetail": {"AccountRef": {"value": "7"}}}, _CREDIT]}),
    "2270": _taxed_line(),
    "2280": _taxed_line(TaxApplicableOn="Sales"),
    "2290": _debits(-1, -1),
    "2300": _debits(2, 1),
    "2500": invoice(CustomerRef={"value": "999"}),
    "2600": refused("term", {**_TERM, "DayOfMonthDue": 10}),
    "3000": invoice(CustomField=[{"DefinitionId": "9", "StringValue": "x"}]),
    "3200": _unauthorized,
    "4000": read("query?query=select%20from"),
    "4001": read("query?query=select%20*%20from%20Custmoer"),
    "5010": _stale,
    "5020": refused("account", {"Name": "A", "AccountType": "Bank"}, user="limited"),
    "5030": refused("class", {"Name": "A"}, plan="essentials"),
    "6000": refused("journalentry", {"Line": [side("Debit", {"value": "84"}, 1), _CREDIT]}),
    "6010": refused("account", {"Name": "A"}),
    "6060": refused("account", {"Name": "A", "AccountType": "Bank", "OpeningBalance": 5}),
    "6070": invoice(line=sale("4", 1000, Qty=7, UnitPrice=225)),
    "6080": refused("customer", {"CompanyName": "Nameless"}),
    "6090": invoice(line={"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True}}),
    "6100": invoice(line=sale("4", 75, TaxCodeRef={"value": "3"})),
    "6130": _bills_with,
    "6140": _number_twice,
    "6150": refused("customer", {"DisplayName": "Lost", "Job": True}),
    "6160": invoice(TxnTaxDetail={"TxnTaxCodeRef": {"value": "CustomSalesTax"}}),
    "6170": _untaxed_form,
    "6180": _deep,
    "6190": refused("customer", {"DisplayName": "W"}, subscription="ended"),
    "6200": _closed(""),
    "6210": _closed("secret"),
    "6220": _leaving(_owing),
    "6230": _custom_tax_later,
    "6240": refused("vendor", {"DisplayName": "Amy's Bird Sanctuary"}),
    "6250": invoice(CustomerRef={"value": "999"}, sales_customer="6250"),
    "6270": invoice(line=sale("5", 275), TxnDate="2020-01-01"),
    "6280": _leaving(_to_bill),
    "6290": worked(VendorRef={"value": "30"}),
    "6300": worked(NameOf="Customer"),
    "6310": worked(BillableStatus="Billable"),
    "6320": _billed_time,
    "6330": worked(HourlyRate=-1),
    "6340": worked(Minutes=60),
    "6350": worked(Hours=None, Minutes=None),
    "6360": worked(Hours=None, Minutes=None, StartTime="08:00:00-08:00"),
    "6370": worked(Hours=None, Minutes=None, StartTime="09:00:00-08:00", EndTime="08:00:00-08:00"),
    "6380": worked(Hours=8761),
    "6390": worked(StartTime="08:00:00-08:00", EndTime="09:00:00-08:00"),
    "6420": invoice(EmailStatus="NeedToSend"),
    "6430": refused("transfer", {"FromAccountRef": {"value": "1"}, "ToAccountRef": {"value": "35"}, "Amount": 1}),
    "6440": refused("bill", {"VendorRef": {"value": "30"}, "Line": [{"Amount": 1, "DetailType": KIND, KIND: {}}]}),
    "6470": invoice(TxnTaxDetail={"TxnTaxCodeRef": {"value": "TAX"}}),
    "6480": _matched,
    "6490": _divided_twice,
    "6500": budgeted(),
    "6510": budgeted(planned("35")),
    "6520": refused("item", {name: value for name, value in _INVENTORY.items() if name != "QtyOnHand"}),
    "6530": refused("purchase", {**_CARD, "CreditCardPayment": {"CreditChargeInfo": {"Number": "4111111111111111"}}}),
    "6540": _deposited,
}
