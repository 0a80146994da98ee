"""The emulator as a transport of `requests`: no socket, no server, the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import IncompleteRead
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ProtocolError
from urllib3.response import HTTPResponse

from syncengine.emulator.core import Emulator
from syncengine.emulator.http import ConnectionDropped, Request, Response


class EmulatorAdapter(BaseAdapter):
    """Passes every request of a session to an emulator: `session.mount("https://", EmulatorAdapter(emulator))`.

    A connection that the emulator drops raises `requests.ConnectionError`; an answer cut in two raises
    `requests.exceptions.ChunkedEncodingError` when its body is read, as over a socket.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002 -- the interface of requests
        verify: bool | str = True,  # noqa: ARG002 -- the interface of requests
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,  # noqa: ARG002 -- the interface of requests
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 -- the interface of requests
    ) -> requests.Response:
        """Answer a prepared request."""
        parts = urlsplit(str(request.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, **dict(request.headers)}
        try:
            response = self.emulator.handle(Request(str(request.method), target, headers, _body(request.body)))
        except ConnectionDropped as dropped:
            if dropped.partial is None:
                raise requests.ConnectionError(
                    "Connection aborted: the remote end closed the connection", request=request
                ) from dropped
            return self._response(request, dropped.partial, stream=stream, cut=True)
        self.emulator.parts.clock.sleep(response.drip_seconds)
        return self._response(request, response, stream=stream)

    def close(self) -> None:
        """Nothing to close: the emulator belongs to whoever made it."""

    def _response(
        self, request: requests.PreparedRequest, answer: Response, *, stream: bool, cut: bool = False
    ) -> requests.Response:
        body = answer.body[: len(answer.body) // 2] if cut else answer.body
        raw = _CutResponse if cut else HTTPResponse
        told = CaseInsensitiveDict(answer.headers)
        for name, value in answer.more_headers:
            told[name] = f"{told[name]}, {value}" if name in told else value
        headers = {**told, "Content-Length": str(len(answer.body))}
        response = requests.Response()
        response.status_code = answer.status
        response.headers = told
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = raw(
            body=BytesIO(body), headers=headers, status=answer.status, preload_content=False, enforce_content_length=False
        )
        response.url = str(request.url)
        response.request = request
        response.reason = ""
        if not stream:
            _ = response.content
        return response


class _CutResponse(HTTPResponse):
    """An answer whose connection breaks behind what has arrived."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Any:
        """What has arrived, then the error that a broken socket gives."""
        arrived = 0
        for part in super().stream(amt, decode_content):
            arrived += len(part)
            yield part
        raise ProtocolError("Connection broken", IncompleteRead(b"", arrived))


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        read = body.read()
        return read.encode() if isinstance(read, str) else bytes(read)
    return b"".join(part.encode() if isinstance(part, str) else part for part in body)
