"""Attachments, printed forms and e-mails."""

from __future__ import annotations

import pytest

from syncengine.errors import TransportLost
from syncengine.quickbooks import Call, CallKind, Effect, Fault, FaultClass, FaultError, Upload, classify, outcome, select
from tests.unit.quickbooks.emulated.place import sale

PICTURE = Upload("a picture.png", bytes(range(256)) * 4, "image/png", note="found")
LETTER = Upload('the "letter" ä.txt', b"line\r\n--boundary\r\n", "text/plain")


def test_files_are_uploaded_attached_found_and_fetched(place):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    invoice = client.create("Invoice", sale(client), requestid="r-1")
    attached = Upload("terms.pdf", b"%PDF-1.4 x", "application/pdf", [("Invoice", invoice.id)], include_on_send=True)
    answer = client.upload([PICTURE, LETTER, attached], requestid="u-1")
    assert [answer.outcome(number).effect for number in range(3)] == [Effect.DONE] * 3
    assert [each.payload["FileName"] for each in answer.files] == [PICTURE.name, LETTER.name, attached.name]
    assert answer.files[0].payload["Note"] == "found"
    assert answer.files[2].payload["AttachableRef"][0]["EntityRef"] == {"type": "Invoice", "value": invoice.id}
    for file, made in zip([PICTURE, LETTER, attached], answer.files, strict=True):
        content = client.download(made.id)
        assert content.data == file.content
        assert content.content_type.startswith(file.content_type)
    assert [call.metered for call in calls if call.kind is CallKind.FILE] == [0, 0, 0]
    assert {call.path for call in calls if call.kind is CallKind.FILE} == {"(file store)"}


def test_the_same_upload_again_makes_no_second_file(place):
    client = place.client()
    before = client.count("Attachable")
    place.fault("commit_then_drop", match={"operation": "upload"})
    with pytest.raises(TransportLost):
        client.upload([PICTURE, LETTER], requestid="u-1")
    first = client.upload([PICTURE, LETTER], requestid="u-1")
    second = client.upload([PICTURE, LETTER], requestid="u-1")
    assert [each.id for each in first.files] == [each.id for each in second.files]
    assert client.count("Attachable") == before + 2


def test_a_file_that_quickbooks_does_not_take_is_refused_alone(near):
    client = near.client()
    answer = client.upload([Upload("x.exe", b"MZ", "application/x-msdownload"), PICTURE], requestid="u-1")
    assert isinstance(answer.files[0], Fault)
    assert [answer.outcome(number).effect for number in (0, 1)] == [Effect.REFUSED, Effect.DONE]


def test_a_file_that_is_deleted_is_gone(place):
    client = place.client()
    (made,) = client.upload([LETTER], requestid="u-1").files
    assert client.delete("Attachable", made.id, made.sync_token, requestid="r-1").deleted
    with pytest.raises(FaultError) as refusal:
        client.download(made.id)
    assert classify(refusal.value.fault) is FaultClass.REFERENCE


def test_an_invoice_is_printed_and_sent(place):
    client = place.client()
    invoice = client.create("Invoice", sale(client), requestid="r-1")
    content = client.pdf("Invoice", invoice.id)
    assert content.data.startswith(b"%PDF-")
    assert content.data.rstrip().endswith(b"%%EOF")
    sent = client.send("Invoice", invoice.id, to="someone@example.com", requestid="s-1")
    assert sent.payload["EmailStatus"] == "EmailSent"
    assert client.read("Invoice", invoice.id).payload["BillEmail"]["Address"] == "someone@example.com"
    with pytest.raises(FaultError):
        client.pdf("Invoice", "99999999")


def test_an_e_mail_whose_answer_was_lost_is_sent_once(near):
    client = near.client()
    invoice = client.create("Invoice", sale(client), requestid="r-1")
    near.fault("commit_then_drop", match={"operation": "send"})
    with pytest.raises(TransportLost) as lost:
        client.send("Invoice", invoice.id, to="someone@example.com", requestid="s-1")
    assert outcome(lost.value).effect is Effect.UNKNOWN
    again = client.send("Invoice", invoice.id, to="someone@example.com", requestid="s-1")
    assert again.payload["EmailStatus"] == "EmailSent"
    assert client.query(select("Invoice", where=[("Id", "=", invoice.id)])).records[0].sync_token == again.sync_token
