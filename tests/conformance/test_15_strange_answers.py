"""15: answers that are complete but wrong, and objects of a later QuickBooks."""

from __future__ import annotations

import pytest

from tests.conformance.arming import arm, cdc, create, customers
from tests.unit.emulator.desk import Desk, parsed

# Strange answers


def test_a_fault_in_a_200(desk: Desk):
    arm(desk, "fault_in_200")
    response = create(desk)
    assert (response.status, list(parsed(response))) == (200, ["Fault", "time"])
    assert customers(desk) == []


@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        ("cut_json", lambda response: response.body.startswith(b'{"Customer"') and not response.body.endswith(b"}")),
        ("wrong_content_type", lambda response: response.headers["Content-Type"] == "text/html"),
        ("bom", lambda response: response.body.startswith(b"\xef\xbb\xbf{")),
        ("empty_200", lambda response: response.body == b""),
    ],
)
def test_a_200_that_cannot_be_read(desk: Desk, kind, looks):
    arm(desk, kind)
    response = create(desk)
    assert response.status == 200
    assert looks(response)
    assert customers(desk) == ["Ada"]


def test_a_batch_with_faults_reordered_missing_doubled_or_refused_whole(desk: Desk):
    items = [{"bId": bid, "operation": "create", "Vendor": {"DisplayName": bid}} for bid in "abc"]

    def bids() -> list[str]:
        return [each["bId"] for each in parsed(desk.ask("POST", "batch", {"BatchItemRequest": items}))["BatchItemResponse"]]

    for kind, expected in (("batch_item_missing", "ab"), ("batch_item_doubled", "aabc"), ("batch_reversed", "cba")):
        arm(desk, kind)
        assert "".join(bids()) == expected
    arm(desk, "batch_item_fault", item=1)
    fresh = [{**item, "Vendor": {"DisplayName": item["bId"] * 2}} for item in items]
    answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": fresh}))["BatchItemResponse"]
    assert ["Fault" in each for each in answer] == [False, True, False]
    arm(desk, "batch_item_500", item=2)
    third = [{**item, "Vendor": {"DisplayName": item["bId"] * 3}} for item in items]
    answer = parsed(desk.ask("POST", "batch", {"BatchItemRequest": third}))["BatchItemResponse"]
    assert (answer[2]["bId"], answer[2]["Fault"]["Error"][0]["code"]) == ("c", "10000")
    assert desk.select("SELECT * FROM Vendor WHERE DisplayName = 'ccc'")
    arm(desk, "refuse", code="1040", match={"operation": "batch"})
    assert desk.ask("POST", "batch", {"BatchItemRequest": items}).status == 400


def test_cdc_calls_a_living_object_deleted(desk: Desk):
    made = desk.customer()
    arm(desk, "cdc_wrong_deleted")
    assert cdc(desk)[0]["Customer"][0]["status"] == "Deleted"
    assert desk.read("Customer", made["Id"]) == made


def test_cdc_tells_of_the_end_of_something_never_seen(desk: Desk):
    desk.customer()
    arm(desk, "cdc_unseen_stub", id="4711")
    part = cdc(desk)[0]
    assert (part["maxResults"], part["Customer"][-1]["Id"], part["Customer"][-1]["status"]) == (2, "4711", "Deleted")
    assert desk.refused("customer/4711", None, "GET")["code"] == "610"


def test_cdc_is_cut_and_the_deletions_are_lost(desk: Desk):
    customer, item = desk.customer()["Id"], desk.item()["Id"]
    gone, stays = desk.invoice(customer, item), desk.invoice(customer, item)
    desk.post("invoice?operation=delete", {"Id": gone["Id"], "SyncToken": "0"})
    arm(desk, "cdc_cut", rows=2)
    customers_, invoices = cdc(desk)
    assert (customers_["maxResults"], [row["Id"] for row in invoices["Invoice"]]) == (1, [stays["Id"]])
    assert len(cdc(desk)[1]["Invoice"]) == 2
    arm(desk, "cdc_cut", rows=1)
    assert cdc(desk)[1] == {}


def test_rows_are_edited_and_come_in_between_two_pages(desk: Desk):
    for name in ("a", "b", "c", "d"):
        desk.customer(name)
        desk.emulator.parts.clock.advance(1)
    statement = "select * from Customer orderby MetaData.LastUpdatedTime startposition {} maxresults 2"
    arm(desk, "page_drift", edited=1, inserted=1)
    first = [row["DisplayName"] for row in desk.select(statement.format(1))]
    second = [row["DisplayName"] for row in desk.select(statement.format(3))]
    # a was saved anew and moved to the end, so that c has slipped onto the page that was read already.
    assert (first, second[0]) == (["a", "b"], "d")
    last = [second[1], *(row["DisplayName"] for row in desk.select(statement.format(5)))]
    assert sorted(name[:8] for name in last) == ["Inserted", "a"]


@pytest.mark.parametrize("zone_seconds", [-3600, 90])
def test_the_answers_clock_is_wrong_once(desk: Desk, zone_seconds):
    arm(desk, "clock_wrong", seconds=zone_seconds)
    wrong, right = desk.ask("GET", "term/1"), desk.ask("GET", "term/1")
    assert parsed(wrong)["time"] == {-3600: "2026-01-15T08:00:00.000-08:00", 90: "2026-01-15T09:01:30.000-08:00"}[zone_seconds]
    assert wrong.headers["Date"] != right.headers["Date"] == "Thu, 15 Jan 2026 17:00:00 GMT"


def test_the_clock_is_skewed_for_all_and_summer_time_begins(desk: Desk):
    desk.control("POST", "clock", {"skew_seconds": -300})
    assert parsed(desk.ask("GET", "term/1"))["time"] == "2026-01-15T08:55:00.000-08:00"
    desk.control("POST", "clock", {"skew_seconds": 0, "advance_seconds": 4_465_800 + 3600})
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert parsed(desk.ask("GET", "term/1"))["time"] == "2026-03-08T03:30:00.000-07:00"


@pytest.mark.parametrize("entity", ["Customer", "Account"])
def test_two_of_a_kind_are_merged_and_the_losers_id_vanishes(desk: Desk, entity):
    wish = {"Customer": {"DisplayName": "{}"}, "Account": {"Name": "{}", "AccountType": "Expense"}}[entity]
    loser, survivor = (desk.post(entity.lower(), {name: value.format(which) for name, value in wish.items()}) for which in ("One", "Two"))
    desk.act("merge", entity=entity, id=loser["Id"], into=survivor["Id"])
    assert desk.ask("GET", f"{entity.lower()}/{survivor['Id']}").status == 200
    rows = desk.select(f"select * from {entity} where Active in (true, false)")
    assert loser["Id"] not in {row["Id"] for row in rows}


def test_class_tracking_is_switched_off_in_mid_use(tracked: Desk):
    tracked.act("set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}})
    assert tracked.refused("class", {"Name": "Late"})["code"] in {"6000", "5030"}


# Objects of a later QuickBooks


def invoice(desk: Desk) -> str:
    return desk.invoice(desk.customer()["Id"], desk.item()["Id"], 100)["Id"]


def test_an_unknown_property(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "new_field", field="QuantumRef")
    assert desk.read("Invoice", id_)["QuantumRef"] == {"value": "1", "name": "of a later QuickBooks"}
    assert "QuantumRef" not in desk.read("Invoice", id_)


def test_an_unknown_value_of_an_enumeration(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "new_enum_value", value="Hologram")
    assert desk.read("Invoice", id_)["EmailStatus"] == "Hologram"


def test_numbers_and_flags_as_texts(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "changed_type")
    found = desk.read("Invoice", id_)
    assert (found["TotalAmt"], found["sparse"]) == ("100.00", "false")


def test_lists_that_are_null(desk: Desk):
    id_ = invoice(desk)
    arm(desk, "null_lists")
    found = desk.read("Invoice", id_)
    assert (found["LinkedTxn"], found["AttachableRef"]) == (None, None)
    assert found["Line"]


def test_such_changes_reach_queries_batches_and_cdc(desk: Desk):
    invoice(desk)
    arm(desk, "new_field", count=3)
    assert "BrandNewField" in desk.select("select * from Invoice")[0]
    assert "BrandNewField" in desk.batch({"Query": "select * from Invoice"})["i0"]["QueryResponse"]["Invoice"][0]
    assert "BrandNewField" in cdc(desk)[1]["Invoice"][0]


def test_the_months_reads_are_used_up_and_writes_go_on(desk: Desk):
    arm(desk, "quota_reached", count=None)
    assert desk.ask("GET", "term/1").status == 429
    assert create(desk).status == 200
    answer = desk.batch({"Query": "select * from Term"}, {"operation": "create", "Vendor": {"DisplayName": "V"}})
    assert ("Fault" in answer["i0"], "Vendor" in answer["i1"]) == (True, True)


@pytest.mark.parametrize(("kind", "status"), [("unavailable_503", 503), ("bad_gateway_502", 502), ("gateway_504", 504)])
def test_pages_of_proxies(desk: Desk, kind, status):
    arm(desk, kind)
    assert create(desk).status == status
    assert customers(desk) == []
