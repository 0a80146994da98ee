"""Attached files: upload of one or several at a time, and the temporary addresses under which they are fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from syncengine.emulator import faults, links, verbs, wire, xmlread
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.settings import ATTACHABLE
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import Request
from syncengine.emulator.operations.memory import answered_once
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern, json_body
from syncengine.emulator.rules import attachments

#: How the two parts of a file are called; what follows tells the files of one request apart.
_METADATA, _CONTENT = "file_metadata_", "file_content_"


@dataclass
class _Sent:
    """One file of an upload: what is said about it (JSON text), and its bytes; either may be missing."""

    metadata: bytes | None = None
    content: bytes | None = None
    name: str = ""
    content_type: str = ""


@dataclass
class _Form:
    """The files of an upload by their numbers, in the order in which these first appear."""

    files: dict[str, _Sent] = field(default_factory=dict)


def _no_content_length() -> Refusal:
    """6020, in the words of Intuit's list of error codes, as the others here."""
    return Refusal("6020", "Content length missing in request", "We cannot find the content-length header in the request")


def _too_large(limit: int, size: int) -> Refusal:
    shown = f"{limit // 1_048_576}MB" if limit % 1_048_576 == 0 else f"{limit} bytes"
    detail = f"The file upload request should not exceed {shown} in size. The current request size is {size}"
    return Refusal("6030", "Upload request size exceeds allowed limit", detail)


def _no_attachable(kind: str) -> Refusal:
    detail = f"The file metadata submitted must be of Attachable type. Supplied Type: {kind}, request parameter: file_metadata."
    return Refusal("6040", "The file metadata must be of Attachable type", detail)


def _no_form(content_type: str) -> Refusal:
    return Refusal("1050", "Invalid Content Type", f"Invalid Content Type : {content_type}")


def upload(books: Books, asked: Asked) -> Outcome:
    """Files with or without metadata; each that is refused has a Fault of its own inside HTTP 200."""
    if books.switches["subscription"] == "ended":
        raise faults.subscription_ended()
    files = _files(books, asked.request)

    def act() -> str:
        return f"[{','.join(_answer(books, sent) for sent in files)}]"

    return answered_once(books, asked, "AttachableResponse", act)


def _files(books: Books, request: Request) -> list[_Sent]:
    """The files that a request carries.

    Raises:
        Refusal: 6020 and 6030 for the size of the request, 1050 where it is no form with files.
    """
    if books.switches["upload_content_length"] == "required" and "Content-Length" not in request.headers:
        raise _no_content_length()
    limit = books.switches["upload_max_bytes"]
    if len(request.body) > limit:
        raise _too_large(limit, len(request.body))
    content_type = request.headers.get("Content-Type", "")
    # The standard library's parser takes line feeds alone for line ends, as QuickBooks does and some clients send.
    message = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + request.body)
    if message.get_content_type() != "multipart/form-data" or not message.is_multipart():
        raise _no_form(content_type)
    form = _Form()
    for part in message.get_payload():
        if isinstance(part, Message):
            _take(form, part)
    if not form.files:
        raise faults.required("file_content")
    return list(form.files.values())


def _take(form: _Form, part: Message) -> None:
    disposition = _disposition(part)
    name = str(disposition.get_param("name", "", header="content-disposition"))
    body = part.get_payload(decode=True)
    content = body if isinstance(body, bytes) else None
    if name.startswith(_METADATA):
        form.files.setdefault(name.removeprefix(_METADATA), _Sent()).metadata = content
    elif name.startswith(_CONTENT):
        sent = form.files.setdefault(name.removeprefix(_CONTENT), _Sent())
        sent.content = content
        sent.name = disposition.get_filename() or ""
        sent.content_type = part.get_content_type() if "Content-Type" in part else ""


def _disposition(part: Message) -> Message:
    """A part's Content-Disposition alone; bytes beyond ASCII in it are UTF-8, which the mail parser cannot know."""
    raw = next((value for name, value in part.raw_items() if name.lower() == "content-disposition"), "")
    alone = Message()
    alone["Content-Disposition"] = str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return alone


def _answer(books: Books, sent: _Sent) -> str:
    """The answer about one file."""
    try:
        with books.attempt():
            return f'{{"Attachable":{wire.dumps(_kept(books, sent))}}}'
    except Refusal as refusal:
        return f'{{"Fault":{wire.dumps(faults.worded(refusal, books.switches).item_fault())}}}'


def _kept(books: Books, sent: _Sent) -> dict[str, Any]:
    metadata = _metadata(sent)
    name = metadata.get("FileName") or sent.name
    content_type = metadata.get("ContentType") or sent.content_type
    # An empty file is taken where it is described: python-quickbooks' own test against the sandbox attaches one.
    content = sent.content if sent.content or sent.metadata is not None else None
    if content is None or not isinstance(name, str) or not isinstance(content_type, str):
        raise attachments.invalid_file()
    if books.switches["upload_types"] == "approved" and not attachments.approved(name, content_type):
        raise attachments.invalid_file()
    obj = verbs.create(books, ATTACHABLE, {**metadata, "FileName": name or "untitled", "ContentType": content_type or None})
    shown = attachments.with_file(obj, books.company.realm, len(content))
    books.rewrite(ATTACHABLE.name, shown, touch=False)
    # The version that create has noted was without the file.
    books.versions[-1] = books.versions[-1]._replace(text=books.texts[ATTACHABLE.name, shown["Id"]])
    company, id_ = books.company, shown["Id"]
    books.state.execute(
        "INSERT INTO file (company, id, name, content_type, mark, content) VALUES (?, ?, ?, ?, ?, ?)",
        (company.key, id_, shown["FileName"], content_type or "application/octet-stream", links.mark(company, id_), content),
    )
    return shown


def _metadata(sent: _Sent) -> dict[str, Any]:
    """What is said about the file; nothing where there is no such part."""
    if sent.metadata is None:
        return {}
    try:
        # Some clients, Intuit's own for PHP among them, send it in XML.
        if sent.metadata.lstrip().startswith(b"<"):
            return xmlread.entity_object(sent.metadata, ATTACHABLE)
        metadata = json_body(sent.metadata)
    except Refusal:
        raise _no_attachable("unknown") from None
    if not isinstance(metadata, dict):
        raise _no_attachable(type(metadata).__name__)
    return metadata


def download(books: Books, asked: Asked) -> Outcome:
    """The temporary address of a file, as plain text."""
    row = books.state.execute("SELECT name FROM file WHERE company = ? AND id = ?", (books.company.key, asked.id)).fetchone()
    if row is None:
        if not asked.id.isdecimal():
            raise faults.invalid_id(asked.id)
        raise faults.not_found()
    address = links.temporary(books, asked.id, row[0], asked.request)
    return Outcome(coreplus=1, rows=1, content=address.encode(), media_type="text/plain;charset=utf-8")


_DOWNLOAD = Operation("download", download, reads=True)
PATTERNS: tuple[Pattern, ...] = (
    ("POST", "upload", Operation("upload", upload)),
    ("GET", "download/{id}", _DOWNLOAD),
    ("GET", "attachable-thumbnail/{id}", _DOWNLOAD),
)
