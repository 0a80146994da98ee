"""A pytest plugin for suites that know only Intuit's own hosts: requests to these go to the emulator instead.

It lies outside of the suites and changes nothing in them, nor in the clients: it is what a line in /etc/hosts would be, were
the emulator to answer with Intuit's certificate.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

BASE = urlsplit(os.environ["EMULATOR_URL"])
_send = HTTPAdapter.send


def send(self: HTTPAdapter, request: PreparedRequest, *rest: Any, **more: Any) -> Response:
    """Send the request, to the emulator where it is meant for Intuit."""
    address = urlsplit(request.url)
    if address.hostname.endswith("intuit.com"):
        request.url = urlunsplit((BASE.scheme, BASE.netloc, *address[2:]))
    return _send(self, request, *rest, **more)


HTTPAdapter.send = send
