"""The way back: who was asked to sign in comes out at the page whose address they had opened.

Streamlit comes back from the sign-in service to the first page, as a new visit. So the browser keeps the address for some minutes,
in a cookie that holds nothing else; what it leads to is looked up among our own pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, unquote

import streamlit as st

_COOKIE = "tieout_way_back"
_MINUTES = 10
_REMEMBER = (
    f"<script>document.cookie = '{_COOKIE}=' + encodeURIComponent(location.pathname + location.search)"
    f" + '; path=/; max-age={_MINUTES * 60}; SameSite=Lax'</script>"
)
_FORGET = f"<script>document.cookie = '{_COOKIE}=; path=/; max-age=0; SameSite=Lax'</script>"


def remember() -> None:
    """Have the browser keep the address that is open."""
    st.html(_REMEMBER, unsafe_allow_javascript=True)


def forget() -> None:
    """Have the browser drop it again, where it has one."""
    if _COOKIE in st.context.cookies:
        st.html(_FORGET, unsafe_allow_javascript=True)


def leads_to(cookies: Mapping[str, str], pages: Collection[str]) -> tuple[str, dict[str, str]] | None:
    """The page, one of `pages`, and the query of the address that was kept; None where it says nothing of ours.

    The page without a name is the first one, which only a query is worth going back to.

    >>> leads_to({"tieout_way_back": "%2Fpreview%3Fcompany%3DGlobex"}, ["preview"])
    ('preview', {'company': 'Globex'})
    """
    kept = cookies.get(_COOKIE)
    address = unquote(kept) if isinstance(kept, str) else ""  # a script without a server gets no cookies worth the name
    path, _, query = address.partition("?")
    name = path.rstrip("/").rpartition("/")[2]
    return (name, dict(parse_qsl(query))) if name in pages or (not name and query) else None
