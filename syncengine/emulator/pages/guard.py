"""Who may see and press what: only pages of this machine, only forms that this emulator drew."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from syncengine.emulator.http import Request
from syncengine.emulator.origin import from_another_site

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Longer forms are refused before they are taken apart.
FORM_BYTES_MAX = 4_000_000

HEADERS = {
    # Nothing is loaded from elsewhere, nothing inline runs: a name that holds markup stays text even if escaping failed.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make browsers send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Tells requests of this machine's own pages from those that another site made a browser send."""

    def __init__(self) -> None:
        #: Stands in every form. Not drawn from the seed: whoever knows the seed is not thereby allowed to press buttons.
        self.token = secrets.token_urlsafe(24)

    def stranger(self, request: Request) -> str:
        """Why the request is not answered at all, "" where it is.

        A Host that is no loopback name is a foreign name that was made to point here (DNS rebinding). Only browsers matter in
        this, and they always send one: a call within the process has none.
        """
        host = request.headers.get("Host")
        if host is not None and _name(host) not in _LOOPBACK:
            return "These pages are answered under localhost and 127.0.0.1 only."
        return ""

    def forged(self, request: Request, token: str) -> str:
        """Why a form is not taken, "" where it is."""
        if from_another_site(request):
            return "The form was sent from another site."
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return "The form is from before the emulator was started. Go back, load the page again, and repeat it."
        return ""


def _name(host: str) -> str:
    """The host without its port: `[::1]:8950` is `::1`."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
