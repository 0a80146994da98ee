"""A reverse proxy as people put one before a web page: it passes everything on and says for whom."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: What proxies add; a WebSocket's handshake gets it like any other request.
_ADDED = b"X-Forwarded-For: 203.0.113.7\r\n"


class _Passing(socketserver.BaseRequestHandler):
    """One connection: the first request with the header put in, then the bytes as they come, both ways."""

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = self.request.recv(65_536)
            if not part:
                return
            head += part
        line, _, rest = head.partition(b"\r\n")
        with socket.create_connection(self.server.target) as behind:
            behind.sendall(line + b"\r\n" + _ADDED + rest)
            back = threading.Thread(target=_pump, args=(behind, self.request), daemon=True)
            back.start()
            _pump(self.request, behind)
            back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    target: tuple[str, int]


@contextmanager
def proxied(port: int) -> Iterator[str]:
    """The address of a proxy before the server on `port` of this machine."""
    with _Server(("127.0.0.1", 0), _Passing) as server:
        server.target = ("127.0.0.1", port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
