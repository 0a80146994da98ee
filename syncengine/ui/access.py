"""Who may see a page at all: without sign-in, only people at this very machine."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

#: Names and addresses of this machine that only itself can reach.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def require_loopback() -> None:
    """Stop the page, with a sentence that says why, unless dashboard and visitor are both on this machine."""
    trouble = refusal(str(st.get_option("server.address") or ""), dict(st.context.headers))
    if trouble:
        st.error(trouble, icon=":material/lock:", title="This page is closed")
        st.stop()


def refusal(address: str, headers: Mapping[str, str]) -> str:
    """Why the visitor is refused; empty where nothing speaks against it.

    `address` is what the server listens on (empty: everything); `headers` are the request's (empty: no server at all,
    as in a test that runs the script).
    """
    lower = {name.lower(): value for name, value in headers.items()}
    if address not in LOOPBACK:
        return (
            f"The dashboard listens on {address or 'every network address'}, and there is no sign-in. "
            "Set server.address to localhost in .streamlit/config.toml and start it again."
        )
    if any(name == "forwarded" or name.startswith("x-forwarded-") for name in lower):
        return "This request came through a proxy, and there is no sign-in. Open the dashboard on its own machine, by http://localhost."
    if lower and hostname(lower.get("host", "")) not in LOOPBACK:
        return "This address leads here from elsewhere, and there is no sign-in. Open the dashboard on its own machine, by http://localhost."
    return ""


def hostname(host: str) -> str:
    """The name in a Host header, without its port.

    >>> hostname("localhost:8501"), hostname("[::1]:8501"), hostname("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host
