"""The guided lesson of the sample company: one invoice is missing in QuickBooks, and a person finds out why and mends it.

Where a visitor is stands in the address (`lesson=2`), so that a reload or a second browser shows the same. A step that wants
something done ends by itself, once the database says that it is done; the others end with a click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from syncengine import queries
from syncengine.queries import MissingInvoice, Overview, Session
from syncengine.store.rights import Permission
from syncengine.ui import address as said
from syncengine.ui import session as sessions

#: The parameter of the address.
KEY = "lesson"
#: What it takes to carry the lesson out.
NEEDS = (Permission.SYNC, Permission.MANAGE)
#: Draws a link: page, label and icon.
Link = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        title, says: what it is about, and what to do.
        page: where that is done: file, label and icon of the page.
        done: what the database says once it is done; None for a step that is read, and ends with a click.
        until: the title of the page that ends it by being opened.
    """

    title: str
    says: str
    page: tuple[str, str, str] | None = None
    done: Callable[[MissingInvoice], bool] | None = None
    until: str = ""


_ERRORS = ("pages/errors.py", "Sync errors", ":material/error:")
STEPS = (
    Step(
        "An invoice is missing",
        "Hollis & Daughters ask where their invoice **10279** is: it is written here, and QuickBooks does not have it. The X "
        "on the Sync button says that some records could not be sent. Open **Sync errors**, where each stands with its cause.",
        _ERRORS,
        until="Sync errors",
    ),
    Step(
        "Find the cause",
        "Look for invoice **10279** below. Its cause stands first, in plain words: it sells *Tool sharpening*, which was made "
        "inactive in QuickBooks yesterday. What you can do stands under it; QuickBooks' own words are one click away. After the "
        "first failure Tieout sends a record again in three more syncs before it gives up or corrects it: people have time.",
        _ERRORS,
    ),
    Step(
        "Mend it",
        "At invoice **10279**, press **Show what it will do** and read it, then **Do it**. It makes the service active for as "
        "long as the invoice needs, and asks for a sync. This step ends by itself when you have asked for it.",
        _ERRORS,
        lambda invoice: invoice.asked or invoice.there,
    ),
    Step(
        "Watch it go",
        "The sync runs by itself; you see how far it is above. This step ends when invoice **10279** is in QuickBooks.",
        None,
        lambda invoice: invoice.there,
    ),
    Step(
        "Be sure",
        "Invoice **10279** is in QuickBooks. In **Records**, search for it: its history tells when it was refused, what was "
        "corrected, by whom, and when it arrived.",
        ("pages/records.py", "Records", ":material/inventory_2:"),
    ),
    Step(
        "What else went",
        "In the same sync the customer *Café Señorita* arrived: its e-mail address had been refused in three more syncs, so Tieout "
        "sent it without the address, by itself, and after it the invoice that had waited. That can be taken back. Other "
        "troubles are left for you: a name that is taken, a missing setting, a conflict, a changed bill.",
        _ERRORS,
    ),
)


def address() -> dict[str, str]:
    """What links say of the lesson, so that it goes along from page to page; nothing while it is closed."""
    return {KEY: st.query_params[KEY]} if place() else {}


def place() -> int:
    """The step that the address names, from 1; 0 where the lesson is closed."""
    return min(said.number(KEY) or 0, len(STEPS))


def current(invoice: MissingInvoice, wanted: int) -> int:
    """The step to show: the one that is wanted, or the one behind the last that the database says is done.

    >>> there = MissingInvoice("10279", 1, failing=False, asked=True, there=True)
    >>> current(there, 2), current(there, 6)
    (5, 6)
    """
    done = [number for number, step in enumerate(STEPS, start=1) if step.done and step.done(invoice)]
    return max(wanted, *(number + 1 for number in done), 1)


def offered(session: Session, overview: Overview) -> bool:
    """Whether this person can do the lesson here: a sample company with its day, and the rights that it takes."""
    there = overview.day is not None and overview.day.state == "there"
    return there and sessions.rights(session).may(*NEEDS)


def panel(session: Session, overview: Overview, title: str, link: Link) -> None:
    """The step at which the visitor is, above the page with this title; nothing while the lesson is closed."""
    if not place() or not offered(session, overview):
        return
    invoice = queries.missing_invoice(session)
    if invoice is None:
        return
    number = current(invoice, place())
    if STEPS[number - 1].until == title:
        number += 1
    if number != place():
        go(number)
    step = STEPS[number - 1]
    with st.container(border=True, key="lesson"):
        st.markdown(f":material/school: **Lesson, step {number} of {len(STEPS)}: {step.title}**")
        st.markdown(step.says)
        with st.container(horizontal=True, vertical_alignment="center"):
            if step.page:
                link(*step.page)
            if step.done is None and number < len(STEPS):
                st.button("Next step", key="lesson.next", icon=":material/arrow_forward:", on_click=go, args=(number + 1,))
            label = "End the lesson" if number == len(STEPS) else "Close the lesson"
            st.button(label, key="lesson.close", icon=":material/close:", type="tertiary", on_click=close)


def start(session: Session, overview: Overview) -> None:
    """The way into the lesson; nothing while it is open, or for whom it is not."""
    if place() or not offered(session, overview):
        return
    invoice = queries.missing_invoice(session)
    if invoice is not None and not invoice.there:  # else it would begin behind its middle
        st.button("Start the lesson", key="lesson.start", icon=":material/school:", on_click=go, args=(1,))


def go(number: int) -> None:
    """The step that is shown from now on, also after a reload; a button's callback, too."""
    st.query_params[KEY] = str(number)


def close() -> None:
    """A button's callback: the lesson leaves the address."""
    if KEY in st.query_params:
        del st.query_params[KEY]
