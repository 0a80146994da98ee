"""Attachments: notes and files, what they are attached to, and how the bytes come back."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest

from syncengine.emulator import Emulator, Request
from tests.unit.emulator import forms
from tests.unit.emulator.desk import parsed
from tests.unit.emulator.forms import body, code, content, encoded, metadata, send, uploaded


def fetch(desk, address, **headers):
    parts = urlsplit(address)
    return desk.emulator.handle(Request("GET", f"{parts.path}?{parts.query}", headers))


def attached(desk, data=b"hello", **properties):
    (answer,) = uploaded(desk, metadata(FileName="note.txt", ContentType="text/plain", **properties), content(data))
    return answer["Attachable"]


def invoice(desk):
    return desk.invoice(desk.customer()["Id"], desk.item()["Id"])


def test_the_bytes_of_a_file_come_back_whatever_they_are(desk):
    chance = random.Random(7)
    for data in (b"\r", b"\n", b"a\r\r\n", b"\r\n\r\nb\n\n", b"--\r\n-", bytes(range(256)) * 3, chance.randbytes(70_000)):
        (answer,) = uploaded(desk, content(data, filename="x.pdf", content_type="application/pdf"))
        made = answer["Attachable"]
        assert made["Size"] == len(data)
        response = fetch(desk, made["TempDownloadUri"])
        assert (response.status, response.body, response.headers["Content-Type"]) == (200, data, "application/pdf")


def test_a_form_with_bare_line_feeds_and_base64_is_read_too(desk):
    raw = encoded(b"\x00\xff pdf", "application/pdf", {"FileName": "a.pdf", "ContentType": "application/pdf"})
    (answer,) = parsed(send(desk, raw))["AttachableResponse"]
    assert answer["Attachable"]["Size"] == 6
    assert fetch(desk, answer["Attachable"]["TempDownloadUri"]).body == b"\x00\xff pdf"


def test_content_without_metadata_takes_name_and_kind_from_its_own_part(desk):
    (answer,) = uploaded(desk, content(b"x", filename="Rechnung ü.pdf", content_type="application/pdf"))
    assert answer["Attachable"]["FileName"] == "Rechnung ü.pdf"
    assert answer["Attachable"]["ContentType"] == "application/pdf"


def test_files_of_one_request_are_answered_in_their_order_each_on_its_own(desk):
    answers = uploaded(
        desk, metadata("01", FileName="a.txt"), content(b"1", "01"), content(b"", "02"), metadata("3", FileName="c.txt"),
        content(b"333", "3"),
    )  # fmt: skip
    assert [next(iter(each)) for each in answers] == ["Attachable", "Fault", "Attachable"]
    assert answers[2]["Attachable"]["Size"] == 3
    assert code(answers[1]) == "6041"


def test_an_empty_file_is_taken_where_it_is_described(desk):
    (answer,) = uploaded(desk, metadata(FileName="empty.txt", ContentType="text/plain"), content(b""))
    assert (answer["Attachable"]["FileName"], answer["Attachable"]["Size"]) == ("empty.txt", 0)


def test_a_refused_file_leaves_nothing_behind(desk):
    (answer,) = uploaded(desk, metadata(AttachableRef=[{"EntityRef": {"type": "Invoice", "value": "999"}}]), content(b"x"))
    assert code(answer) == "6000"
    assert desk.select("select * from Attachable") == []
    assert desk.emulator.parts.state.execute("SELECT count(*) FROM file").fetchone() == (0,)


def test_metadata_that_is_no_attachable_is_refused(desk):
    raw = forms.part("file_metadata_01", b"[1]", "application/json")
    assert code(uploaded(desk, raw, content(b"x"))[0]) == "6040"
    for raw in (b"<x/>", b"<Attachable>", b"<Invoice/>", b""):
        assert code(uploaded(desk, forms.part("file_metadata_01", raw, "text/xml"), content(b"x"))[0]) == "6040"
    assert code(uploaded(desk, metadata(Colour="red"), content(b"x"))[0]) == "2010"


def test_metadata_may_be_xml(desk):
    made = invoice(desk)
    raw = (
        '<?xml version="1.0" encoding="UTF-8"?><ns0:Attachable xmlns:ns0="http://schema.intuit.com/finance/v3"><ns0:AttachableRef>'
        f'<ns0:EntityRef type="Invoice">{made["Id"]}</ns0:EntityRef><ns0:IncludeOnSend>true</ns0:IncludeOnSend></ns0:AttachableRef>'
        "<ns0:FileName>a.jpg</ns0:FileName><ns0:Category>Image</ns0:Category></ns0:Attachable>"
    )
    (answer,) = uploaded(desk, forms.part("file_metadata_0", raw.encode(), "application/xml; charset=UTF-8"), content(b"x", "0"))
    kept = answer["Attachable"]
    assert (kept["FileName"], kept["Category"]) == ("a.jpg", "Image")
    assert kept["AttachableRef"] == [{"EntityRef": {"value": made["Id"], "type": "Invoice"}, "IncludeOnSend": True}]


def test_what_cannot_have_attachments_is_refused(desk):
    for type_ in ("Term", "Account", "Nonsense", ""):
        reference = [{"EntityRef": {"type": type_, "value": "1"}}]
        assert code(uploaded(desk, metadata(AttachableRef=reference), content(b"x"))[0]) == "6050"


def test_metadata_without_content_and_unlisted_kinds_of_files_are_invalid(desk):
    assert code(uploaded(desk, metadata(FileName="a.txt"))[0]) == "6041"
    assert code(uploaded(desk, content(b"x", content_type="application/zip", filename="a.zip"))[0]) == "6041"
    desk.control("POST", "switches", {"upload_types": "any"})
    assert "Attachable" in uploaded(desk, content(b"x", content_type="application/zip", filename="a.zip"))[0]


def test_a_request_that_is_too_large_is_refused_as_a_whole(desk):
    desk.control("POST", "switches", {"upload_max_bytes": 300})
    response = send(desk, body(content(b"x" * 300)))
    (error,) = parsed(response)["Fault"]["Error"]
    assert (response.status, error["code"]) == (400, "6030")


def test_a_missing_content_length_is_refused_where_that_is_wished(desk):
    desk.control("POST", "switches", {"upload_content_length": "required"})
    response = send(desk, body(content(b"x")))
    assert parsed(response)["Fault"]["Error"][0]["code"] == "6020"
    assert send(desk, body(content(b"x")), **{"Content-Length": "200"}).status == 200


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        ("application/json", b"{}"), ("multipart/form-data", b"x"), ("", b""), ("multipart/form-data; boundary=x", b"--x--"),
        ("multipart/form-data; boundary=\xff", b"--\xff\r\n\r\n"), ("multipart/mixed; boundary=x", b"--x\r\n\r\na\r\n--x--"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_and_never_an_error_of_ours(desk, content_type, raw):
    response = desk.ask("POST", "upload", raw, **{"Content-Type": content_type})
    assert response.status == 400
    assert parsed(response)["Fault"]["Error"][0]["code"] in {"1050", "2020"}


def test_a_temporary_address_works_without_a_token_and_for_900_seconds(desk, clock):
    address = attached(desk)["TempDownloadUri"]
    clock.advance(899)
    assert fetch(desk, address).status == 200
    clock.advance(1)
    response = fetch(desk, address)
    assert response.status == 403
    assert b"<Message>Request has expired</Message>" in response.body


def test_a_temporary_address_cannot_be_changed(desk):
    address = attached(desk)["TempDownloadUri"]
    other = attached(desk, b"other")["TempDownloadUri"]
    assert fetch(desk, address.replace("X-Amz-Expires=900", "X-Amz-Expires=9000")).status == 403
    assert fetch(desk, urlsplit(other)._replace(query=urlsplit(address).query).geturl()).status == 403
    assert fetch(desk, urlsplit(address)._replace(query="").geturl()).status == 403
    assert fetch(desk, address.replace(desk.realm, "1")).status == 404


def test_every_answer_that_shows_a_file_has_a_fresh_address(desk, clock):
    made = attached(desk)
    clock.advance(1000)
    shown = [
        desk.read("Attachable", made["Id"]),
        desk.select("select * from Attachable")[0],
        desk.batch({"Query": "select * from Attachable"})["i0"]["QueryResponse"]["Attachable"][0],
        parsed(desk.ask("GET", "cdc?entities=Attachable&changedSince=2026-01-01"))["CDCResponse"][0]["QueryResponse"][0]["Attachable"][0],
        desk.post("attachable", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Note": "seen"}),
    ]  # fmt: skip
    for each in shown:
        assert fetch(desk, each["TempDownloadUri"]).body == b"hello"


def test_the_address_is_the_one_by_which_the_emulator_was_reached(desk):
    made = attached(desk)
    response = desk.ask("GET", f"download/{made['Id']}", Host="127.0.0.1:8950")
    assert response.body.startswith(b"http://127.0.0.1:8950/")
    response = desk.ask("GET", f"download/{made['Id']}", Host="sandbox-quickbooks.api.intuit.com")
    assert response.body.startswith(b"https://sandbox-quickbooks.api.intuit.com/")


def test_a_text_that_looks_like_a_file_stays_a_text(desk):
    made = attached(desk)
    text = f'"FileAccessUri":"/v3/company/{desk.realm}/download/{made["Id"]}"'
    assert desk.customer(Notes=text)["Notes"] == text


def test_only_files_can_be_downloaded(desk):
    note = desk.post("attachable", {"Note": "only a note"})
    assert desk.refused(f"download/{note['Id']}", None, "GET")["code"] == "610"
    assert desk.refused("download/abc", None, "GET")["code"] == "2030"


def test_pictures_have_a_thumbnail(desk):
    (answer,) = uploaded(desk, content(b"\x89PNG", content_type="image/png", filename="a.png"))
    made = answer["Attachable"]
    assert made["ThumbnailFileAccessUri"] == f"/v3/company/{desk.realm}/attachable-thumbnail/{made['Id']}"
    assert fetch(desk, made["ThumbnailTempDownloadUri"]).body == b"\x89PNG"
    assert "ThumbnailFileAccessUri" not in attached(desk)


def test_a_deleted_attachment_takes_its_file_along(desk):
    made = attached(desk)
    answer = desk.post("attachable?operation=delete", {"Id": made["Id"]})
    assert answer["status"] == "Deleted"
    assert fetch(desk, made["TempDownloadUri"]).status == 404
    assert desk.refused(f"download/{made['Id']}", None, "GET")["code"] == "610"


def test_starting_a_company_anew_takes_its_files_along(desk):
    attached(desk)
    desk.control("POST", "reset", {"companies": True})
    assert desk.emulator.parts.state.execute("SELECT count(*) FROM file").fetchone() == (0,)


def test_files_lie_in_the_state_file(tmp_path, clock):
    first = Emulator(tmp_path / "books.db", clock=clock, switches={"quotas": False})
    desk = forms.Desk(first, "empty")
    address = attached(desk, b"kept")["TempDownloadUri"]
    first.close()
    second = Emulator(tmp_path / "books.db", clock=clock)
    desk.emulator = second
    assert fetch(desk, address).body == b"kept"
    second.close()


def test_the_same_requestid_uploads_once(desk):
    raw = body(metadata(FileName="a.txt"), content(b"x"))
    first, again = (parsed(send(desk, raw, "?requestid=up1"))["AttachableResponse"][0]["Attachable"] for _ in range(2))
    assert first["Id"] == again["Id"]
    assert len(desk.select("select * from Attachable")) == 1


def test_a_note_needs_no_file_and_is_attached_by_kind_and_id(desk):
    made = invoice(desk)
    note = desk.post(
        "attachable",
        {"Note": "seen", "AttachableRef": [{"EntityRef": {"type": "invoice", "value": made["Id"]}, "IncludeOnSend": "true", "LineInfo": "1"}]},
    )  # fmt: skip
    (reference,) = note["AttachableRef"]
    assert reference == {"EntityRef": {"value": made["Id"], "type": "Invoice"}, "IncludeOnSend": True, "LineInfo": "1"}
    assert "FileAccessUri" not in note
    assert desk.refused("attachable", {"Category": "Image"})["code"] == "2020"
    assert desk.refused("attachable", {"Note": "x", "Category": "image"})["code"] == "2170"


def test_an_update_keeps_the_file_and_may_attach_it_later(desk):
    made, customer = attached(desk), desk.customer()
    reference = [{"EntityRef": {"type": "Customer", "value": customer["Id"]}}]
    changed = desk.post("attachable", {**made, "Note": "n", "AttachableRef": reference})
    assert (changed["SyncToken"], changed["Size"], changed["FileAccessUri"]) == ("1", 5, made["FileAccessUri"])
    assert fetch(desk, changed["TempDownloadUri"]).body == b"hello"
    assert desk.refused("attachable", {**changed, "SyncToken": "0"})["code"] == "5010"


def test_queries_find_attachments_by_what_they_are_attached_to(desk):
    first, second = invoice(desk), desk.customer("Other")
    on_invoice = attached(desk, AttachableRef=[{"EntityRef": {"type": "Invoice", "value": first["Id"]}, "IncludeOnSend": True}])
    on_both = attached(
        desk,
        AttachableRef=[
            {"EntityRef": {"type": "Customer", "value": second["Id"]}}, {"EntityRef": {"type": "Invoice", "value": first["Id"]}},
        ],
    )  # fmt: skip
    alone = attached(desk)

    def ids(condition):
        return {each["Id"] for each in desk.select(f"select * from Attachable where {condition}")}

    path = "AttachableRef.EntityRef"
    assert ids(f"{path}.Type = 'invoice' and {path}.value = '{first['Id']}'") == {on_invoice["Id"], on_both["Id"]}
    assert ids(f"{path}.type = 'Customer' and {path}.value = '{second['Id']}'") == {on_both["Id"]}
    assert ids(f"{path}.type = 'Customer' and {path}.value = '{first['Id']}'") == set()
    assert ids("AttachableRef.IncludeOnSend = true") == {on_invoice["Id"]}
    assert ids("AttachableRef.NoRefOnly = true") == {alone["Id"]}
    assert desk.refused("query?query=select%20*%20from%20Attachable%20where%20AttachableRef.Colour%20=%20'x'", None, "GET")["code"] == "4001"


def test_the_journal_counts_uploads_as_core_and_downloads_as_coreplus(desk):
    made = attached(desk)
    desk.ask("GET", f"download/{made['Id']}")
    lines = desk.control("GET", f"journal?realm_id={desk.realm}")[1]["lines"]
    (up,) = [each for each in lines if each["operation"] == "upload"]
    (down,) = [each for each in lines if each["operation"] == "download"]
    assert (up["core"], up["wrote"]) == (1, [f"Attachable/{made['Id']}/create"])
    assert down["coreplus"] == 1
