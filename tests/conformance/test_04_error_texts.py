"""4.2 and 4.3: every code that a client can provoke comes by its real cause, in QuickBooks' words."""

from __future__ import annotations

import re

import pytest

from tests.conformance.causes import CAUSES, cost, invoice, read, refused
from tests.support.source import ROOT
from tests.unit.emulator.desk import parsed, sale

PAGE = (ROOT / "docs" / "emulator-errors.md").read_text(encoding="utf-8")
#: Intuit's list of codes, but for 0 and what belongs to OAuth 1.
OFFICIAL = {
    "100",
    "110",
    "120",
    "130",
    "140",
    "150",
    "500",
    "600",
    "610",
    "620",
    "630",
    "700",
    "800",
    "900",
    "1000",
    "1010",
    "1020",
    "1040",
    "1050",
    "2000",
    "2010",
    "2020",
    "2030",
    "2040",
    "2050",
    "2060",
    "2070",
    "2080",
    "2090",
    "2100",
    "2110",
    "2120",
    "2130",
    "2140",
    "2150",
    "2160",
    "2170",
    "2180",
    "2190",
    "2200",
    "2210",
    "2220",
    "2230",
    "2240",
    "2250",
    "2260",
    "2270",
    "2280",
    "2290",
    "2300",
    "2500",
    "2600",
    "3000",
    "3200",
    "3202",
    "4000",
    "4001",
    "4002",
    "5000",
    "5010",
    "5020",
    "5030",
    "6000",
    "6010",
    "6020",
    "6030",
    "6040",
    "6041",
    "6050",
    "6060",
    "6070",
    "6080",
    "6090",
    "6100",
    "6110",
    "6120",
    "6130",
    "6140",
    "6150",
    "6160",
    "6170",
    "6180",
    "6190",
    "6200",
    "6210",
    "6220",
    "6230",
    "6240",
    "6250",
    "6270",
    "6280",
    "6290",
    "6300",
    "6310",
    "6320",
    "6330",
    "6340",
    "6350",
    "6360",
    "6370",
    "6380",
    "6390",
    "6400",
    "6420",
    "6430",
    "6440",
    "6450",
    "6460",
    "6470",
    "6480",
    "6490",
    "6500",
    "6510",
    "6520",
    "6530",
    "6540",
    "10000",
    "10100",
    "10200",
}
#: Code -> Message and Detail as they were recorded or published (4.2), and for some of the rest as on Intuit's page of codes.
TEXTS = {
    "610": (
        "Object Not Found",
        (
            "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, "
            "items, vendors or employees."
        ),
    ),
    "2020": (
        "Required param missing, need to supply the required value for the API",
        "Required parameter Line is missing in the request",
    ),
    "2030": ("Invalid ID", "Id should be a valid number. Supplied value:1.5"),
    "2050": (
        "String length is either shorter or longer than supported",
        "String length specified does not match the supported length. Min:0 Max:31 supported. Supplied length:32",
    ),
    "2170": ("Invalid Enumeration", "Invalid Enumeration : HAS_BEEN_BILLED"),
    "2250": ("Missing lines", "You must enter at least one split line."),
    "2300": ("Amount on debits not equal to credits", "Please balance your debits and credits."),
    "2500": ("Invalid Reference Id", "Invalid Reference Id : Names element id 999 not found"),
    "4001": ("Invalid query", "QueryValidationError: invalid context declaration: Custmoer"),
    "5010": (
        "Stale Object Error",
        (
            "Stale Object Error : You and root were working on this at the same time. root finished before you did, so your work was "
            "not saved."
        ),
    ),
    "6070": ("Amount calculation incorrect in the request", "Amount is not equal to UnitPrice * Qty. Supplied value:1,000"),
    "6090": ("Discount Line missing required info", "A discount amount or percent is required."),
    "6100": ("Invalid Line TaxCode in the request", "Valid line TaxCodes for US should be TAX or NON. Supplied value: 3"),
    "6190": (
        "Invalid Company Status",
        (
            "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus "
            "because your trial or subscription period ended."
        ),
    ),
    "6200": (
        "Account Period Closed, Cannot Update Through Services API",
        (
            "The account period has closed and the account books cannot be updated through the QBO Services API. Please use the QBO "
            "website to make these changes."
        ),
    ),
    "6210": (
        "Account Period Closed, Cannot Update Through Services API",
        (
            "The account period has closed and the account books cannot be updated through the QBO Services API. Please use the QBO "
            "website to make these changes."
        ),
    ),
    "6240": (
        "Duplicate Name Exists Error",
        (
            "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a "
            "different name."
        ),
    ),
    "6270": (
        "Transaction date is prior to start date for inventory item",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product",
    ),
    "6440": (
        "Transaction Detail Information Required",
        "You must select a product or service or an account for each split line that has an amount or a billable customer.",
    ),
    "6540": (
        "Deposited Transaction cannot be changed",
        (
            "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on and "
            "remove it first."
        ),
    ),
}


@pytest.mark.parametrize("code", CAUSES)
def test_a_code_comes_by_its_cause(make, code):
    error = CAUSES[code](make)
    assert error["code"] == code
    assert error["Message"]
    assert error["Detail"]
    if code in TEXTS:
        assert (error["Message"], error["Detail"]) == TEXTS[code]


def documented(title: str) -> set[str]:
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`(\d+)`", " ".join(rows)))


def test_the_page_of_errors_names_every_code_once_and_has_a_cause_for_those_that_have_one():
    assert documented("Codes and their causes") == set(CAUSES)
    assert documented("Codes without a cause") == OFFICIAL - set(CAUSES)


@pytest.mark.parametrize(
    ("cause", "class_", "name"),
    [
        (refused("invoice", {"BadJson": 1}), "Invoice", "BadJson"),
        (invoice(line={**sale("4", 1), "Bad": 1}), "Line", "Bad"),
        (invoice(line=sale("4", 1, Bad=1)), "SalesItemLineDetail", "Bad"),
        (invoice(BillAddr={"Street": "x"}), "PhysicalAddress", "Street"),
        (invoice(CustomField=[{"Bad": 1}]), "CustomField", "Bad"),
        (invoice(TxnTaxDetail={"TaxLine": [{"TaxLineDetail": {"Bad": 1}}]}), "TaxLineDetail", "Bad"),
        (invoice(CustomerRef={"value": "1", "id": "2"}), "ReferenceType", "id"),
        (refused("budget", {"BudgetDetail": [{"Bad": 1}]}), "BudgetDetail", "Bad"),
        (refused("preferences", {"Id": "1", "SyncToken": "0", "SalesFormsPrefs": {"Bad": 1}}), "SalesFormsPrefs", "Bad"),
        (refused("recurringtransaction", {"Invoice": {"VendorRef": {"value": "30"}}}), "Invoice", "VendorRef"),
    ],
)
def test_an_unknown_property_is_named_with_its_class_at_any_depth(make, cause, class_, name):
    error = cause(make)
    assert error["Message"] == "Request has invalid or unsupported property"
    start = f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{class_}), not marked as ignorable ('
    assert error["Detail"].startswith(start)
    assert re.search(r"\(\d+ known properties: \"", error["Detail"])
    assert error["Detail"].endswith("])\n specified is unsupported or invalid")


def test_a_deleted_transaction_is_called_so(make):
    desk = make("intuit")
    made = desk.invoice("1", "4")
    desk.post("invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"})
    for again in (
        desk.refused(f"invoice/{made['Id']}", None, method="GET"),
        desk.refused("invoice?operation=delete", {"Id": made["Id"], "SyncToken": "0"}),
    ):
        assert again["Detail"] == "Object Not Found : Another user has deleted this transaction."


def test_the_business_layer_answers_400_with_a_validation_fault_and_the_time(make):
    desk = make("intuit")
    response = desk.ask("POST", "invoice", {"CustomerRef": {"value": "1"}})
    answer = parsed(response)
    assert (response.status, answer["Fault"]["type"]) == (400, "ValidationFault")
    assert answer["time"]
    assert "time" not in parsed(desk.ask("GET", "customer/1.5"))


def test_an_inventory_item_without_its_asset_account_has_words_of_its_own(make):
    wish = {"Name": "N", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 1, "InvStartDate": "2026-01-01"}
    assert refused("item", wish)(make)["Detail"] == (
        "Required parameter is missing in the request. An inventory assetaccount is required if you are tracking inventory "
        "quantities for this product."
    )


@pytest.mark.parametrize(
    ("cause", "tail"),
    [
        (refused("bill", {"VendorRef": {"value": "30"}, "Line": [cost({"value": "999"}, 1)]}), "Accounts element id 999 not found"),
        (refused("customer", {"DisplayName": "J", "Job": True, "ParentRef": {"value": "999"}}), "Names element id 999 not found"),
        (refused("class", {"Name": "C", "SubClass": True, "ParentRef": {"value": "999"}}), "Klasses element id 999 not found"),
        (invoice(line=sale("999", 1)), "Line.SalesItemLineDetail.ItemRef"),
    ],
)
def test_a_reference_that_leads_nowhere_says_in_which_list(make, cause, tail):
    assert cause(make)["Detail"] == f"Invalid Reference Id : {tail}"


def test_a_missing_name_in_taxservice_and_a_taken_one(make):
    desk = make("intuit")
    rate = {"TaxRateName": "California", "RateValue": 1, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
    error = desk.refused("taxservice/taxcode", {"TaxCode": "New", "TaxRateDetails": [rate]})
    assert (error["code"], error["Detail"]) == (
        "6240",
        "The name supplied already exists. : Another tax rate is already using this \nname. Please use a different name.",
    )
    assert desk.refused("taxservice/taxcode", {"TaxRateDetails": [rate]})["code"] == "2020"
    assert desk.refused("taxservice/taxcode", {"TaxCode": "New", "TaxRateDetails": [{**rate, "TaxAgencyId": "9"}]})["Detail"] == (
        "Invalid Reference Id : TaxAgency element id 9 not found"
    )


PLAIN = "Property Name:failed to parse json object; a property specified is unsupported or invalid"


@pytest.mark.parametrize("body", [b"", b"{bad", b'{"DisplayName": "A"', b'{"Balance": NaN}', b"[" * 5000])
def test_a_body_that_is_no_json_is_answered_in_quickbooks_words(make, body):
    assert make("intuit").refused("customer", body)["Detail"] == PLAIN


@pytest.mark.parametrize("body", [{"Nonsense": 1}, {"DisplayName": {"a": 1}}, {"Customer": {"DisplayName": "A"}}])
def test_a_newer_answer_to_a_wrong_property_does_not_name_it(make, body):
    desk = make("intuit", property_text="plain")
    assert desk.refused("customer", body)["Detail"] == PLAIN
    answer = desk.batch({"operation": "create", "Customer": body}, requestid="r")["i0"]
    assert answer["Fault"]["Error"][0]["Detail"] == PLAIN


def test_a_newer_stale_text_names_the_entity(make):
    desk = make("intuit", stale_text="entity")
    error = desk.refused("customer", {**desk.read("Customer", "1"), "SyncToken": "9"})
    assert error["Detail"].endswith("so your work was not saved. Entity=Customer")


def test_only_the_first_of_two_bad_references_is_reported(make):
    lines = [cost({"value": "998"}, 1), cost({"value": "999"}, 1)]
    assert "998" in refused("bill", {"VendorRef": {"value": "30"}, "Line": lines})(make)["Detail"]


def test_a_path_that_does_not_exist_is_400_and_not_404(make):
    error = read("customer/1/5")(make)
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    assert error["Detail"].startswith("Operation Could not find resource for relative : /v3/company/")
