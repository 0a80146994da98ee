"""Forms: their PDF, sending them by e-mail, and the link of an invoice."""

from __future__ import annotations

import re

import pytest

from tests.unit.emulator.desk import parsed, sale
from tests.unit.emulator.forms import content, metadata, uploaded

FORMS = ("Invoice", "SalesReceipt", "Estimate", "CreditMemo", "RefundReceipt", "PurchaseOrder", "Payment")


def made(desk, entity, **more):
    """One form of an entity."""
    if entity == "PurchaseOrder":
        line = {"Amount": 40, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": {"ItemRef": {"value": desk.item()["Id"]}}}
        payable = desk.account("Accounts Payable (A/P)")
        return desk.post("purchaseorder", {"VendorRef": {"value": desk.vendor()["Id"]}, "APAccountRef": payable, "Line": [line], **more})
    customer = {"CustomerRef": {"value": desk.customer(PrimaryEmailAddr={"Address": "ada@example.com"})["Id"]}}
    if entity == "Payment":
        return desk.post("payment", {**customer, "TotalAmt": 40, **more})
    if entity == "RefundReceipt":
        more = {"DepositToAccountRef": desk.account("Checking"), **more}
    return desk.post(entity.lower(), {**customer, "Line": [sale(desk.item()["Id"], 40)], **more})


def pages(pdf: bytes) -> list[list[str]]:
    """The texts of each page, found the way a reader does: trailer, table of places, catalogue, pages, streams."""
    assert pdf.startswith(b"%PDF-1.4\n")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)[1])
    table = pdf[start:].split(b"\n")
    assert table[0] == b"xref"
    count = int(table[1].split()[1])
    places = [int(line[:10]) for line in table[3 : count + 2]]
    objects = {}
    for number, place in enumerate(places, 1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)
        objects[number] = pdf[place : pdf.index(b"endobj", place)]
    root = int(re.search(rb"/Root (\d+) 0 R", pdf[start:])[1])
    tree = objects[int(re.search(rb"/Pages (\d+) 0 R", objects[root])[1])]
    kids = [int(each) for each in re.findall(rb"(\d+) 0 R", re.search(rb"/Kids \[(.*?)\]", tree)[1])]
    assert len(kids) == int(re.search(rb"/Count (\d+)", tree)[1])
    found = []
    for kid in kids:
        stream = objects[int(re.search(rb"/Contents (\d+) 0 R", objects[kid])[1])]
        length = int(re.search(rb"/Length (\d+)", stream)[1])
        text = stream[stream.index(b"stream\n") + 7 :][:length]
        assert stream.endswith(text + b"\nendstream\n")
        strings = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", text)
        found.append([re.sub(rb"\\(.)", rb"\1", each).decode("cp1252") for each in strings])
    return found


def pdf(desk, entity, id_, **headers):
    response = desk.ask("GET", f"{entity.lower()}/{id_}/pdf", **headers)
    assert response.status == 200, response.body
    assert response.headers["Content-Type"] == "application/pdf"
    return pages(response.body)


@pytest.mark.parametrize("entity", FORMS)
def test_each_form_prints_its_number_date_party_and_total(desk, entity):
    form = made(desk, entity, TxnDate="2026-01-02")
    ((*texts,),) = pdf(desk, entity, form["Id"])
    number = form.get("DocNumber") or form["Id"]
    assert any(text.endswith(number) for text in texts)
    assert "Date: 2026-01-02" in texts
    assert any(text in {"Customer: Ada Ltd", "Vendor: Bolt & Co"} for text in texts)
    assert texts[texts.index("Total") + 1] == "40.00"


def test_brackets_umlauts_and_unknown_letters_do_not_break_a_pdf(desk):
    line = {**sale(desk.item()["Id"], 1234.5, Qty=2, UnitPrice=617.25), "Description": "a (b) \\ é ☃ end)"}
    form = desk.post("invoice", {"CustomerRef": {"value": desk.customer("Ünal (Sons)")["Id"]}, "Line": [line]})
    ((*texts,),) = pdf(desk, "Invoice", form["Id"])
    assert "Customer: Ünal (Sons)" in texts
    assert "Widget - a (b) \\ é ? end)" in texts
    assert texts[texts.index("Widget - a (b) \\ é ? end)") + 1 :][:3] == ["2", "617.25", "1,234.50"]


def test_many_lines_go_on_on_further_pages(desk):
    item = desk.item()["Id"]
    lines = [{**sale(item, 1), "Description": f"row {number}"} for number in range(100)]
    form = desk.post("invoice", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": lines})
    found = pdf(desk, "Invoice", form["Id"])
    rows = [text for page in found for text in page if text.startswith("Widget - row")]
    assert rows == [f"Widget - row {number}" for number in range(100)]
    assert [page[-1] for page in found] == [f"Page {place} of {len(found)}" for place in range(1, len(found) + 1)]
    assert len(found) > 1


def test_what_has_no_form_has_no_pdf(desk):
    customer = desk.customer()
    assert desk.refused(f"customer/{customer['Id']}/pdf", None, "GET")["code"] == "500"
    assert desk.refused("invoice/999/pdf", None, "GET")["code"] == "610"
    assert desk.refused("invoice/1.5/pdf", None, "GET")["code"] == "2030"
    assert desk.refused(f"customer/{customer['Id']}/send", None)["code"] == "500"


def test_whoever_does_not_accept_a_pdf_is_refused_where_that_is_wished(desk):
    form = made(desk, "Invoice")
    desk.control("POST", "switches", {"pdf_accept": "pdf"})
    assert desk.refused(f"invoice/{form['Id']}/pdf", None, "GET")["code"] == "1050"
    assert pdf(desk, "Invoice", form["Id"], Accept="application/pdf, application/json")


@pytest.mark.parametrize("entity", FORMS)
def test_each_form_can_be_sent_and_says_so(desk, entity):
    form = made(desk, entity)
    response = desk.ask("POST", f"{entity.lower()}/{form['Id']}/send?sendTo=bo%40example.com", b"", **{"Content-Type": "application/octet-stream"})
    assert response.status == 200, response.body
    sent = parsed(response)[entity]
    assert sent == desk.read(entity, form["Id"])
    assert sent["SyncToken"] == "1"
    if entity not in {"Payment", "RefundReceipt"}:
        assert sent["EmailStatus"] == "EmailSent"
    if entity not in {"Payment", "PurchaseOrder"}:
        assert sent["DeliveryInfo"] == {"DeliveryType": "Email", "DeliveryTime": sent["MetaData"]["LastUpdatedTime"]}
        assert sent["BillEmail"] == {"Address": "bo@example.com"}
    if entity == "PurchaseOrder":
        assert sent["POEmail"] == {"Address": "bo@example.com"}
    (mail,) = desk.control("GET", f"mails?realm_id={desk.realm}")[1]["mails"]
    assert (mail["entity"], mail["id"], mail["to"]) == (entity, form["Id"], "bo@example.com")


def test_without_sendto_a_form_goes_to_its_own_address(desk):
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"}, BillEmailCc={"Address": "cc@example.com"})
    uploaded(desk, metadata(FileName="map.png", AttachableRef=[{"EntityRef": {"type": "Invoice", "value": form["Id"]}, "IncludeOnSend": True}]), content(b"x"))
    uploaded(desk, metadata(FileName="no.png", AttachableRef=[{"EntityRef": {"type": "Invoice", "value": form["Id"]}}]), content(b"x"))
    desk.post(f"invoice/{form['Id']}/send", b"")
    (mail,) = desk.control("GET", "mails")[1]["mails"]
    assert (mail["to"], mail["cc"]) == ("own@example.com", "cc@example.com")
    assert mail["attachments"] == [f"Invoice_{form.get('DocNumber') or form['Id']}.pdf", "map.png"]


def test_a_payment_goes_to_its_customers_address(desk):
    form = made(desk, "Payment")
    desk.post(f"payment/{form['Id']}/send", b"")
    assert desk.control("GET", "mails")[1]["mails"][0]["to"] == "ada@example.com"


def test_a_form_without_an_address_or_with_a_bad_one_is_not_sent(desk):
    form = desk.post("estimate", {"CustomerRef": {"value": desk.customer()["Id"]}, "Line": [sale(desk.item()["Id"], 40)]})
    assert desk.refused(f"estimate/{form['Id']}/send", b"")["code"] == "6420"
    assert desk.refused(f"estimate/{form['Id']}/send?sendTo=nobody", b"")["code"] == "2210"
    assert desk.read("Estimate", form["Id"]) == form
    assert desk.control("GET", "mails")[1]["mails"] == []


def test_a_day_has_room_for_forty_mails(make, clock):
    desk = make(mails_per_day=2)
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"})
    for _ in range(2):
        desk.post(f"invoice/{form['Id']}/send", b"")
    assert desk.refused(f"invoice/{form['Id']}/send", b"")["code"] == "6000"
    clock.advance(86_400)
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    desk.post(f"invoice/{form['Id']}/send", b"")


def test_sending_may_leave_the_token_alone(make):
    desk = make(send_moves_token=False)
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"})
    assert desk.post(f"invoice/{form['Id']}/send", b"")["SyncToken"] == "0"


def test_one_requestid_sends_one_mail(desk):
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"})
    tokens = [desk.post(f"invoice/{form['Id']}/send?requestid=s1", b"")["SyncToken"] for _ in range(2)]
    assert tokens == ["1", "1"]
    assert len(desk.control("GET", "mails")[1]["mails"]) == 1


def test_a_batch_item_may_send(desk):
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"})
    customer = desk.customer("Bo")
    answers = desk.batch(
        {"operation": "send", "Invoice": {"Id": form["Id"], "SyncToken": "0"}}, {"operation": "send", "Customer": {"Id": customer["Id"], "SyncToken": "0"}}
    )
    assert answers["i0"]["Invoice"]["EmailStatus"] == "EmailSent"
    assert answers["i1"]["Fault"]["Error"][0]["code"] == "500"


def test_the_journal_counts_a_pdf_as_coreplus_and_sending_as_core(desk):
    form = made(desk, "Invoice", BillEmail={"Address": "own@example.com"})
    pdf(desk, "Invoice", form["Id"])
    desk.post(f"invoice/{form['Id']}/send", b"")
    lines = {each["operation"]: each for each in desk.control("GET", "journal")[1]["lines"]}
    assert (lines["pdf"]["coreplus"], lines["pdf"].get("core", 0)) == (1, 0)
    assert (lines["send"]["core"], lines["send"].get("coreplus", 0)) == (1, 0)
    assert lines["send"]["wrote"] == [f"Invoice/{form['Id']}/emailed"]


def test_an_invoice_shows_its_link_only_where_that_is_asked_for(desk):
    online = {"AllowOnlineACHPayment": True, "BillEmail": {"Address": "own@example.com"}}
    form, other = made(desk, "Invoice", **online), desk.invoice(desk.customer("Bo")["Id"], desk.item("Gadget")["Id"])
    assert "InvoiceLink" not in desk.read("Invoice", form["Id"])
    link = parsed(desk.ask("GET", f"invoice/{form['Id']}?include=invoiceLink"))["Invoice"]["InvoiceLink"]
    assert link.startswith("https://connect.intuit.com/")
    found = {each["Id"]: each.get("InvoiceLink") for each in parsed(desk.ask("GET", "query?query=select%20*%20from%20Invoice&include=invoiceLink"))["QueryResponse"]["Invoice"]}
    assert found == {form["Id"]: link, other["Id"]: None}
    desk.control("POST", "switches", {"invoice_link": "all"})
    assert "InvoiceLink" in parsed(desk.ask("GET", f"invoice/{other['Id']}?include=invoiceLink"))["Invoice"]
