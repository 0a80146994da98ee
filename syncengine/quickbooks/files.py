"""Attachments: uploaded several at a time, each answered for itself, and fetched from the store in which they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from syncengine.errors import TransportLost
from syncengine.quickbooks import answers, replies, wire
from syncengine.quickbooks.calls import CallKind, Content, Upload, UploadAnswer
from syncengine.quickbooks.endpoints import is_loopback
from syncengine.quickbooks.hidden import Hidden
from syncengine.quickbooks.road import Road, check_requestid
from syncengine.quickbooks.transport import Errand, Nobody, Reply

#: The largest file that QuickBooks takes is 100 MB.
FILE_MAX_BYTES = 100 * 1024 * 1024


class Files(Road):
    """Operations on files. What an attachment is attached to is changed by `update("Attachable", ...)`."""

    def upload(self, files: Sequence[Upload], *, requestid: str) -> UploadAnswer:
        """Upload files and attach them; each is answered for itself, under HTTP 200 with a fault of its own if need be.

        The same files under the same requestid are the same bytes. Raises ValueError for no file, and for one without a name.
        """
        check_requestid(requestid)
        if not files or not all(file.name for file in files):
            raise ValueError("an upload has one file or more, each with a name")
        body, boundary = _multipart(files)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        errand = self._errand(
            CallKind.WRITE,
            "POST",
            "upload",
            "Attachable",
            {"requestid": requestid},
            body=body,
            headers=headers,
            requestid=requestid,
        )
        return self._authorized(errand, self._until(), lambda document: answers.upload(document, files, self._clock.now()))

    def download(self, id: str) -> Content:  # noqa: A002 -- the wire's own word
        """The bytes of an attachment.

        QuickBooks gives an address in a file store, good for 15 minutes; it is asked for anew each time. The store is
        another host: it never sees the token, and its address, which is a key by itself, is in no journal or message.
        Raises TransportLost where there is no address, where it is not https, or where the store does not give the file.
        """
        return self._again(lambda until: self._fetched(self._address(id, until), until))

    def _address(self, id: str, until: float) -> Hidden:  # noqa: A002 -- the wire's own word
        errand = self._errand(CallKind.READ, "GET", f"download/{quote(id, safe='')}", "Attachable", headers={"Accept": "*/*"})
        return self._carried(errand, until, _address_in)

    def _fetched(self, address: Hidden, until: float) -> Content:
        scheme = urlsplit(address.value).scheme
        if scheme != "https" and not (scheme == "http" and is_loopback(address.value) and is_loopback(self._host)):
            raise TransportLost("QuickBooks named an address for the file that is neither https nor on this machine.")
        errand = Errand(
            CallKind.FILE, "GET", address.value, "(file store)", "Attachable", headers={"Accept": "*/*"}, body_max=FILE_MAX_BYTES
        )
        ends = min(until, self._clock.monotonic() + self._exchange_seconds)
        return self._transport.send(errand, Nobody(), ends, _file)


def _address_in(reply: Reply, hide: Hidden) -> Hidden:
    """The address in the answer, which is bare text."""
    replies.refuse_failure(reply, hide)
    text = Hidden(reply.body.decode("utf-8-sig", errors="replace").strip().strip('"'))
    if not text.value.startswith(("https://", "http://")) or any(mark in text.value for mark in " \r\n<>{}"):
        # A fault that hides in a success, or an answer of a kind that nobody has seen.
        replies.understood(reply, hide=hide)
        raise TransportLost("QuickBooks named no address for the file.")
    return text


def _file(reply: Reply) -> Content:
    if reply.status != 200:
        # The store's own words quote the address; they are of no use to anyone.
        raise TransportLost(f"The file store answered {reply.status} instead of giving the file.")
    return Content(reply.body, reply.headers.get("Content-Type") or "")


def _multipart(files: Sequence[Upload]) -> tuple[bytes, str]:
    """The body of an upload and its boundary: made from the content alone, so that asking again sends the same bytes."""
    parts: list[tuple[str, bytes]] = []
    for number, file in enumerate(files, 1):
        metadata = _head(f"file_metadata_{number:02d}", "attachment.json", "application/json; charset=UTF-8")
        parts.append((metadata, wire.dumps(_metadata(file))))
        parts.append((_head(f"file_content_{number:02d}", _quoted(file.name), _quoted(file.content_type)), file.content))
    digest = hashlib.sha256()
    for head, content in parts:
        digest.update(head.encode() + content)
    boundary = f"tieout-{digest.hexdigest()[:48]}"
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
    return body + mark + b"--\r\n", boundary


def _head(name: str, filename: str, kind: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'


def _quoted(name: str) -> str:
    """A text in a part's head, as browsers write a file's name in a form: it can end neither its quotes nor its line."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _metadata(file: Upload) -> dict[str, Any]:
    links = [
        {"EntityRef": {"type": entity, "value": id_}, **({"IncludeOnSend": True} if file.include_on_send else {})}
        for entity, id_ in file.attach_to
    ]
    return {
        "FileName": file.name,
        "ContentType": file.content_type,
        **({"Note": file.note} if file.note else {}),
        **({"AttachableRef": links} if links else {}),
        **file.more,
    }
