"""The connection with QuickBooks: what it is, and how it is made, cut, made again or never wanted (A16)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import streamlit as st

from syncengine import commands, queries
from syncengine.errors import Forbidden, Refused, SyncEngineError
from syncengine.queries import Linked, Overview, Session
from syncengine.queries.reading import BUDGET
from syncengine.ui import notices, words
from syncengine.ui import session as sessions

#: The state as a headline, with its sign.
_STATES = {
    "connected": ("Connected to QuickBooks", ":material/link:", "green"),
    "broken": ("QuickBooks no longer accepts the sign-in", ":material/link_off:", "red"),
    "returning": ("Signs in again with the next sync", ":material/schedule:", "blue"),
    "disconnected": ("Disconnected: nothing syncs until it is connected again", ":material/link_off:", "orange"),
    "new": ("Not connected yet: nothing syncs", ":material/link_off:", "orange"),
    "missing": ("Not set up for QuickBooks: nothing syncs", ":material/link_off:", "orange"),
    "never": ("Not to be connected: nothing syncs, and nobody is asked to connect it", ":material/block:", "gray"),
}
_ENVIRONMENTS = {
    "emulator": "The local QuickBooks that comes along: nobody's books",
    "sandbox": "QuickBooks Online, sandbox (Intuit's test companies)",
    "production": "QuickBooks Online",
    "": "Nobody has said so yet",
}
#: What the consent page sends back, and what must not stay in the address.
_ANSWER = ("code", "state", "realmId", "error", "error_description")
#: How often the page looks whether the worker has exchanged the code.
_LOOK_SECONDS = 1.0


def show(session: Session, overview: Overview) -> None:
    """The state in words, what is known of the company in QuickBooks, and what may be done."""
    _arrive(session, overview.company)
    linked = queries.connection(session)
    label, icon, colour = _STATES[linked.state]
    st.header(f":{colour}[{icon}] {label}", anchor=False)
    if linked.message and linked.state == "broken":
        st.warning(words.plain(linked.message), icon=":material/warning:")
    _facts(linked, session.clock.now(), overview.timezone)
    _outcome(session, linked)
    if linked.state == "missing":
        _missing(overview.company)
    elif linked.state in {"connected", "returning"}:
        _cut(session)
    else:
        _connect(session, linked)


def _missing(company: str) -> None:
    """Another program wrote the company: what it takes until it can be connected here."""
    st.markdown(
        "Another program made this company, and did not say which QuickBooks it belongs to. What is saved waits in the queue. "
        "Whoever looks after this installation sets it up by this command, for QuickBooks Online; then it is connected:"
    )
    command = f"python -m syncengine company connect {shlex.quote(company)} --environment production"
    st.code(command, language=None, wrap_lines=True)


def _facts(linked: Linked, now: datetime, zone: str) -> None:
    since = "The first sync signs in" if linked.state == "connected" else "Not yet"
    if linked.connected_at:
        since = f"{words.when(linked.connected_at, now, zone)} ({words.place(zone)})"
    told = {
        "Company in QuickBooks": linked.name or "Known after the first sync",
        "Where": _ENVIRONMENTS[linked.environment],
        "Plan": linked.plan or "Known after the first sync",
        "Connected since": since,
        "Sign-in last renewed": words.ago(linked.refreshed_at, now, zone).capitalize(),
        "Last sync that went well": words.ago(linked.read_at, now, zone).capitalize(),
        "Reads this month": _reads(linked),
    }
    with st.grid(3, gap="small", min_column_width=240):
        for name, value in told.items():
            with st.container(gap="xxsmall"):
                st.caption(name)
                st.markdown(words.plain(value))


def _reads(linked: Linked) -> str:
    """Reads of this month, with what Intuit takes for them."""
    if linked.environment != "production":
        return f"{linked.reads:,}. They are free: QuickBooks counts those of real companies"
    return f"{linked.reads:,}. All companies of this installation have {BUDGET:,} free ones together"


def _cut(session: Session) -> None:
    with st.popover("Disconnect", icon=":material/link_off:"):
        st.markdown(
            "Nothing syncs until the company is connected again. What waits stays in the queue, and records go on being queued. "
            "The sign-in is thrown away here."
        )
        done = "Disconnected. Nothing syncs until it is connected again."
        st.button("Disconnect now", key="connection.cut", on_click=_act, args=(commands.disconnect, session, done))


def _act(command: object, session: Session, done: str) -> None:
    notices.act(command, session, done=done)  # type: ignore[arg-type] # a command


def _connect(session: Session, linked: Linked) -> None:
    """The ways to a connection that this company has."""
    if linked.environment == "emulator":
        st.caption("The local QuickBooks lets this company in by itself; or choose on its consent page, as at Intuit.")
        if linked.state in {"new", "disconnected", "never"}:
            done = "It signs in again with the next sync."
            st.button(
                "Let it in", type="primary", key="connection.again", icon=":material/link:",
                on_click=_act, args=(commands.reconnect, session, done),
            )  # fmt: skip
    else:
        _keys(session, linked)
    if linked.environment == "emulator" or linked.app:
        _consent(session, linked)
    if linked.state in {"new", "disconnected"}:
        done = "Nothing syncs, and nobody is asked to connect this company any more. Connect it whenever you like."
        never = (commands.never_connect, session, done)
        st.button("Never connect", key="connection.never", icon=":material/block:", on_click=_act, args=never)


def _keys(session: Session, linked: Linked) -> None:
    """The app's keys: they can be entered and replaced, and are shown to nobody."""
    st.header("1. The Intuit app", anchor=False)
    told = {
        "company": "The keys of the app are kept, sealed. They are never shown.",
        "installation": "The installation's own app is used. Enter other keys to use another one for this company.",
        "": "Enter the keys of the app, from Intuit's developer portal (Keys and credentials). They are kept sealed, never shown.",
    }
    st.caption(told[linked.app])
    with st.form("connection.keys", border=False):
        st.text_input("Client ID", key="connection.client_id", autocomplete="off", width=420)
        st.text_input("Client secret", type="password", key="connection.secret", autocomplete="off", width=420)
        st.form_submit_button("Keep these keys", icon=":material/key:", on_click=_keep, args=(session,))


def _keep(session: Session) -> None:
    """Hand the keys over, and let go of them here whatever comes of it."""
    given = [str(st.session_state.get(key) or "") for key in ("connection.client_id", "connection.secret")]
    st.session_state["connection.client_id"] = st.session_state["connection.secret"] = ""
    notices.act(commands.keep_app_keys, session, *given, done="The keys are kept.")


def _consent(session: Session, linked: Linked) -> None:
    """The way to the consent page and, for people whose browser cannot come back here, its address pasted."""
    home = f"connection.state.{session.company_id}"
    if linked.environment != "emulator":
        st.header("2. Your consent at Intuit", anchor=False)
    redirect = st.text_input(
        "Redirect address",
        value=own_address(),
        key="connection.redirect",
        width=520,
        help="Enter it letter for letter among the app's redirect URIs in Intuit's developer portal. For real companies Intuit "
        "wants https and no localhost: name any page of yours there, and paste the address that you end on below.",
    )
    if linked.environment != "emulator":
        st.code(str(redirect), language=None)
    st.button(
        "Connect to QuickBooks", key="connection.begin", icon=":material/login:", on_click=_begin, args=(session, home),
        type="secondary" if linked.environment == "emulator" else "primary",
    )  # fmt: skip
    if state := st.session_state.get(home):
        _go(session, home, str(state))
    with st.expander("I ended on another page: paste its address", icon=":material/content_paste:"), st.form(
        "connection.paste", clear_on_submit=True, border=False
    ):
        pasted = st.text_input("Address of the page that the browser ended on", key="connection.pasted", autocomplete="off")
        if st.form_submit_button("Connect with this address"):
            _finish(session, dict(parse_qsl(urlsplit(str(pasted or "")).query)))
            st.rerun()


def own_address() -> str:
    """Where this page is, without what the address says beside; a common one where no browser told."""
    parts = urlsplit(st.context.url or "http://localhost:8501/settings")
    return urlunsplit((parts.scheme, parts.netloc, "/settings", "", ""))


def _begin(session: Session, home: str) -> None:
    state = notices.act(commands.begin_connecting, session, str(st.session_state.get("connection.redirect") or ""))
    if state:
        st.session_state[home] = state


def _go(session: Session, home: str, state: str) -> None:
    """The link to the consent page, as soon as it is known."""
    try:
        address = queries.consent_address(session, state)
    except SyncEngineError as over:
        del st.session_state[home]
        st.caption(words.plain(str(over)))
        return
    if not address:
        _wait_for_the_local_one(session, state)
        return
    st.link_button("Open QuickBooks' consent page", address, icon=":material/open_in_new:", type="primary")
    st.caption("Choose the company there and allow it. You come back here by yourself. The link is good for 30 minutes.")


@st.fragment(run_every=_LOOK_SECONDS)
def _wait_for_the_local_one(session: Session, state: str) -> None:
    try:
        address = queries.consent_address(session, state)
    except Refused:
        st.rerun()  # the sign-in is over, or its person is out: the page says which
    if address:
        st.rerun()
    st.info("The local QuickBooks is being started. It takes a few seconds.", icon=":material/hourglass_top:")


def _arrive(session: Session, company: str) -> None:
    """Take over what the consent page sent back in the address, once, and take it out of the address."""
    brought = {name: str(st.query_params[name]) for name in _ANSWER if name in st.query_params}
    if "state" not in brought or not {"code", "error"} & brought.keys():
        return
    for name in brought:
        del st.query_params[name]
    st.query_params[sessions.COMPANY] = company  # the consent page knew nothing of it, and a reload has to
    if st.session_state.get("connection.arrived") != brought["state"]:
        st.session_state["connection.arrived"] = brought["state"]
        _finish(session, brought)
        notices.show()


def _finish(session: Session, brought: Mapping[str, str]) -> None:
    if "state" not in brought:
        notices.say("error", "This address holds no answer of QuickBooks: copy the whole address of the page that you ended on.")
        return
    notices.act(commands.finish_connecting, session, brought)


def _outcome(session: Session, linked: Linked) -> None:
    """What became of the newest sign-in, live while the worker exchanges the code."""
    journey = linked.journey
    if journey is None:
        return
    if journey.outcome == "answered":
        _watch(session)
    elif journey.outcome == "refused" and linked.state != "connected":
        st.error(words.plain(journey.message), icon=":material/block:", title="The last sign-in came to nothing")


@st.fragment(run_every=_LOOK_SECONDS)
def _watch(session: Session) -> None:
    try:
        journey = queries.connection(session).journey
    except Forbidden:
        st.rerun()  # a tab that stays open closes by itself when its person is out
    if journey is None or journey.outcome != "answered":
        if journey is not None and journey.outcome == "connected":
            notices.say("done", "Connected to QuickBooks. Press Sync now to begin.")
        st.rerun()
    st.info("Connecting to QuickBooks. It takes a few seconds.", icon=":material/hourglass_top:")
