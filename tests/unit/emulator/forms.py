"""Multipart bodies as clients of QuickBooks put them together."""

from __future__ import annotations

import base64
import json
from typing import Any

from syncengine.emulator import Response
from tests.unit.emulator.desk import Desk, parsed

BOUNDARY = "-----------TestMultipartPost"


def part(name: str, content: bytes, content_type: str = "", filename: str = "", **headers: str) -> bytes:
    """One part of a form."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    head = {"Content-Disposition": disposition, **({"Content-Type": content_type} if content_type else {}), **headers}
    return "".join(f"{key}: {value}\r\n" for key, value in head.items()).encode() + b"\r\n" + content


def body(*parts: bytes) -> bytes:
    """The form of these parts."""
    boundary = BOUNDARY.encode()
    return b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts) + b"--" + boundary + b"--\r\n"


def metadata(number: str = "01", **properties: Any) -> bytes:
    return part(f"file_metadata_{number}", json.dumps(properties).encode(), "application/json", "attachment.json")


def content(data: bytes, number: str = "01", content_type: str = "text/plain", filename: str = "note.txt") -> bytes:
    return part(f"file_content_{number}", data, content_type, filename)


def encoded(data: bytes, content_type: str, properties: dict[str, Any]) -> bytes:
    """A form with line feeds alone, a blank line in front and base64, as one Python client sends it."""
    text = base64.b64encode(data).decode()
    return (
        f'\n--{BOUNDARY}\nContent-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json\n\n'
        f'{json.dumps(properties)}\n\n--{BOUNDARY}\nContent-Disposition: form-data; name="file_content_01"\n'
        f"Content-Type: {content_type}\nContent-Transfer-Encoding: base64\n\n{text}\n\n--{BOUNDARY}--\n"
    ).encode()


def send(desk: Desk, raw: bytes, query: str = "", **headers: str) -> Response:
    """The answer to an upload."""
    form = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers}
    return desk.ask("POST", f"upload{query}", raw, **form)


def uploaded(desk: Desk, *parts: bytes) -> list[dict[str, Any]]:
    """What is answered about each file of an upload: `{"Attachable": ...}` or `{"Fault": ...}`."""
    response = send(desk, body(*parts))
    assert response.status == 200, response.body
    return parsed(response)["AttachableResponse"]


def code(answer: dict[str, Any]) -> str:
    """The code of the one error of a file that is refused."""
    (error,) = answer["Fault"]["Error"]
    return error["code"]
