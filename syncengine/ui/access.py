"""Who may see a page at all: whoever signed in; without sign-in, only people at this very machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from syncengine import settings
from syncengine.clock import SystemClock
from syncengine.errors import ConfigurationError
from syncengine.store.signins import SignIn
from syncengine.ui import door, signin
from syncengine.ui.signin import LOOPBACK, NotIn

#: What proxies add to a request that they pass on.
_PASSED_ON = frozenset({"forwarded", "via", "x-real-ip"})


def admit() -> SignIn | None:
    """The visitor's sign-in; None at this very machine where nobody is asked. For everybody else the page stops and says why.

    Where sign-in is set up, everybody signs in, at this machine too: a proxy that passes requests on without a word would
    otherwise make owners of all the world.
    """
    setup, headers = signin.setup(), dict(st.context.headers)
    elsewhere = refusal(str(st.get_option("server.address") or ""), headers)
    if not setup.is_on:
        if elsewhere:
            door.closed(elsewhere)
        return None
    if setup.trouble:
        door.unusable(setup, at_home=not elsewhere)
    try:
        hours = settings.load().session_hours
    except ConfigurationError as trouble:
        door.misconfigured(trouble)
    found = signin.who(st.user.to_dict(), SystemClock().now(), hours)
    if isinstance(found, NotIn):
        door.sign_in(setup, found)
    return found


def ask_again(because: str) -> NoReturn:
    """Stop the page and ask for a sign-in in place of one that does not count any more."""
    door.sign_in(signin.setup(), NotIn(because))


def refusal(address: str, headers: Mapping[str, str]) -> str:
    """Why a visitor who did not sign in is refused; empty where nothing speaks against it.

    `address` is what the server listens on (empty: everything); `headers` are the request's (empty: no server at all,
    as in a test that runs the script).
    """
    lower = {name.lower(): value for name, value in headers.items()}
    if address not in LOOPBACK:
        return (
            f"The dashboard listens on {address or 'every network address'}, and there is no sign-in. "
            "Set server.address to localhost in .streamlit/config.toml and start it again, or set up sign-in."
        )
    if any(name in _PASSED_ON or name.startswith("x-forwarded-") for name in lower):
        return "This request came through a proxy, and there is no sign-in. Open the dashboard on its own machine, by http://localhost."
    # A proxy may hide where a request was sent to, but not from which page the browser sent it.
    if lower and (hostname(lower.get("host", "")) not in LOOPBACK or not _is_own(lower.get("origin"))):
        return "This address leads here from elsewhere, and there is no sign-in. Open the dashboard on its own machine, by http://localhost."
    return ""


def _is_own(origin: str | None) -> bool:
    return origin is None or signin.split(origin).hostname in LOOPBACK


def hostname(host: str) -> str:
    """The name in a Host header, without its port.

    >>> hostname("localhost:8501"), hostname("[::1]:8501"), hostname("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host
