"""13: answers of 2019 and 2020 against those of the same requests: the same properties in the same order, the same kinds of values.

What is shown since then is switched off here; `test_13_wire_samples_of_2026` has it.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.unit.emulator.desk import Desk, cost, sale, side

_USD = {"value": "USD", "name": "United States Dollar"}
_ENVELOPE = "domain sparse Id SyncToken MetaData"


@pytest.fixture(name="make")
def _make(make):
    """Companies whose answers are those of before minor version 75."""
    return partial(make, minor_version="none")


def names(obj: dict[str, Any]) -> str:
    """The properties of an object in their order."""
    return " ".join(obj)


def raw(desk: Desk, path: str, body: Any) -> str:
    """The text of the answer to a POST."""
    response = desk.ask("POST", path, body)
    assert response.status == 200, response.body
    return response.body.decode()


def test_a_customer(make):
    desk = make("intuit")
    made = desk.post("customer", {"DisplayName": "Doe5, Jane"})
    assert names(made) == (
        "Taxable Job BillWithParent Balance BalanceWithJobs CurrencyRef PreferredDeliveryMethod domain sparse Id SyncToken MetaData "
        "FullyQualifiedName DisplayName PrintOnCheckName Active DefaultTaxCodeRef"
    )
    assert {name: value for name, value in made.items() if name != "MetaData"} == {
        "Taxable": True, "Job": False, "BillWithParent": False, "Balance": 0, "BalanceWithJobs": 0, "CurrencyRef": _USD,
        "PreferredDeliveryMethod": "Print", "domain": "QBO", "sparse": False, "Id": "70", "SyncToken": "0",
        "FullyQualifiedName": "Doe5, Jane", "DisplayName": "Doe5, Jane", "PrintOnCheckName": "Doe5, Jane", "Active": True,
        "DefaultTaxCodeRef": {"value": "2"},
    }  # fmt: skip
    assert names(made["MetaData"]) == "CreateTime LastUpdatedTime"


def test_a_sub_customer(make):
    known = make("intuit").read("Customer", "9")
    shown = [name for name in known if name not in {"BillAddr", "ShipAddr"}]
    assert " ".join(shown).startswith("Taxable Job BillWithParent ParentRef Level Balance")
    assert (known["Job"], known["BillWithParent"], known["ParentRef"], known["Level"]) == (True, False, {"value": "7"}, 1)
    assert (known["FullyQualifiedName"], known["DisplayName"]) == ("Freeman Sporting Goods:55 Twin Lane", "55 Twin Lane")


def test_a_vendor(make):
    desk = make("intuit")
    wish = {
        "DisplayName": "Brosnahan", "BillAddr": {"Line1": "P.O. Box 5"}, "TaxIdentifier": "123459875", "AcctNum": "7653412",
        "Vendor1099": True, "PrimaryPhone": {"FreeFormNumber": "(650) 555-9912"}, "WebAddr": {"URI": "http://www.example.com"},
    }  # fmt: skip
    made = desk.post("vendor", wish)
    assert names(made) == (
        f"BillAddr TaxIdentifier Balance AcctNum Vendor1099 CurrencyRef {_ENVELOPE} DisplayName PrintOnCheckName Active PrimaryPhone "
        "WebAddr"
    )
    assert names(made["BillAddr"]) == "Id Line1"
    assert (made["TaxIdentifier"], made["Balance"]) == ("XXXXXX9875", 0)


def test_an_employee(make):
    known = make("intuit").read("Employee", "55")
    assert names(known) == f"BillableTime {_ENVELOPE} GivenName FamilyName DisplayName PrintOnCheckName Active"
    assert (known["DisplayName"], known["PrintOnCheckName"], known["Active"]) == ("Emily Platt (deleted)", "Emily Platt", False)
    assert (known["BillableTime"], known["SyncToken"]) == (False, "1")


def test_an_account(make):
    known = make("intuit").read("Account", "5")
    assert names(known) == (
        "Name SubAccount FullyQualifiedName Active Classification AccountType AccountSubType CurrentBalance "
        f"CurrentBalanceWithSubAccounts CurrencyRef {_ENVELOPE}"
    )
    assert (known["Name"], known["FullyQualifiedName"], known["SyncToken"]) == (
        "Fees Billed (deleted)",
        "Fees Billed (deleted)",
        "1",
    )
    assert (known["Classification"], known["AccountType"], known["AccountSubType"]) == ("Revenue", "Income", "ServiceFeeIncome")
    assert known["CurrencyRef"] == _USD


def test_a_class_and_a_department(make):
    desk = make("demo")
    made = desk.post("class", {"Name": "Landscape"})
    assert names(made) == f"Name SubClass FullyQualifiedName Active {_ENVELOPE}"
    assert made["Id"].startswith("5000000000000085")
    parent = desk.post("department", {"Name": "US"})
    below = desk.post("department", {"Name": "East", "SubDepartment": True, "ParentRef": {"value": parent["Id"]}})
    assert names(below) == f"Name SubDepartment ParentRef FullyQualifiedName Active {_ENVELOPE}"
    assert (below["ParentRef"], below["FullyQualifiedName"]) == ({"value": parent["Id"]}, "US:East")


def test_an_inventory_item(make):
    desk = make("intuit")
    wish = {
        "Name": "Rock", "Description": "Rock", "Taxable": True, "UnitPrice": 275, "Type": "Inventory", "PurchaseDesc": "Rock",
        "PurchaseCost": 125, "TrackQtyOnHand": True, "QtyOnHand": 2, "InvStartDate": "2014-09-19",
        "IncomeAccountRef": {"value": "79"}, "ExpenseAccountRef": {"value": "80"}, "AssetAccountRef": {"value": "81"},
    }  # fmt: skip
    text = raw(desk, "item", wish)
    made = json.loads(text)["Item"]
    assert names(made) == (
        "Name Description Active FullyQualifiedName Taxable UnitPrice Type IncomeAccountRef PurchaseDesc PurchaseCost ExpenseAccountRef "
        f"AssetAccountRef TrackQtyOnHand QtyOnHand InvStartDate {_ENVELOPE}"
    )
    assert made["IncomeAccountRef"] == {"value": "79", "name": "Sales of Product Income"}
    assert '"UnitPrice":275,' in text
    assert '"QtyOnHand":2,' in text


def test_a_term_and_a_payment_method(make):
    desk = make("intuit")
    term = desk.read("Term", "4")
    assert names(term) == f"Name Active Type DiscountPercent DueDays DiscountDays {_ENVELOPE}"
    assert (term["Type"], term["DiscountPercent"], term["DueDays"], term["DiscountDays"]) == ("STANDARD", 0, 60, 0)
    method = desk.read("PaymentMethod", "7")
    assert names(method) == f"Name Active Type {_ENVELOPE}"
    assert (method["Name"], method["Type"]) == ("Diners Club", "CREDIT_CARD")


def test_a_tax_code_and_a_pseudo_code(make):
    desk = make("intuit")
    code = desk.read("TaxCode", "2")
    assert names(code).startswith("Name Description Active Taxable TaxGroup SalesTaxRateList PurchaseTaxRateList domain")
    detail = {"TaxRateRef": {"value": "3", "name": "California"}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    assert code["SalesTaxRateList"] == {"TaxRateDetail": [detail]}
    assert code["PurchaseTaxRateList"] == {"TaxRateDetail": []}
    pseudo = desk.read("TaxCode", "NON")
    assert (pseudo["Name"], pseudo["Description"], pseudo["Taxable"], pseudo["TaxGroup"]) == ("NON", "NON", False, False)


def test_an_invoice_and_its_void(make):
    desk = make("intuit")
    item = {"ItemRef": {"value": "1", "name": "Services"}}
    wish = {
        "Line": [{"Amount": 100.0, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}],
        "CustomerRef": {"value": "1"},
    }
    text = raw(desk, "invoice", wish)
    made = json.loads(text, parse_float=Decimal)["Invoice"]
    assert names(made) == (
        "AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment domain sparse Id SyncToken MetaData "
        "CustomField DocNumber TxnDate CurrencyRef LinkedTxn Line TxnTaxDetail CustomerRef BillAddr ShipAddr DueDate TotalAmt "
        "ApplyTaxAfterDiscount PrintStatus EmailStatus Balance"
    )
    assert (made["Id"], made["DocNumber"], made["DueDate"]) == ("266", "1043", "2026-02-14")
    assert made["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]
    assert [names(line) for line in made["Line"]] == [
        "Id LineNum Amount DetailType SalesItemLineDetail",
        "Amount DetailType SubTotalLineDetail",
    ]
    assert made["Line"][0]["SalesItemLineDetail"] == {"ItemRef": {"value": "1", "name": "Services"}, "TaxCodeRef": {"value": "NON"}}
    assert (made["BillAddr"]["Id"], made["ShipAddr"]["Id"]) == ("2", "2")
    assert (made["CustomerRef"], made["CurrencyRef"]) == ({"value": "1", "name": "Amy's Bird Sanctuary"}, _USD)
    assert '"TxnTaxDetail":{"TotalTax":0}' in text
    assert (
        '"TotalAmt":100.00,"ApplyTaxAfterDiscount":false,"PrintStatus":"NeedToPrint","EmailStatus":"NotSet","Balance":100.00}'
        in text
    )
    void = desk.post("invoice?operation=void", {"Id": "266", "SyncToken": "0"})
    assert (void["SyncToken"], void["PrivateNote"], void["TotalAmt"], void["Balance"]) == ("1", "Voided", 0, 0)
    assert [line["Amount"] for line in void["Line"]] == [0, 0]
    assert void["LinkedTxn"] == []


def test_a_bill_and_what_pays_it(make):
    desk = make("demo")
    class_ = {"value": desk.select("select * from Class")[0]["Id"]}
    department = {"value": desk.select("select * from Department")[0]["Id"]}
    vendor = desk.vendor()["Id"]
    lines = [
        {**cost(desk.account("Travel"), "123.45", ClassRef=class_), "Description": "d"},
        cost(desk.account("Supplies"), "123.45"),
    ]
    wish = {
        "VendorRef": {"value": vendor},
        "DocNumber": "Ref123",
        "TxnDate": "2026-01-10",
        "DueDate": "2026-01-12",
        "PrivateNote": "Memo",
    }
    text = raw(desk, "bill", {**wish, "DepartmentRef": department, "Line": lines})
    made = json.loads(text, parse_float=Decimal)["Bill"]
    assert names(made) == (
        f"DueDate Balance {_ENVELOPE} DocNumber TxnDate DepartmentRef CurrencyRef PrivateNote Line VendorRef APAccountRef TotalAmt"
    )
    assert names(made["Line"][0]) == "Id LineNum Description Amount DetailType AccountBasedExpenseLineDetail"
    detail = made["Line"][0]["AccountBasedExpenseLineDetail"]
    assert names(detail) == "AccountRef BillableStatus ClassRef TaxCodeRef"
    assert (detail["BillableStatus"], detail["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})
    assert '"Balance":246.90' in text
    paid = {"VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": "246.90", "PrivateNote": "n", "CheckPayment": {}}
    paid["CheckPayment"] = {"BankAccountRef": desk.account("Checking"), "PrintStatus": "NeedToPrint"}
    linked = [{"TxnId": made["Id"], "TxnType": "Bill"}]
    payment = desk.post("billpayment", {**paid, "Line": [{"Amount": "246.90", "LinkedTxn": linked}]})
    assert [name for name in payment if name != "CurrencyRef"] == (
        f"VendorRef PayType CheckPayment TotalAmt {_ENVELOPE} TxnDate PrivateNote Line".split()
    )
    assert names(payment["CheckPayment"]) == "BankAccountRef PrintStatus"
    assert payment["Line"] == [{"Amount": Decimal("246.90"), "LinkedTxn": linked}]
    after = desk.read("Bill", made["Id"])
    assert (after["Balance"], after["SyncToken"]) == (0, "1")
    assert after["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]


def test_a_purchase(make):
    desk = make("intuit")
    wish = {"PaymentType": "Check", "AccountRef": {"value": "35"}, "EntityRef": {"value": "54", "type": "Employee"}}
    made = desk.post("purchase", {**wish, "Line": [cost({"value": "7"}, 207)]})
    assert names(made).startswith(f"AccountRef PaymentType EntityRef TotalAmt PrintStatus PurchaseEx {_ENVELOPE}")
    assert made["EntityRef"] == {"value": "54", "name": "John Johnson", "type": "Employee"}
    assert made["PurchaseEx"] == {
        "any": [
            {
                "name": "{http://schema.intuit.com/finance/v3}NameValue",
                "declaredType": "com.intuit.schema.finance.v3.NameValue",
                "scope": "javax.xml.bind.JAXBElement$GlobalScope",
                "value": {"Name": "TxnType", "Value": "3"},
                "nil": False,
                "globalScope": True,
                "typeSubstituted": False,
            }
        ]
    }


def test_a_journal_entry(make):
    desk = make("demo")
    class_ = {"value": desk.select("select * from Class")[0]["Id"]}
    department = {"value": desk.select("select * from Department")[0]["Id"]}
    employee = desk.select("select * from Employee")[0]["Id"]
    entity = {"Type": "Employee", "EntityRef": {"value": employee}}
    lines = [
        {
            **side("Credit", desk.account("Travel"), "17.99", Entity=entity, ClassRef=class_, DepartmentRef=department),
            "Description": "d",
        },
        side("Debit", desk.account("Supplies"), "17.99"),
    ]
    made = desk.post("journalentry", {"DocNumber": "309", "PrivateNote": "n", "Line": lines})
    shown = [name for name in made if name != "ExchangeRate"]
    assert shown == f"Adjustment {_ENVELOPE} DocNumber TxnDate CurrencyRef PrivateNote Line TxnTaxDetail".split()
    assert names(made["Line"][0]) == "Id Description Amount DetailType JournalEntryLineDetail"
    assert [line["Id"] for line in made["Line"]] == ["0", "1"]
    assert names(made["Line"][0]["JournalEntryLineDetail"]) == "PostingType Entity AccountRef ClassRef DepartmentRef"
    assert names(made["Line"][0]["JournalEntryLineDetail"]["Entity"]) == "Type EntityRef"
    assert made["TxnTaxDetail"] == {}


def test_a_line_of_a_payment(make):
    desk = make("intuit")
    invoice = desk.invoice("1", "4", 100, DocNumber="1038-1")
    linked = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    made = desk.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 100, "Line": [{"Amount": 100, "LinkedTxn": linked}]})
    (line,) = made["Line"]
    assert names(line) == "Amount LinkedTxn LineEx"
    assert [each["value"] for each in line["LineEx"]["any"]] == [
        {"Name": "txnId", "Value": invoice["Id"]},
        {"Name": "txnOpenBalance", "Value": "100.00"},
        {"Name": "txnReferenceNumber", "Value": "1038-1"},
    ]


def test_a_line_of_a_deposit(make):
    desk = make("demo")
    class_ = {"value": desk.select("select * from Class")[0]["Id"]}
    vendor = desk.vendor()["Id"]
    detail = {"Entity": {"value": vendor, "type": "Vendor"}, "ClassRef": class_, "AccountRef": desk.account("Services")}
    line = {"Amount": "123.45", "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    made = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [line]})
    (shown,) = made["Line"]
    assert names(shown) == "Id LineNum Amount DetailType DepositLineDetail"
    assert names(shown["DepositLineDetail"]) == "AccountRef ClassRef Entity"
    assert shown["DepositLineDetail"]["Entity"] == {"value": vendor, "name": "Bolt & Co", "type": "Vendor"}


def test_an_exchange_rate(make):
    desk = make("intuit")
    response = desk.ask("GET", "exchangerate?sourcecurrencycode=USD&asofdate=2019-12-17")
    rate = json.loads(response.body)["ExchangeRate"]
    assert names(rate) == "SourceCurrencyCode TargetCurrencyCode Rate AsOfDate MetaData"
    assert (rate["SourceCurrencyCode"], rate["TargetCurrencyCode"], rate["Rate"], rate["AsOfDate"]) == (
        "USD",
        "USD",
        1,
        "2019-12-17",
    )
    assert names(rate["MetaData"]) == "LastUpdatedTime"


def test_quantities_carry_the_digits_they_need_and_amounts_two(make):
    desk = make("intuit")
    text = raw(desk, "invoice", {"CustomerRef": {"value": "1"}, "Line": [sale("4", "101.25", Qty="4.50", UnitPrice="22.5")]})
    assert '"Amount":101.25' in text
    assert '"UnitPrice":22.5,"Qty":4.5' in text


def test_in_xml_a_line_of_a_bill_has_its_item_before_what_a_bill_adds(make):
    desk = make("intuit")
    line = {"Amount": 192, "DetailType": "ItemBasedExpenseLineDetail"}
    line["ItemBasedExpenseLineDetail"] = {"ItemRef": {"value": "11"}, "UnitPrice": 8, "Qty": 24}
    response = desk.ask("POST", "bill", {"VendorRef": {"value": "30"}, "Line": [line]}, Accept="application/xml")
    assert (
        '<ItemBasedExpenseLineDetail><ItemRef name="Pump">11</ItemRef><UnitPrice>8</UnitPrice><Qty>24</Qty>'
        "<TaxCodeRef>NON</TaxCodeRef><BillableStatus>NotBillable</BillableStatus></ItemBasedExpenseLineDetail>"
    ) in response.body.decode()
