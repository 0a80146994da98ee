"""What goes in and what comes out of the emulator: a request, a response, and the connection that breaks in between."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import parse_qsl, unquote


class Headers(Mapping[str, str]):
    """HTTP headers: looked up without regard to case, shown as they were given."""

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        self._pairs = {name.lower(): (name, value) for name, value in items}

    def __getitem__(self, name: str) -> str:
        return self._pairs[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({dict(self._pairs.values())!r})"


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    Attributes:
        method: `GET`, `POST`...
        target: path and query string as they stand in the request line, without scheme and host.
        headers: looked up without regard to case.
        body: the raw bytes.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(self.headers))

    @cached_property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(self.target.partition("?")[0])

    @cached_property
    def query(self) -> dict[str, str]:
        """The query string's parameters; of a repeated one the first counts, as for QuickBooks' own framework."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.target.partition("?")[2], keep_blank_values=True):
            found.setdefault(name, value)
        return found

    @cached_property
    def said(self) -> str:
        """Query string and body as one text, for whoever looks for words in them."""
        return unquote(self.target.partition("?")[2].replace("+", " ")) + "\n" + self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Response:
    """One HTTP response; `body` is complete and not compressed, `headers` holds no Content-Length.

    Attributes:
        more_headers: headers that come a second time under the same name.
        drip_seconds: how long the body takes to arrive, piece by piece; 0 sends it at once.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""
    more_headers: tuple[tuple[str, str], ...] = ()
    drip_seconds: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(self.headers))


#: Intuit's own bound on an upload; nothing that a client sends is larger when it is unpacked.
_LARGEST_BODY = 100 * 2**20


def unpacked(request: Request) -> Request:
    """The request with a gzip or deflate body unpacked; a body that is no such thing stays as it came, for others to refuse."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    if coding not in {"gzip", "x-gzip", "deflate"} or not request.body:
        return request
    try:
        # 32 lets zlib tell gzip from zlib by itself.
        body = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(request.body, _LARGEST_BODY)
    except zlib.error:
        return request
    return replace(request, body=body)


class ConnectionDropped(Exception):  # noqa: N818 -- it says what happened to the connection; nothing failed in here
    """The connection breaks without an answer; a face turns it into its own kind of broken connection.

    Attributes:
        partial: a response of which only the head and the first half of the body get through, or None.
        chunked: whether that half comes in chunks, without a length that would give the cut away.
    """

    def __init__(self, partial: Response | None = None, *, chunked: bool = False) -> None:
        super().__init__("the connection was closed without a complete answer")
        self.partial = partial
        self.chunked = chunked
