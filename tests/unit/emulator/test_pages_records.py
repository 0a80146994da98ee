"""One record: what it says, what it did, what it was; and the forms that change it, refused in QuickBooks' own words."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tests.unit.emulator.desk import sale, side
from tests.unit.emulator.reader import Reader


@pytest.fixture
def reader(desk):
    return Reader(desk.emulator, desk.realm)


@pytest.fixture
def invoice(desk):
    customer, item = desk.customer("Ada Ltd", PrimaryEmailAddr={"Address": "ada@example.com"}), desk.item("Widget", UnitPrice=12.5, Description="A widget")
    lines = [sale(item["Id"], 25, Qty=2, UnitPrice=12.5), sale(item["Id"], 7, Qty=1, UnitPrice=7)]
    return desk.post("invoice?requestid=first", {"CustomerRef": {"value": customer["Id"]}, "DocNumber": "1001", "TxnDate": "2026-02-03", "Line": lines})


def at(obj, *more: str) -> str:
    return "/".join(["invoice", obj["Id"], *more])


def test_a_document_shows_its_lines_sums_links_and_postings(desk, reader, invoice):
    line = {"Amount": 10, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    payment = desk.post("payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 10, "Line": [line]})
    page = reader.get(at(invoice))
    assert ["Widget", "2", "12.5", "25.00"] in page.rows
    assert "Total 32.00 Balance 22.00" in page.text
    assert page.href(f"Payment #{payment['Id']}") == f"/company/{desk.realm}/payment/{payment['Id']}"
    assert page.href("Ada Ltd") == f"/company/{desk.realm}/customer/{invoice['CustomerRef']['value']}"
    assert ["Accounts Receivable (A/R)", "32.00", ""] in page.rows
    assert ["Sum", "32.00", "32.00"] in page.rows
    assert '"DocNumber": "1001"' in page.text


def test_the_json_has_every_digit_that_travels(desk, reader, invoice):
    pre = reader.get(at(invoice)).html.rpartition("<pre")[2].partition(">")[2].partition("</pre>")[0]
    import html

    raw = desk.ask("GET", f"invoice/{invoice['Id']}").body.decode()
    assert json.loads(html.unescape(pre), parse_float=str) == json.loads(raw, parse_float=str)["Invoice"]


def test_a_customer_leads_to_its_documents(desk, reader, invoice):
    page = reader.get(f"customer/{invoice['CustomerRef']['value']}")
    assert "1001" in reader.get(page.href("1 invoice")).text


def test_the_history_tells_who_changed_what_by_which_call(desk, reader, invoice):
    desk.post("invoice?requestid=r-2", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "Back door"})
    desk.act("edit", entity="Invoice", id=invoice["Id"], changes={"PrivateNote": "Front door", "DocNumber": "1002"})
    page = reader.get(at(invoice))
    assert ["Memo", "Back door", "Front door"] in page.rows
    assert ["Number", "1001", "1002"] in page.rows
    assert ["Memo", "nothing", "Back door"] in page.rows
    assert page.text.index("by bookkeeper SyncToken 2") < page.text.index("by app SyncToken 1") < page.text.index("Created")
    assert "requestid r-2" in page.text
    call = reader.get([href for text, href in page.links if text == "the call"][1])
    assert "requestid r-2" in call.text
    assert ["Memo", "nothing", "Back door"] in call.rows
    older = reader.get(next(href for text, href in page.links if text.startswith("JSON") and "SyncToken 1" in text))
    assert '"PrivateNote": "Back door"' in older.text


def test_a_rename_elsewhere_and_moved_balances_are_no_change_of_a_version(desk, reader, invoice):
    id_ = invoice["CustomerRef"]["value"]
    desk.act("rename", entity="Customer", id=id_, name="Ada & Sons")
    desk.act("edit", entity="Invoice", id=invoice["Id"], changes={"PrivateNote": "x"})
    rows = reader.get(at(invoice)).rows
    assert ["Memo", "nothing", "x"] in rows
    assert not [row for row in rows if row[0] == "Customer" and len(row) == 3]
    assert not [row for row in reader.get(f"customer/{id_}").rows if row[0].startswith("Balance")]


def test_a_deleted_record_keeps_its_page_and_its_history(desk, reader, invoice):
    desk.act("delete", entity="Invoice", id=invoice["Id"])
    page = reader.get(at(invoice))
    assert "Invoice 1001 Deleted" in page.text
    assert "It was deleted" in page.text
    assert not [text for text, _ in page.links if text in {"Edit", "Void", "Delete"}]


def test_an_edit_saves_what_was_changed_and_nothing_else(desk, reader, invoice):
    page = reader.get(at(invoice, "edit"))
    saved = reader.send(page, "Save", f__PrivateNote="By lorry", f__TxnDate="2026-02-04", f__BillEmail__Address="new@example.com", f__BillAddr__City="Bend")
    assert "Saved." in saved.text
    after = desk.read("Invoice", invoice["Id"])
    changed = {name for name in after if after[name] != invoice.get(name)}
    assert changed <= {"PrivateNote", "TxnDate", "BillEmail", "BillAddr", "SyncToken", "MetaData", "DueDate"}
    assert (after["PrivateNote"], after["BillEmail"]["Address"], after["BillAddr"]["City"]) == ("By lorry", "new@example.com", "Bend")
    assert "Nothing was changed" in reader.send(reader.get(at(invoice, "edit")), "Save").text
    assert desk.read("Invoice", invoice["Id"])["SyncToken"] == after["SyncToken"]


def test_quantity_price_and_amount_follow_each_other(desk, reader, invoice):
    reader.send(reader.get(at(invoice, "edit")), "Save", l0__0__SalesItemLineDetail__Qty="4")
    assert desk.read("Invoice", invoice["Id"])["Line"][0]["Amount"] == 50
    reader.send(reader.get(at(invoice, "edit")), "Save", l0__0__Amount="30")
    line = desk.read("Invoice", invoice["Id"])["Line"][0]
    assert (line["Amount"], line["SalesItemLineDetail"]["UnitPrice"]) == (30, 7.5)
    assert line["Id"] == invoice["Line"][0]["Id"]


def test_lines_are_added_with_the_items_price_and_removed(desk, reader, invoice):
    page = reader.get(at(invoice, "edit"))
    row = next(name for name in page.form("Save").fields if ".new" in name).split(".")[1]
    reader.send(page, "Save", **{f"l0__{row}__SalesItemLineDetail__ItemRef": "widget", f"l0__{row}__SalesItemLineDetail__Qty": "3", "l0__1__remove": "1"})
    lines = [line for line in desk.read("Invoice", invoice["Id"])["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    assert [(line["Amount"], line.get("Description")) for line in lines] == [(25, None), (37.5, "A widget")]


def test_more_lines_are_given_without_losing_what_was_entered(reader, invoice):
    page = reader.get(at(invoice, "edit"))
    more = reader.send(page, "Save", 200, button=("more", "1"), f__PrivateNote="half done", l0__0__Description="changed")
    fields = more.form("Save").fields
    assert fields["f.PrivateNote"] == "half done"
    assert fields["l0.0.Description"] == "changed"
    assert sum(name.endswith(".Amount") for name in fields) == 10


def test_a_refusal_is_shown_in_quickbooks_words_and_what_was_entered_stays(desk, reader, invoice):
    page = reader.send(reader.get(at(invoice, "edit")), "Save", 400, f__PrivateNote="kept", l0__0__SalesItemLineDetail__UnitPrice="3", l0__0__Amount="99")
    assert "Amount is not equal to UnitPrice * Qty" in page.text
    assert "(6070)" in page.text
    assert page.form("Save").fields["f.PrivateNote"] == "kept"
    assert page.form("Save").fields["l0.0.Amount"] == "99"
    assert desk.read("Invoice", invoice["Id"]) == invoice


def test_what_names_nothing_or_is_no_number_is_said_before_anything_is_sent(desk, reader, invoice):
    page = reader.send(reader.get(at(invoice, "edit")), "Save", 400, f__CustomerRef="Nobody")
    assert "there is no customer called “Nobody”" in page.text
    assert page.form("Save").fields["f.CustomerRef"] == "Nobody"
    assert "“twelve” is not a number" in reader.send(reader.get(at(invoice, "edit")), "Save", 400, l0__0__SalesItemLineDetail__Qty="twelve").text
    for odd in ("NaN", "-Infinity", "1e999999999", "1e-999999999", "9" * 40):
        assert "is not a number" in reader.send(reader.get(at(invoice, "edit")), "Save", 400, l0__0__Amount=odd).text
    assert desk.read("Invoice", invoice["Id"]) == invoice


@pytest.mark.parametrize("way", ["edit", "json"])
def test_a_form_that_is_older_than_the_record_overwrites_nothing(desk, reader, invoice, way):
    page = reader.get(at(invoice, way))
    desk.post("invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "the app's"})
    fields = {"f__PrivateNote": "mine"} if way == "edit" else {"json": json.dumps({"PrivateNote": "mine"})}
    refused = reader.send(page, "Save", 400, **fields)
    assert "(5010)" in refused.text
    assert "Nothing was overwritten" in refused.text
    # Pressing again is refused again: the form stays as old as it is.
    assert "(5010)" in reader.send(refused, "Save", 400).text
    assert desk.read("Invoice", invoice["Id"])["PrivateNote"] == "the app's"


def test_the_json_editor_changes_any_property_and_empties_what_is_taken_out(desk, reader):
    customer = desk.customer("Ada", Notes="old", AcctNum="7")
    page = reader.get(f"customer/{customer['Id']}/json")
    own = json.loads(page.form("Save").fields["json"])
    del own["Notes"]
    own["AcctNum"], own["ResaleNum"] = "8", "R-1"
    reader.send(page, "Save", json=json.dumps(own))
    after = desk.read("Customer", customer["Id"])
    assert ("Notes" in after, after["AcctNum"], after["ResaleNum"]) == (False, "8", "R-1")
    own["Nonsense"] = 1
    assert "(2010)" in reader.send(reader.get(f"customer/{customer['Id']}/json"), "Save", 400, json=json.dumps(own)).text
    for text in ("{", "[]", "nothing", "NaN", '{"a":' * 5000):
        refused = reader.send(reader.get(f"customer/{customer['Id']}/json"), "Save", 400, json=text)
        assert refused.form("Save").fields["json"] == text
    assert desk.read("Customer", customer["Id"]) == after


def test_new_ones_are_made_with_forms_and_as_json(desk, reader):
    page = reader.send(reader.get("customer/new"), "Create", f__DisplayName="Eve", f__PrimaryEmailAddr__Address="eve@example.com")
    assert "Created." in page.text
    customer = desk.select("select * from Customer where DisplayName = 'Eve'")[0]
    assert (customer["Active"], customer["PrimaryEmailAddr"]["Address"]) == (True, "eve@example.com")
    reader.send(reader.get("item/new"), "Create", f__Name="Nut", f__Type="Service", f__UnitPrice="2.50", f__IncomeAccountRef="services")
    reader.send(reader.get("invoice/new"), "Create", f__CustomerRef="eve", l0__new0__SalesItemLineDetail__ItemRef="Nut", l0__new0__SalesItemLineDetail__Qty="4")
    assert desk.select("select * from Invoice")[0]["TotalAmt"] == 10
    reader.send(reader.get("vendor/new-json"), "Create", json='{"DisplayName": "Bolt"}')
    reader.send(reader.get("bill/new"), "Create", f__VendorRef="Bolt", l0__new0__AccountBasedExpenseLineDetail__AccountRef="Supplies", l0__new0__Amount="1,250.40")
    assert desk.select("select * from Bill")[0]["TotalAmt"] == Decimal("1250.40")
    assert "Another customer, vendor or employee is already using this name" in reader.send(reader.get("vendor/new"), "Create", 400, f__DisplayName="eve").text


def test_a_journal_entry_is_entered_by_its_sides(desk, reader):
    receivables = desk.account("Accounts Receivable (A/R)")
    desk.customer("Ada")
    new = reader.get("journalentry/new")
    detail = "JournalEntryLineDetail"
    lines = {
        f"l0__new0__{detail}__AccountRef": "Accounts Receivable (A/R)", f"l0__new0__{detail}__PostingType": "Debit", "l0__new0__Amount": "40",
        f"l0__new0__{detail}__Entity": "Ada", f"l0__new1__{detail}__AccountRef": "Sales", f"l0__new1__{detail}__PostingType": "Credit",
    }  # fmt: skip
    assert "(" in reader.send(new, "Create", 400, **lines, l0__new1__Amount="39").text
    reader.send(new, "Create", **lines, l0__new1__Amount="40")
    (entry,) = desk.select("select * from JournalEntry")
    assert entry["Line"][0][detail]["Entity"]["Type"] == "Customer"
    assert desk.read("Account", receivables["value"])["CurrentBalance"] == 40
    assert "40.00" in reader.get(f"journalentry/{entry['Id']}").text
    assert side("Debit", receivables, 1)["DetailType"] == entry["Line"][0]["DetailType"]


def test_a_payment_is_received_from_the_invoices_page(desk, reader, invoice):
    form = reader.get(reader.get(at(invoice)).href("Receive payment"))
    assert form.form("Create").fields["f.TotalAmt"] == "32.00"
    reader.send(form, "Create")
    assert desk.read("Invoice", invoice["Id"])["Balance"] == 0
    assert "Paid" in reader.get(at(invoice)).text


def test_boxes_without_a_cross_are_sent_as_no(desk, reader):
    customer = desk.customer("Ada")
    assert customer["Taxable"] is True
    reader.send(reader.get(f"customer/{customer['Id']}/edit"), "Save", f__Taxable=None, f__Active=None)
    after = desk.read("Customer", customer["Id"])
    assert (after["Taxable"], after["Active"]) == (False, False)
    # A form that never showed the box says nothing about it.
    page = reader.get(f"customer/{customer['Id']}/edit")
    reader.send(page, "Save", f__Taxable=None, box__Taxable=None, f__Notes="n", box__Active=None)
    assert desk.read("Customer", customer["Id"])["Active"] is False


def test_classes_and_locations_are_on_the_form_only_while_they_are_tracked(desk, tracked):
    assert "ClassRef" not in Reader(desk.emulator, desk.realm).get("invoice/new").html
    assert "f.DepartmentRef" not in Reader(desk.emulator, desk.realm).get("invoice/new").html
    page = Reader(tracked.emulator, tracked.realm).get("invoice/new")
    assert "SalesItemLineDetail.ClassRef" in page.html
    assert "f.DepartmentRef" in page.html


def test_every_form_opens_for_a_new_one_and_saves_an_unchanged_one_without_a_change(tracked):
    from syncengine.emulator.catalogue.registry import ENTITIES
    from syncengine.emulator.pages.fields import FORMS

    reader = Reader(tracked.emulator, tracked.realm)
    assert FORMS.keys() <= ENTITIES.keys()
    for name in FORMS:
        entity = ENTITIES[name]
        if entity.creatable:
            assert reader.get(f"{entity.path}/new").form("Create")
        for obj in tracked.select(f"select * from {name} maxresults 3"):
            page = reader.send(reader.get(f"{entity.path}/{obj['Id']}/edit"), "Save")
            assert "Nothing was changed" in page.text, (name, obj["Id"])


def test_every_report_of_the_api_is_a_table_with_the_same_sums(tracked):
    from syncengine.emulator.reports.registry import REPORTS

    reader = Reader(tracked.emulator, tracked.realm)
    index = reader.get("reports")
    for name in REPORTS:
        assert f"/company/{tracked.realm}/reports/{name}" in [href for _, href in index.links]
        page = reader.get(f"reports/{name}")
        assert page.rows or "empty for these dates" in page.text, name
    summary = json.loads(tracked.ask("GET", "reports/TrialBalance").body)["Rows"]["Row"][-1]["Summary"]["ColData"]
    total = reader.get("reports/TrialBalance").rows[-1]
    assert [each.replace(",", "") for each in total] == [each["value"] for each in summary]
    assert total[1] == total[2]


def test_a_report_is_run_for_other_dates_and_refused_in_quickbooks_words(tracked):
    reader = Reader(tracked.emulator, tracked.realm)
    page = reader.get("reports/ProfitAndLoss?start_date=2001-01-01&end_date=2001-01-31")
    assert page.form("Run").fields["start_date"] == "2001-01-01"
    assert "9,327.85" not in page.text
    assert "(2060)" in reader.get("reports/ProfitAndLoss?start_date=soon", 400).text
