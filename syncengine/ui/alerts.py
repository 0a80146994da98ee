"""Alerts: who is told by mail or webhook when the state changes, with a test, and what became of the last messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import Forbidden
from syncengine.queries import Overview, Session
from syncengine.ui import notices, tables, words
from syncengine.ui.overview import moment_column

#: The changes, each with its label and what it means.
CHANGES = {
    "x": "The sync shows X",
    "connection": "The connection is lost",
    "silence": "Silence: no news from the sync",
    "recovered": "It is well again",
}
CHANNELS = {"mail": "E-mail", "webhook": "Webhook"}
_STATES = {"waiting": "… On its way", "sent": "✓ Sent", "given up": "✕ Given up", "dropped": "✕ Dropped"}
_NAMES = {**CHANGES, "test": "Test"}
_SECRET = "alerts.secret"  # noqa: S105 -- the name of what is shown once


def show(session: Session, overview: Overview) -> None:
    """Everything about alerts; for a tab of the settings, or a page of its own."""
    found = tables.records(queries.alerts(session))
    if not queries.sends_mail(session):
        st.info(
            "This installation has no mail server yet, so only webhooks arrive. Whoever runs it sets `TIEOUT_SMTP_URL` and "
            "`TIEOUT_SMTP_FROM`.", icon=":material/mail_off:",
        )  # fmt: skip
    st.header("Who is told", anchor=False)
    if not found:
        st.info(
            "Nobody yet. Add an address, and it is told when the sync needs somebody, and when it is well again: "
            "once for each change, never for each sync.", icon=":material/notifications_off:",
        )  # fmt: skip
    for each in found:
        _recipient(session, each)
    _show_secret(session)
    _add(session, first=not found)
    _messages(session, overview)


def _recipient(session: Session, row: dict[str, Any]) -> None:
    key, alert_id = f"alerts.{row['id']}", int(row["id"])
    with st.container(border=True, key=key):
        icon = ":material/mail:" if row["channel"] == "mail" else ":material/webhook:"
        address = row["address"].replace("`", "'")  # as code: what is left of a webhook's address leads nowhere
        st.markdown(f"{icon} `{address}` · {CHANNELS[row['channel']]}")
        chosen = st.pills(
            f"What {words.heard(row['address'])} is told of",
            list(CHANGES),
            selection_mode="multi",
            default=list(row["changes"]),
            format_func=CHANGES.__getitem__,
            key=f"{key}.changes.{'-'.join(row['changes'])}",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True):
            if sorted(chosen) != sorted(row["changes"]):
                st.button("Save", key=f"{key}.save", type="primary", on_click=_change, args=(session, row, chosen))
            st.button("Send a test", key=f"{key}.test", icon=":material/send:", on_click=_test, args=(session, alert_id))
            named = (session, alert_id, str(row["address"]))
            if row["channel"] == "webhook":
                st.button("New secret", key=f"{key}.renew", icon=":material/key:", on_click=_renew, args=named)
            st.button("Take out", key=f"{key}.remove", icon=":material/delete:", on_click=_remove, args=named)


def _add(session: Session, *, first: bool) -> None:
    with st.form("alerts.add", clear_on_submit=False):
        st.markdown("**Tell somebody**" if first else "**Tell somebody else**")
        st.segmented_control(
            "By", list(CHANNELS), default="mail", format_func=CHANNELS.__getitem__, key="alerts.channel", required=True
        )
        st.text_input("Address", key="alerts.address", placeholder="name@example.com, or https://hooks.example.com/tieout")
        st.pills(
            "Of what", list(CHANGES), selection_mode="multi", default=list(CHANGES), format_func=CHANGES.__getitem__,
            key="alerts.changes",
        )  # fmt: skip
        st.form_submit_button("Add", icon=":material/add:", on_click=_added, args=(session,))


def _added(session: Session) -> None:
    state = st.session_state
    channel, address = state["alerts.channel"], state["alerts.address"]
    done = f"{address.strip()} is told from now on."
    secret = notices.act(commands.add_alert, session, channel, address, state["alerts.changes"], done=done)
    if secret is not None:
        state["alerts.address"] = ""
    if secret:
        _keep_secret(session, address.strip(), secret)


def _change(session: Session, row: Mapping[str, Any], chosen: Sequence[str]) -> None:
    notices.act(commands.change_alert, session, int(row["id"]), chosen, seen=row["changes"], done="Saved.")


def _test(session: Session, alert_id: int) -> None:
    notices.act(commands.test_alert, session, alert_id, done="A test is on its way; what became of it stands in the list below.")


def _renew(session: Session, alert_id: int, address: str) -> None:
    if secret := notices.act(commands.renew_alert_secret, session, alert_id):
        _keep_secret(session, address, secret)


def _remove(session: Session, alert_id: int, address: str) -> None:
    notices.act(commands.remove_alert, session, alert_id, done="Taken out: nothing is told to this address any more.")
    _secrets().pop((session.company_id, address), None)


def _secrets() -> dict[tuple[int, str], str]:
    """The secrets that nobody has copied yet, by company and address."""
    found: dict[tuple[int, str], str] = st.session_state.setdefault(_SECRET, {})
    return found


def _keep_secret(session: Session, address: str, secret: str) -> None:
    _secrets()[session.company_id, address] = secret


def _show_secret(session: Session) -> None:
    """A webhook's secret, until its owner has copied it: it is kept encrypted and cannot be read again.

    It stands by the form that made it: at the head of a page that was scrolled down nobody would see it in time.
    """
    held = {address: secret for (company_id, address), secret in _secrets().items() if company_id == session.company_id}
    if not held:
        return
    with st.container(border=True, key="alerts.secret"):
        for address, secret in held.items():
            st.markdown(f"**The secret of {words.plain(address)}.** Copy it to the receiver now: it is not shown again.")
            st.code(secret, language=None)
        st.caption("Each request carries `Tieout-Signature`, made with this secret, and `Tieout-Id`, the same when it comes twice.")
        st.button(
            "I have copied it", key="alerts.copied", icon=":material/check:", on_click=_forget_secrets, args=(session.company_id,)
        )


def _forget_secrets(company_id: int) -> None:
    for each in [each for each in _secrets() if each[0] == company_id]:
        del _secrets()[each]


def _messages(session: Session, overview: Overview) -> None:
    st.header("Last messages", anchor=False)

    def body() -> None:
        try:
            found = queries.alert_messages(session)
        except Forbidden:
            st.rerun()  # a tab that stays open closes by itself when its person is out
        if found.empty:
            st.caption("None yet. A message is written when the state changes, and each try to deliver it shows here.")
            return
        shown = found.assign(
            state=found["state"].map(_STATES), change=found["change"].map(_NAMES), channel=found["channel"].map(CHANNELS)
        )
        moment = moment_column("Written", overview.timezone)
        columns = {
            "made_at": moment,
            "change": st.column_config.TextColumn("What"),
            "address": st.column_config.TextColumn("To"),
            "state": st.column_config.TextColumn("State"),
            "tries": st.column_config.NumberColumn("Tries"),
            "trouble": st.column_config.TextColumn("Trouble", width="large"),
        }
        tables.show(shown, columns, name="alerts.messages", alt="The last messages, newest first")

    st.fragment(body, run_every=5, key="alerts.live")()
