"""What needs a person, each with how much of it there is and the way to it; and the meter of reads."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Reads, Session
from syncengine.ui import frame, words

_ERRORS, _DECISIONS = "pages/errors.py", "pages/conflicts.py"


@dataclass(frozen=True)
class Matter:
    """One sort of thing that waits for a person: how much, what it is in a sentence, and where it is settled."""

    number: int
    says: str
    icon: str
    page: str
    label: str


def needed(overview: Overview, waiting: pd.DataFrame) -> bool:
    """Each matter with its count and link, and whether there is any. `waiting` is what `queries.waiting_counts` tells."""
    st.header("What needs a person", anchor=False)
    found = matters(overview, max(0, int(waiting["parked"].sum()) - overview.troubles.undecided))
    if not found:
        st.markdown(":green[:material/task_alt:] Nothing. Failed records, conflicts and questions would be named here.")
    for each in found:
        said, way = st.columns([3, 2], vertical_alignment="center")
        said.markdown(f"{each.icon} **{each.number:,}** {each.says}")
        with way:
            frame.link(each.page, each.label, ":material/arrow_forward:")
    if again := int(waiting["retrying"].sum()):
        st.caption(f"{words.count(again, 'more record')} failed and {'is' if again == 1 else 'are'} tried again by the next sync.")
    return bool(found)


def matters(overview: Overview, parked: int) -> list[Matter]:
    """What there is, the most pressing first: what stops all, what stops a record, what only waits."""
    troubles = overview.troubles
    every = [
        Matter(troubles.questions, "sync stopped and asks before it goes on: nothing is sent or taken in until it is answered",
               ":material/front_hand:", _DECISIONS, "Answer"),
        Matter(troubles.connection_errors, _one(troubles.connection_errors, "error of the connection", "errors of the connection"),
               ":material/link_off:", _ERRORS, "See what is wrong"),
        Matter(parked, _one(parked, "failed record that cannot go on by itself", "failed records that cannot go on by themselves"),
               ":material/error:", _ERRORS, "Open Sync errors"),
        Matter(troubles.conflicts, _one(troubles.conflicts, "field changed on both sides", "fields changed on both sides"),
               ":material/call_split:", _DECISIONS, "Choose"),
        Matter(troubles.drifts, _one(troubles.drifts, "document changed in QuickBooks", "documents changed in QuickBooks"),
               ":material/difference:", _DECISIONS, "Decide"),
        Matter(troubles.inbox, _one(troubles.inbox, "record from QuickBooks not taken in", "records from QuickBooks not taken in"),
               ":material/move_to_inbox:", _DECISIONS, "See why"),
    ]  # fmt: skip
    return [each for each in every if each.number]


def _one(number: int, single: str, several: str) -> str:
    return single if number == 1 else several


def meter(session: Session) -> None:
    """Reads used this month against the budget, with what they will come to."""
    found = queries.reads(session)
    st.header("Reads this month", anchor=False)
    if found.metered or found.installation:
        st.progress(min(1.0, found.installation / found.budget), text=used(found))
    st.caption(explained(found))


def used(found: Reads) -> str:
    """How much of the budget is used.

    >>> from datetime import date
    >>> used(Reads(date(2026, 1, 1), 120, 4000, None, 9000, 60, None, True))
    '4,000 of 500,000 reads used (0.8 %), about 9,000 by the end of January'
    """
    share = found.installation / found.budget
    so_far = f"{found.installation:,} of {found.budget:,} reads used ({share:.1%})".replace("%", " %")
    ahead = found.installation_forecast
    return so_far if ahead is None else f"{so_far}, about {ahead:,} by the end of {found.month:%B}"


def explained(found: Reads) -> str:
    """This company's part, what a record costs, and what happens at the end of the budget."""
    own = f"This company: {words.count(found.company, 'read')}"
    if found.company_forecast is not None:
        own += f", about {found.company_forecast:,} by the month's end"
    if found.per_change is not None:
        own += f"; {found.per_change} for each of {words.count(found.changed, 'record')} sent or received"
    if not found.metered:
        return f"{own}. They are free: QuickBooks counts only the reads of companies that are connected for real."
    over = found.installation_forecast or 0
    warns = " At this pace the budget will not last: beyond it QuickBooks answers no reads until the month ends."
    every = "The budget is Intuit's free one for all companies of this installation."
    return f"{own}. {every}" + (warns if over > found.budget else "")
