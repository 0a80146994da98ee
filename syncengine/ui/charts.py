"""The chart of syncs on the Sync page and in History: a bar for each, with what it sent, received and could not send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import words

if TYPE_CHECKING:
    import altair as alt

#: The chart shows so many days back, and no more runs than that.
DAYS, MOST = 30, 50
#: Each part of a bar with its fill and outline: what was received is hollow, so that no colour has to be told apart.
_PARTS = {"Sent": ("#4f84a0", "#4f84a0"), "Received": ("#4f84a000", "#4f84a0"), "Failed": ("#c2574d", "#a3423a")}
#: What stands above a bar; a run that went well needs no sign.
_SIGNS = {"ok": "", "running": "…"}


def runs(session: Session, overview: Overview) -> None:
    """The last syncs as bars, oldest first; nothing before the first."""
    found = recent(queries.runs(session, size=MOST), session.clock.now())
    if found.empty:
        return
    st.header(f"The last {MOST} syncs" if len(found) == MOST else f"The last {DAYS} days", anchor=False)
    st.caption(says(found))
    draw(found, overview.timezone, "sync.chart")


def draw(found: pd.DataFrame, timezone: str, key: str) -> None:
    """Runs as bars, in the order of the frame."""
    st.altair_chart(_chart(found, timezone), width="stretch", key=key, alt=says(found))


def recent(found: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Those of the last thirty days, oldest first."""
    return found[found["started_at"] >= now - timedelta(days=DAYS)].iloc[::-1].reset_index(drop=True)


def says(found: pd.DataFrame) -> str:
    """The chart in a sentence, also for who cannot see it."""
    poor = int((~found["result"].isin(["ok", "running"])).sum())
    number = words.count(len(found), "sync")
    span = f"The last {number}" if len(found) == MOST else f"{number} in {DAYS} days"
    counts = f"{int(found['sent'].sum()):,} sent (filled), {int(found['received'].sum()):,} received (hollow)"
    if failed := int(found["failed"].sum()):
        counts += f", {failed:,} failed (on top, in red)"
    ended = "all of them went well" if not poor else f"{poor:,} did not go well (✕)"
    return f"{span}: {ended}; {counts}."


def bars(found: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """One row for each part of each run, with what the tooltip says of it."""
    zone = words.zone(timezone)
    told: list[dict[str, Any]] = []
    for place, row in enumerate(found.to_dict("records")):
        at = row["started_at"].astimezone(zone)
        shared = {
            "place": place,
            "started": f"{at:%a} {at.day} {at:%b}, {at:%H:%M}",
            "outcome": words.RESULTS[row["result"]][0],
            "sign": _SIGNS.get(row["result"], "✕"),
            "total": int(row["sent"] + row["received"] + row["failed"]),
            "took": words.duration(row["seconds"]),
        }
        told += [{**shared, "part": part, "records": int(row[part.lower()]), "order": n} for n, part in enumerate(_PARTS)]
    return pd.DataFrame(told)


def _chart(found: pd.DataFrame, timezone: str) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    rows = bars(found, timezone)
    names, fills = list(_PARTS), [fill for fill, _ in _PARTS.values()]
    day = rows.drop_duplicates("place").set_index("place")["started"].to_dict()
    labels = "{" + ", ".join(f"{place}: '{text}'" for place, text in day.items()) + "}[datum.value]"
    x = alt.X("place:O", title=None, axis=alt.Axis(labelExpr=labels, labelAngle=0, labelOverlap="greedy", ticks=False))
    tooltip = [alt.Tooltip(f"{name}:N", title=name.capitalize()) for name in ("started", "outcome", "took")]
    stacked = alt.Chart(rows[rows["records"] > 0]).encode(
        x=x,
        y=alt.Y("records:Q", title="Records", axis=alt.Axis(tickMinStep=1, tickCount=4)),
        order="order:Q",
        fill=alt.Fill("part:N", scale=alt.Scale(domain=names, range=fills), legend=None),
        stroke=alt.Stroke("part:N", scale=alt.Scale(domain=names, range=[line for _, line in _PARTS.values()]), legend=None),
        tooltip=[*tooltip, alt.Tooltip("part:N", title="Part"), alt.Tooltip("records:Q", title="Records", format=",")],
    ).mark_bar(strokeWidth=1)  # fmt: skip
    signs = (
        alt.Chart(rows.drop_duplicates("place"))
        .encode(
            x=x, y="total:Q", text="sign:N", tooltip=tooltip,
            color=alt.condition("datum.sign === '✕'", alt.value("#c2574d"), alt.value("#7a8794")),
        )
        .mark_text(dy=-7, fontSize=11, fontWeight="bold")
    )  # fmt: skip
    return alt.layer(stacked, signs).properties(height=180)
