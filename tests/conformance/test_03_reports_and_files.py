"""Envelopes and answers of files, forms and reports."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from syncengine.emulator import Request
from tests.unit.emulator.desk import parsed
from tests.unit.emulator.forms import body, content, metadata, send, uploaded


def invoice(desk):
    return desk.invoice(desk.customer()["Id"], desk.item()["Id"])


def test_an_upload_answers_with_one_attachableresponse_per_file_and_the_time(desk):
    answer = parsed(send(desk, body(content(b"1", "01"), content(b"2", "02"))))
    assert list(answer) == ["AttachableResponse", "time"]
    assert [list(each) for each in answer["AttachableResponse"]] == [["Attachable"], ["Attachable"]]


def test_an_uploaded_file_is_shown_as_recorded(desk):
    form = invoice(desk)
    wish = {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": form["Id"]}}], "FileName": "a.xml", "ContentType": "text/xml"}
    (answer,) = uploaded(desk, metadata(**wish), content(b"x" * 538, content_type="text/xml", filename="a.xml"))
    made = answer["Attachable"]
    assert made["FileAccessUri"] == f"/v3/company/{desk.realm}/download/{made['Id']}"
    assert (made["FileName"], made["Size"], made["ContentType"], made["SyncToken"]) == ("a.xml", 538, "text/xml", "0")
    assert made["AttachableRef"] == [{"EntityRef": {"value": form["Id"], "type": "Invoice"}, "IncludeOnSend": False}]
    assert re.fullmatch(r"5\d{18}", made["Id"])


def test_a_temporary_address_is_signed_for_900_seconds(desk):
    (answer,) = uploaded(desk, content(b"x"))
    query = parse_qs(urlsplit(answer["Attachable"]["TempDownloadUri"]).query)
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert re.fullmatch(r"[0-9a-f]{64}", query["X-Amz-Signature"][0])


def test_a_link_to_what_does_not_exist_is_a_fault_of_its_file_inside_200(desk):
    (answer,) = uploaded(desk, metadata(AttachableRef=[{"EntityRef": {"type": "Estimate", "value": "75"}}]), content(b"x"))
    detail = "Business Validation Error: The entity Estimate 75 that you are trying to link does not exist. Estimate 75"
    message = "A business validation error has occurred while processing your request"
    assert answer["Fault"] == {
        "Error": [{"Message": message, "Detail": detail, "code": "6000", "element": ""}], "type": "ValidationFault",
    }  # fmt: skip


def test_download_answers_with_the_temporary_address_as_plain_text(desk):
    (answer,) = uploaded(desk, content(b"bytes"))
    response = desk.ask("GET", f"download/{answer['Attachable']['Id']}")
    assert response.headers["Content-Type"].startswith("text/plain")
    address = urlsplit(response.body.decode())
    assert desk.emulator.handle(Request("GET", f"{address.path}?{address.query}")).body == b"bytes"


def test_an_attachable_is_deleted_by_its_id_alone(desk):
    note = desk.post("attachable", {"Note": "n"})
    assert desk.post("attachable?operation=delete", {"Id": note["Id"]}) == {"domain": "QBO", "status": "Deleted", "Id": note["Id"]}


def test_a_pdf_is_answered_as_application_pdf(desk):
    response = desk.ask("GET", f"invoice/{invoice(desk)['Id']}/pdf", Accept="application/pdf")
    assert (response.status, response.headers["Content-Type"], response.body[:5]) == (200, "application/pdf", b"%PDF-")


def test_sending_fills_emailstatus_deliveryinfo_and_billemail(desk):
    form = invoice(desk)
    sent = desk.post(f"invoice/{form['Id']}/send?sendTo=ada@example.com", b"")
    assert sent["EmailStatus"] == "EmailSent"
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    assert sent["BillEmail"] == {"Address": "ada@example.com"}


def test_sending_without_any_address_is_6420(desk):
    assert desk.refused(f"invoice/{invoice(desk)['Id']}/send", b"")["code"] == "6420"


def test_the_link_of_an_invoice_comes_only_with_include(desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"], AllowOnlineACHPayment=True, BillEmail={"Address": "a@example.com"})
    assert "InvoiceLink" not in made
    assert parsed(desk.ask("GET", f"invoice/{made['Id']}?include=invoiceLink"))["Invoice"]["InvoiceLink"].startswith("https://")
