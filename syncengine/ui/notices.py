"""What a page says after a person has acted: kept until the next run of the page has shown it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from syncengine.commands import Acted
from syncengine.errors import SyncEngineError
from syncengine.queries import Session
from syncengine.ui import glance, words

_KEY = "notices.waiting"


def act(command: Callable[..., Any], *args: Any, done: str = "", toast: str = "", **kwargs: Any) -> Any:
    """Carry out a command and keep what is to be said of it: `done`, or why it was refused. None where it was.

    `toast` says it in a few words in a corner of the window, too: for a click far down a page, which stays where it is.
    """
    try:
        result = command(*args, **kwargs)
    except SyncEngineError as refused:
        say("error", str(refused))
        return None
    finally:
        for each in args:
            if isinstance(each, Session):
                glance.forget(each)
    if isinstance(result, Acted):
        done = done.format(n=result.done)
        for why in dict.fromkeys(result.refused):
            say("warning", why)
    if done:
        say("done", done)
    if toast:
        say("toast", toast)
    return result


def say(tone: str, text: str) -> None:
    """Keep a sentence for the next run: tone is `done`, `toast`, `warning` or `error`."""
    st.session_state[_KEY] = [*st.session_state.get(_KEY, []), (tone, text)]


def are_waiting() -> bool:
    """Whether something was kept that no run of the page has shown yet."""
    return bool(st.session_state.get(_KEY))


def show() -> None:
    """Show what was kept, once."""
    for tone, said in st.session_state.pop(_KEY, []) if _KEY in st.session_state else []:
        text = words.plain(said)
        if tone == "toast":
            st.toast(text, icon=":material/check:")
        elif tone == "error":
            st.error(text, icon=":material/block:")
        elif tone == "warning":
            st.warning(text, icon=":material/info:")
        else:
            st.success(text, icon=":material/check:")
