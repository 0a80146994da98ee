"""Uploads and downloads as they stand on the wire; the store that holds the files is another host than QuickBooks."""

from __future__ import annotations

import json
from email import message_from_bytes

import pytest

from syncengine.errors import AccessDenied, ServiceDown, TransportLost
from syncengine.quickbooks import CallKind, Effect, Fault, FaultClass, Upload
from tests.unit.quickbooks.scripted import Said, Script, document, granted, hang_up, refused
from tests.unit.quickbooks.test_faults import GATEWAY

BASE = "/v3/company/9130"
LETTER = Upload('a "letter".pdf', b"%PDF-1.4\r\n--x\r\n\x00\xff", "application/pdf", [("Invoice", "75"), ("Bill", "9")], include_on_send=True, note="n")
PLAIN = Upload("ä.txt", b"", "text/plain")


@pytest.fixture
def store():
    """The file store: a host of its own."""
    store = Script()
    yield store
    store.close()


def parts(asked) -> list[tuple[str, str, str, bytes]]:
    """The parts of a multipart request: name, file name, type, bytes."""
    message = message_from_bytes(b"Content-Type: " + asked.headers["content-type"].encode() + b"\r\n\r\n" + asked.body)
    assert not message.defects
    return [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.get_payload()
    ]


def attachable(name: str, id_: str) -> dict:
    return {"Attachable": {"FileName": name, "Id": id_, "SyncToken": "0", "TempDownloadUri": "https://store.example/x?Signature=canary"}}


FAULT = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "6041"}], "type": "ValidationFault"}}


class TestUpload:
    def test_each_file_travels_as_two_parts_with_a_number(self, script, bench):
        script.answers = [document({"AttachableResponse": [attachable(LETTER.name, "1"), attachable(PLAIN.name, "2")]})]
        bench.client.upload([LETTER, PLAIN], requestid="u-1")
        (asked,) = script.asked
        assert (asked.method, asked.path, asked.query["requestid"]) == ("POST", f"{BASE}/upload", ["u-1"])
        told = parts(asked)
        assert [name for name, _, _, _ in told] == ["file_metadata_01", "file_content_01", "file_metadata_02", "file_content_02"]
        assert json.loads(told[0][3]) == {
            "FileName": 'a "letter".pdf',
            "ContentType": "application/pdf",
            "Note": "n",
            "AttachableRef": [
                {"EntityRef": {"type": "Invoice", "value": "75"}, "IncludeOnSend": True},
                {"EntityRef": {"type": "Bill", "value": "9"}, "IncludeOnSend": True},
            ],
        }
        assert told[0][2] == "application/json"
        assert told[1][1:] == ("a %22letter%22.pdf", "application/pdf", LETTER.content)
        assert told[3][3] == b""

    def test_the_same_files_are_the_same_bytes(self, script, bench):
        script.else_ = document({"AttachableResponse": [attachable(LETTER.name, "1")]})
        for _ in range(2):
            bench.client.upload([LETTER], requestid="u-1")
        first, second = script.asked
        assert (first.body, first.headers["content-type"]) == (second.body, second.headers["content-type"])

    def test_after_a_renewed_sign_in_they_are_sent_again_under_the_same_requestid(self, script, bench):
        answer = document({"AttachableResponse": [attachable(LETTER.name, "1")]})
        script.answers = [Said(401, GATEWAY), granted("access-2", "refresh-2"), answer]
        bench.client.upload([LETTER], requestid="u-1")
        first, _, second = script.asked
        assert (first.body, first.query) == (second.body, second.query)

    def test_a_file_that_is_refused_leaves_the_others_alone(self, script, bench):
        script.answers = [document({"AttachableResponse": [FAULT, attachable(PLAIN.name, "2")]})]
        answer = bench.client.upload([LETTER, PLAIN], requestid="u-1")
        assert isinstance(answer.files[0], Fault)
        assert [answer.outcome(number).effect for number in (0, 1)] == [Effect.REFUSED, Effect.DONE]
        assert answer.outcome(0).meaning is FaultClass.VALIDATION
        assert answer.files[1].id == "2"

    def test_a_missing_answer_is_found_by_name_and_the_other_file_is_unknown(self, script, bench):
        script.answers = [document({"AttachableResponse": [attachable(PLAIN.name, "2")]})]
        answer = bench.client.upload([LETTER, PLAIN], requestid="u-1")
        assert answer.outcome(0).effect is Effect.UNKNOWN
        assert answer.files[1].id == "2"

    @pytest.mark.parametrize("row", [None, {}, {"Attachable": {}}, {"Attachable": {"FileName": "x"}}, 7])
    def test_a_file_without_a_clear_answer_is_unknown(self, script, bench, row):
        script.answers = [document({"AttachableResponse": [row]})]
        assert bench.client.upload([LETTER], requestid="u-1").outcome(0).effect is Effect.UNKNOWN

    def test_an_answer_without_its_list_is_unknown_as_a_whole(self, script, bench):
        script.answers = [document({"AttachableResponse": None})]
        with pytest.raises(TransportLost):
            bench.client.upload([LETTER], requestid="u-1")

    @pytest.mark.parametrize("files", [[], [Upload("", b"x", "text/plain")]])
    def test_an_upload_that_makes_no_sense_is_never_sent(self, script, bench, files):
        with pytest.raises(ValueError):
            bench.client.upload(files, requestid="u-1")
        assert script.asked == []

    def test_a_name_can_end_neither_its_line_nor_its_part(self, script, bench):
        script.answers = [document({"AttachableResponse": []})]
        evil = Upload('x"\r\nContent-Type: text/html\r\n\r\n<b>', b"data", 'text/plain\r\nX: "y"')
        bench.client.upload([evil], requestid="u-1")
        told = parts(script.asked[0])
        assert len(told) == 2
        assert told[1][3] == b"data"


class TestDownload:
    def address(self, store, query: str = "?X-Amz-Signature=canary-signature") -> Said:
        return Said(200, f"{store.url}/9130/attachments/a%20b.pdf{query}".encode(), {"Content-Type": "text/plain;charset=utf-8"})

    def test_the_file_comes_from_the_store_which_never_sees_the_token(self, script, store, bench):
        script.answers = [self.address(store)]
        store.answers = [Said(200, b"%PDF-1.4\xff", {"Content-Type": "application/pdf"})]
        content = bench.client.download("5000000000000503624")
        assert (content.data, content.content_type) == (b"%PDF-1.4\xff", "application/pdf")
        assert script.paths() == [f"{BASE}/download/5000000000000503624"]
        (asked,) = store.asked
        assert asked.query == {"X-Amz-Signature": ["canary-signature"]}
        assert "authorization" not in asked.headers

    def test_not_even_a_netrc_gives_the_store_a_key(self, script, store, bench, monkeypatch, tmp_path):
        file = tmp_path / "netrc"
        file.write_text("default login someone password canary\n")
        file.chmod(0o600)
        monkeypatch.setenv("NETRC", str(file))
        script.answers = [self.address(store)]
        store.answers = [Said(200, b"x")]
        bench.client._transport._sessions._make().trust_env = True
        bench.client.download("1")
        assert "authorization" not in store.asked[0].headers

    def test_the_journal_shows_no_address_and_the_store_costs_nothing(self, script, store, bench):
        script.answers = [self.address(store)]
        store.answers = [Said(200, b"x")]
        bench.client.download("1")
        assert [(call.kind, call.metered) for call in bench.calls] == [(CallKind.READ, 1), (CallKind.FILE, 0)]
        assert "canary" not in repr(bench.calls)
        assert store.url not in repr(bench.calls)

    def test_an_address_that_ran_out_is_asked_for_anew(self, script, store, bench):
        script.answers = [self.address(store, "?n=1"), self.address(store, "?n=2")]
        store.answers = [Said(403, b"<Error><Code>AccessDenied</Code></Error>"), Said(200, b"x")]
        assert bench.client.download("1").data == b"x"
        assert [asked.query["n"] for asked in store.asked] == [["1"], ["2"]]

    @pytest.mark.parametrize("trouble", [hang_up, Said(404), Said(302, b"", {"Location": "https://elsewhere.example"}), Said(500)])
    def test_a_store_that_gives_nothing_is_lost_transport(self, script, store, bench, trouble):
        script.else_ = self.address(store)
        store.else_ = trouble
        with pytest.raises(TransportLost):
            bench.client.download("1")
        assert len(store.asked) == 3

    @pytest.mark.parametrize("text", ["http://store.example/x", "ftp://store.example/x", "file:///etc/passwd", "", "hello", "https://a b"])
    def test_an_address_that_is_unsafe_or_none_is_never_followed(self, script, bench, text):
        script.else_ = Said(200, text.encode(), {"Content-Type": "text/plain"})
        with pytest.raises(TransportLost):
            bench.client.download("1")

    def test_faults_are_told_whatever_their_status(self, script, bench):
        from syncengine.quickbooks import FaultError

        for status in (400, 200):
            script.answers = [refused("610", "Object Not Found", status=status)]
            with pytest.raises(FaultError, match="610"):
                bench.client.download("1")
        script.answers = [refused("3100", status=403)]
        with pytest.raises(AccessDenied):
            bench.client.download("1")


class TestPrinting:
    def test_a_pdf_is_bytes(self, script, bench):
        script.answers = [Said(200, b"%PDF-1.5\x00\xff", {"Content-Type": "application/pdf", "intuit_tid": "t-1"})]
        content = bench.client.pdf("Invoice", "130")
        assert (content.data, content.content_type, content.tid) == (b"%PDF-1.5\x00\xff", "application/pdf", "t-1")
        assert script.paths() == [f"{BASE}/invoice/130/pdf"]
        assert script.asked[0].headers["accept"] == "application/pdf"
        assert bench.calls[0].metered == 1

    @pytest.mark.parametrize("said", [Said(200), Said(200, b"<html>login</html>"), Said(200, b"{}")])
    def test_what_is_no_pdf_is_asked_for_again_and_then_lost(self, script, bench, said):
        script.else_ = said
        with pytest.raises(TransportLost):
            bench.client.pdf("Invoice", "1")
        assert len(script.asked) == 3

    def test_a_fault_in_place_of_a_pdf_is_a_fault(self, script, bench):
        from syncengine.quickbooks import FaultError

        for said in (refused("610"), refused("610", status=200)):
            script.answers = [said]
            with pytest.raises(FaultError):
                bench.client.pdf("Invoice", "1")
        script.else_ = Said(503, b"<html>")
        with pytest.raises(ServiceDown):
            bench.client.pdf("Invoice", "1")

    def test_an_e_mail_is_a_write_with_an_empty_body(self, script, bench):
        script.answers = [document({"Invoice": {"Id": "130", "EmailStatus": "EmailSent"}})]
        answer = bench.client.send("Invoice", "130", to="a+b@example.com", requestid="s-1")
        assert answer.payload["EmailStatus"] == "EmailSent"
        (asked,) = script.asked
        assert (asked.method, asked.path, asked.body) == ("POST", f"{BASE}/invoice/130/send", b"")
        assert asked.query == {"sendTo": ["a+b@example.com"], "requestid": ["s-1"], "minorversion": ["75"]}
        assert asked.headers["content-type"] == "application/octet-stream"
        assert bench.calls[0].kind is CallKind.WRITE

    def test_an_e_mail_is_never_sent_twice_by_itself(self, script, bench):
        script.else_ = Said(503)
        with pytest.raises(ServiceDown):
            bench.client.send("Invoice", "130", requestid="s-1")
        assert len(script.asked) == 1
        assert "sendTo" not in script.asked[0].query
