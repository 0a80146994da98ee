"""A report for support: offered where nobody here can put an error right, with a look at all that is in it before it goes out."""

from __future__ import annotations

import json
from urllib.parse import quote

import streamlit as st

from syncengine import queries
from syncengine.errors import SyncEngineError
from syncengine.queries import Session
from syncengine.queries.support import KEPT, LEFT_OUT
from syncengine.ui import words


def offer(session: Session, error_id: int | None = None) -> None:
    """A button that opens the offer: what is in the report and what is not, the report itself, a file, and whom to send it to.

    `error_id` adds the history of the error's record; without it the report is about the company as a whole.
    """
    with st.popover("Report for support", icon=":material/support_agent:"):
        st.markdown("A file for whoever supports this installation. It is sent to nobody by itself.")
        left, right = st.columns(2)
        left.markdown("**What is in it**\n\n" + "\n".join(f"* {each}" for each in KEPT))
        right.markdown("**What is left out**\n\n" + "\n".join(f"* {each}" for each in LEFT_OUT))
        key = f"support.{error_id or 0}"
        if st.toggle("Look at the whole report", key=f"{key}.look"):
            try:
                st.code(made(session, error_id), language=None, height=360)
            except SyncEngineError as refused:
                st.warning(words.plain(str(refused)), icon=":material/info:")
                return
        st.download_button(
            "Download the report",
            data=lambda: made(session, error_id),
            file_name=f"tieout-report{f'-error-{error_id}' if error_id else ''}.json",
            mime="application/json",
            key=f"{key}.download",
            icon=":material/download:",
            on_click="ignore",
        )
        _whom(queries.support_address(session))


def made(session: Session, error_id: int | None) -> str:
    """The report as a text that people can read, too."""
    return json.dumps(queries.support_report(session, error_id), indent=2, ensure_ascii=False)


def _whom(address: str) -> None:
    if not address:
        who = "Send the file to whoever set Tieout up for you; an owner can name them in the settings."
        st.caption(f"No support address is set. {who}")
    elif "://" in address:
        st.link_button("Open the support page", address, icon=":material/open_in_new:")
        st.caption("Add the downloaded file there.")
    else:
        mail = f"mailto:{quote(address, safe='@')}?subject={quote('Report from Tieout')}"
        st.link_button("Write to support", mail, icon=":material/mail:")
        st.caption(f"Add the downloaded file to the mail to {words.plain(address)}.")
