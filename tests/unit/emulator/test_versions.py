"""The history of objects: every version, who made it and by which call; nothing of what was taken back."""

from __future__ import annotations

import json

import pytest

from syncengine.emulator import Emulator
from tests.unit.emulator.desk import Desk


def history(desk: Desk, entity: str, id_: str) -> list:
    parts = desk.emulator.parts
    with parts.state.lock:
        return parts.versions.of(parts.register.companies[desk.realm], entity, id_)


def test_each_write_leaves_a_version_with_who_and_which_call(desk):
    customer = desk.customer("Ada Ltd")
    desk.post("customer?requestid=r-7", {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "CompanyName": "Ada"})
    desk.act("rename", entity="Customer", id=customer["Id"], name="Ada & Sons")
    found = history(desk, "Customer", customer["Id"])
    assert [(each.who, each.change, json.loads(each.text)["SyncToken"]) for each in found] == [
        ("bookkeeper", "update", "2"), ("app", "update", "1"), ("app", "create", "0"),
    ]  # fmt: skip
    _, answer = desk.control("GET", "journal")
    lines = {line["n"]: line for line in answer["lines"]}
    assert lines[found[1].line]["requestid"] == "r-7"
    assert [lines[each.line]["wrote"][0].split("/")[2] for each in found] == ["update", "update", "create"]


def test_the_line_is_right_when_reads_wait_to_be_noted_and_none_after_the_journal_was_cleared(desk):
    customer = desk.customer()
    for _ in range(3):
        desk.read("Customer", customer["Id"])
    desk.act("deactivate", entity="Customer", id=customer["Id"])
    newest = history(desk, "Customer", customer["Id"])[0]
    _, answer = desk.control("GET", "journal")
    assert answer["lines"][-1]["n"] == newest.line
    desk.control("DELETE", "journal")
    assert {each.line for each in history(desk, "Customer", customer["Id"])} == {None}


def test_what_a_company_was_set_up_with_has_a_first_version(tracked):
    (first,) = history(tracked, "Vendor", tracked.select("select * from Vendor")[0]["Id"])
    assert (first.who, first.change, first.line) == ("setup", "create", None)


def test_a_refused_item_of_a_batch_leaves_no_version(desk):
    customer = desk.customer()
    update = {"operation": "update", "Customer": {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "Notes": "a"}}
    answers = desk.batch(update, update)
    assert ["Fault" in each for each in answers.values()] == [False, True]
    assert len(history(desk, "Customer", customer["Id"])) == 2


def test_a_deletion_is_the_last_version_and_a_payment_is_one_of_its_invoice(desk):
    customer, item = desk.customer(), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    desk.post("payment", {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": 40, "Line": [line]})
    assert json.loads(history(desk, "Invoice", invoice["Id"])[0].text)["Balance"] == 60
    desk.act("delete", entity="Invoice", id=invoice["Id"])
    assert [each.change for each in history(desk, "Invoice", invoice["Id"])] == ["delete", "update", "create"]


def test_the_switch_keeps_none(make):
    desk = make(history=False)
    assert history(desk, "Customer", desk.customer()["Id"]) == []


def test_a_state_file_without_history_begins_one_as_its_objects_are(tmp_path):
    path = tmp_path / "state.db"
    first = Emulator(path, switches={"history": False})
    id_ = Desk(first, "empty").customer()["Id"]
    first.close()
    second = Emulator(path)
    (company,) = second.companies.values()
    (found,) = second.parts.versions.of(company, "Customer", id_)
    second.close()
    assert (found.change, json.loads(found.text)["DisplayName"]) == ("found", "Ada Ltd")


def test_one_company_is_set_up_anew_and_the_others_stay(desk):
    other = Desk(desk.emulator, "empty")
    mine, theirs = desk.customer(), other.customer()
    desk.act("close_books", date="2020-01-31", password="x")
    desk.emulator.parts.register.rebuild(desk.realm)
    assert desk.select("select * from Customer") == []
    assert history(desk, "Customer", mine["Id"]) == []
    assert desk.emulator.companies[desk.realm].closing_password == ""
    assert other.read("Customer", theirs["Id"])["DisplayName"] == "Ada Ltd"
    assert list(desk.emulator.companies) == [desk.realm, other.realm]


@pytest.mark.parametrize("action", ["edit", "delete", "void", "deactivate"])
def test_a_bookkeeper_who_looked_at_an_older_version_is_refused(desk, action):
    customer, item = desk.customer(), desk.item()
    invoice = desk.invoice(customer["Id"], item["Id"])
    entity, id_ = ("Customer", customer["Id"]) if action == "deactivate" else ("Invoice", invoice["Id"])
    note = "Notes" if entity == "Customer" else "PrivateNote"
    desk.act("edit", entity=entity, id=id_, changes={note: "x"}, token="0")
    status, answer = desk.control(
        "POST", "actor", {"realm_id": desk.realm, "action": action, "entity": entity, "id": id_, "changes": {note: "y"}, "token": "0"}
    )
    assert (status, answer["Fault"]["Error"][0]["code"]) == (400, "5010")
    assert desk.read(entity, id_)[note] == "x"
