"""What a bookkeeper does besides editing: deleting, voiding, merging, closing the books; each asked about first."""

from __future__ import annotations

import pytest

from tests.unit.emulator.reader import Reader


@pytest.fixture
def reader(desk):
    return Reader(desk.emulator, desk.realm)


@pytest.fixture
def invoice(desk):
    return desk.invoice(desk.customer("Ada Ltd")["Id"], desk.item()["Id"], 100, DocNumber="1001", TxnDate="2026-02-03")


def last_line(desk) -> dict:
    return desk.control("GET", "journal")[1]["lines"][-1]


def test_a_deletion_says_what_it_does_and_then_does_it_as_the_bookkeeper(desk, reader, invoice):
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    payment = desk.post("payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 40, "Line": [line]})
    asked = reader.get(f"invoice/{invoice['Id']}/delete")
    assert f"Payment #{payment['Id']} is let go" in asked.text
    assert "100.00, no longer counts for Ada Ltd" in asked.text
    assert desk.read("Invoice", invoice["Id"])
    assert "Deleted." in reader.send(asked, "Delete").text
    assert (last_line(desk)["operation"], last_line(desk)["note"]) == ("bookkeeper", "delete")
    assert desk.ask("GET", f"invoice/{invoice['Id']}").status == 400
    assert desk.read("Payment", payment["Id"])["UnappliedAmt"] == 40


def test_a_void_keeps_the_document_without_its_amounts(desk, reader, invoice):
    page = reader.send(reader.get(f"invoice/{invoice['Id']}/void"), "Void")
    assert "Invoice 1001 Voided" in page.text
    assert desk.read("Invoice", invoice["Id"])["TotalAmt"] == 0


def test_made_inactive_and_active_again(desk, reader):
    customer = desk.customer("Ada Ltd")
    page = reader.send(reader.get(f"customer/{customer['Id']}/deactivate"), "Make inactive")
    assert "Ada Ltd (deleted) Inactive" in page.text
    reader.send(reader.get(page.href("Make active")), "Make active")
    assert desk.read("Customer", customer["Id"])["DisplayName"] == "Ada Ltd"


@pytest.mark.parametrize("act", ["Delete", "Void"])
def test_what_changed_after_it_was_asked_about_is_refused(desk, reader, invoice, act):
    asked = reader.get(f"invoice/{invoice['Id']}/{act.lower()}")
    desk.post("invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "new"})
    assert "(5010)" in reader.send(asked, act, 400).text
    assert desk.read("Invoice", invoice["Id"])["TotalAmt"] == 100


def test_a_merge_says_how_much_it_moves_and_moves_it(desk, reader, invoice):
    other = desk.customer("Ada Limited")
    desk.invoice(other["Id"], desk.item("Other")["Id"], 50)
    gone = invoice["CustomerRef"]["value"]
    page = reader.get(f"customer/{gone}/merge")
    assert "Ada Limited" in page.html.partition("<datalist")[2]
    chosen = reader.send(page, "See what would happen", into="ada limited")
    assert "Merge Ada Ltd into Ada Limited?" in chosen.text
    assert "1 record that names it will name the other one" in chosen.text
    assert "Balance: 50.00 becomes 150.00" in chosen.text
    assert desk.read("Customer", gone)["DisplayName"] == "Ada Ltd"
    assert "Merged." in reader.send(chosen, "Merge").text
    assert desk.read("Invoice", invoice["Id"])["CustomerRef"] == {"value": other["Id"], "name": "Ada Limited"}
    assert desk.read("Customer", other["Id"])["Balance"] == 150
    assert "Deleted" in reader.get(f"customer/{gone}").text


def test_a_merge_into_nobody_or_itself_is_refused(desk, reader):
    customer = desk.customer("Ada Ltd")
    path = f"customer/{customer['Id']}/merge"
    assert "no customer called “Nobody”" in reader.get(f"{path}?into=Nobody", 400).text
    assert "That is this one itself" in reader.get(f"{path}?into=Ada+Ltd", 400).text


def test_closed_books_refuse_the_bookkeeper_as_they_do_an_app(desk, reader, invoice):
    settings = reader.get("settings")
    assert "The books are open" in settings.text
    closed = reader.send(settings, "Close the books", date="2026-03-31")
    assert "Closed up to 2026-03-31 , without a password" in closed.text or "Closed up to 2026-03-31, without a password" in closed.text
    page = reader.send(reader.get(f"invoice/{invoice['Id']}/edit"), "Save", 400, f__PrivateNote="late")
    assert "(6200)" in page.text
    assert page.form("Save").fields["f.PrivateNote"] == "late"
    assert "(6200)" in reader.send(reader.get(f"invoice/{invoice['Id']}/delete"), "Delete", 400).text
    with_password = reader.send(closed, "Close the books", date="2026-03-31", password="secret")
    assert "6210" in with_password.text
    assert "(6210)" in reader.send(reader.get(f"invoice/{invoice['Id']}/edit"), "Save", 400, f__PrivateNote="late").text
    opened = reader.send(with_password, "Close the books", button=("open", "1"))
    assert "The books are open" in opened.text
    reader.send(reader.get(f"invoice/{invoice['Id']}/edit"), "Save", f__PrivateNote="in time")
    assert desk.read("Invoice", invoice["Id"])["PrivateNote"] == "in time"


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "03/31/2026"])
def test_a_closing_date_that_is_none_closes_nothing(desk, reader, day):
    assert "is no date" in reader.send(reader.get("settings"), "Close the books", 400, date=day).text
    assert "BookCloseDate" not in desk.read("Preferences", "1")["AccountingInfoPrefs"]


def test_tracking_and_numbers_are_switched_as_an_app_reads_them(desk, reader):
    page = reader.send(reader.get("settings"), "Save", classes="line", locations="on", custom_numbers="on")
    prefs = desk.read("Preferences", "1")
    assert prefs["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"] is True
    assert prefs["AccountingInfoPrefs"]["TrackDepartments"] is True
    assert prefs["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    reader.send(page, "Save", classes="form", locations=None, custom_numbers=None)
    prefs = desk.read("Preferences", "1")["AccountingInfoPrefs"]
    assert (prefs["ClassTrackingPerTxn"], prefs["ClassTrackingPerTxnLine"], prefs["TrackDepartments"]) == (True, False, False)


def test_settings_that_someone_saved_in_between_are_not_overwritten(desk, reader):
    page = reader.get("settings")
    desk.act("set_preferences", changes={"AccountingInfoPrefs": {"TrackDepartments": True}})
    assert "(5010)" in reader.send(page, "Save", 400, classes="line", locations=None).text
    assert desk.read("Preferences", "1")["AccountingInfoPrefs"]["TrackDepartments"] is True


def test_a_subscription_that_ended_refuses_writes(desk, reader):
    page = reader.get("settings")
    form = next(form for form in page.forms if form.action.endswith("/plan"))
    page.forms = [form]
    reader.send(page, "Save", subscription="ended")
    assert desk.refused("customer", {"DisplayName": "Late"})["code"] == "6190"
