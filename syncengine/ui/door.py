"""What a visitor sees who is not let in: why, and what would open the door."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st

from syncengine.errors import ConfigurationError
from syncengine.ui import ending, way_back, words
from syncengine.ui.signin import NotIn, Setup

logger = logging.getLogger("tieout.signin")

_ASSETS = Path(__file__).with_name("assets")
#: Wide enough for a sentence, narrow enough to be read at a glance.
_WIDTH = 440


def closed(why: str) -> NoReturn:
    """For a page that is served to this machine alone and was asked for from elsewhere."""
    with _card():
        st.error(why, icon=":material/lock:", title="This page is closed")
    ending.stop()


def unusable(setup: Setup, *, at_home: bool) -> NoReturn:
    """For sign-in that is set up wrongly; only who sits at this very machine is told what is wrong."""
    logger.error("sign-in is not set up right: %s", setup.trouble)
    elsewhere = "Nobody can be let in until it is. Whoever runs this installation finds what is wrong in its log."
    with _card():
        st.error(words.plain(setup.trouble) if at_home else elsewhere, icon=":material/lock:", title="Sign-in is not set up right")
    ending.stop()


def misconfigured(trouble: ConfigurationError) -> NoReturn:
    """For an installation that cannot work as it is set up."""
    with _card():
        st.error(words.plain(str(trouble)), icon=":material/settings:", title="The installation needs a change")
    ending.stop()


def sign_in(setup: Setup, why: NotIn) -> NoReturn:
    """The sign-in page: who may come in, and one button for each sign-in service."""
    way_back.remember()
    with _card():
        st.title("Sign in to Tieout", anchor=False)
        st.write("Tieout keeps an inventory and QuickBooks Online in step.")
        if why.because:
            st.warning(words.plain(why.because), icon=":material/info:")
        for name, host in setup.services.items():
            label = "Sign in" if len(setup.services) == 1 else f"Sign in with {words.plain(name).capitalize()}"
            st.button(label, f"door.{name}", type="primary", width="stretch", on_click=st.login, args=(name,), help=f"At {host}")
        hosts = words.plain(" or ".join(dict.fromkeys(setup.services.values())))
        st.caption(
            f"You sign in at {hosts}, which tells Tieout your e-mail address. People come in to whom an owner of a company "
            "has given a role under that address. If you have none yet, ask one."
        )
    ending.stop()


def no_company(person: str, sign_out: Callable[[], None], *, ownerless: bool) -> NoReturn:
    """For somebody who signed in and has no right in any company."""
    remedy = (
        "No company here has an owner yet: whoever runs this installation names the first one with `TIEOUT_OWNER`."
        if ownerless
        else "Ask an owner of your company to add you under this e-mail address, then reload this page."
    )
    with _card():
        st.title("No company is open to you", anchor=False)
        st.write(f"You are signed in as **{words.plain(person)}**, and nobody has given you a role here.")
        st.info(remedy, icon=":material/info:")
        st.button("Sign out", key="door.sign_out", icon=":material/logout:", width="stretch", on_click=sign_out)
    ending.stop()


@contextmanager
def _card() -> Iterator[None]:
    """A card in the middle of the page."""
    with st.container(horizontal_alignment="center"):
        st.image(str(_ASSETS / "icon.png"), width=48)
        with st.container(width=_WIDTH, border=True):
            yield
