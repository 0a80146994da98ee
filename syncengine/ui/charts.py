"""The chart of syncs on the Sync page and in History: a bar for each, with what it sent, received and could not send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from syncengine import queries
from syncengine.queries import Overview, Session
from syncengine.ui import words

#: The chart shows so many days back, and no more runs than that.
DAYS, MOST = 30, 50
#: Each part of a bar with its fill and outline: what was received is hollow, so that no colour has to be told apart.
_PARTS = {"Sent": ("#4f84a0", "#4f84a0"), "Received": ("#4f84a000", "#4f84a0"), "Failed": ("#c2574d", "#a3423a")}
#: So many names under a chart have room side by side.
_FEW = 8
#: What stands above a bar; a run that went well needs no sign.
_SIGNS = {"ok": "", "running": "…"}


def runs(session: Session, overview: Overview) -> pd.DataFrame:
    """The last syncs as bars, oldest first, nothing before the first; gives the newest `MOST` runs, newest first."""
    newest = queries.runs(session, size=MOST)
    found = recent(newest, session.clock.now())
    if found.empty:
        return newest
    st.header(f"The last {MOST} syncs" if len(found) == MOST else f"The last {DAYS} days", anchor=False)
    st.caption(says(found))
    draw(found, overview.timezone, "sync.chart")
    return newest


def draw(found: pd.DataFrame, timezone: str, key: str) -> None:
    """Runs as bars, in the order of the frame."""
    rows = bars(found, timezone)
    st.vega_lite_chart(rows, _chart(rows), width="stretch", key=key, alt=says(found))


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


def _chart(rows: pd.DataFrame) -> dict[str, Any]:
    """The picture of `bars` in Vega-Lite's words. Written down here: to build and check it took longer than the page."""
    day = {int(place): text for place, text in zip(rows["place"], rows["started"], strict=True)}
    labels = f"{json.dumps({str(place): text for place, text in day.items()})}[datum.value]"
    axis = {"labelExpr": labels, "labelAngle": 0, "labelOverlap": "greedy", "ticks": False}
    place = {"field": "place", "type": "ordinal", "title": None, "axis": axis}
    told = [{"field": name, "type": "nominal", "title": name.capitalize()} for name in ("started", "outcome", "took")]
    count = {"field": "records", "type": "quantitative", "title": "Records"}
    stacked = {
        "transform": [{"filter": "datum.records > 0"}],
        "mark": {"type": "bar", "strokeWidth": 1},
        "encoding": {
            "x": place,
            "y": {**count, "axis": {"tickMinStep": 1, "tickCount": 4}},
            "order": {"field": "order", "type": "quantitative"},
            "fill": _coloured([fill for fill, _ in _PARTS.values()]),
            "stroke": _coloured([line for _, line in _PARTS.values()]),
            "tooltip": [*told, {"field": "part", "type": "nominal", "title": "Part"}, {**count, "format": ","}],
        },
    }
    signs = {
        "transform": [{"filter": "datum.order === 0"}],
        "mark": {"type": "text", "dy": -7, "fontSize": 11, "fontWeight": "bold"},
        "encoding": {
            "x": place,
            "y": {"field": "total", "type": "quantitative"},
            "text": {"field": "sign", "type": "nominal"},
            "color": {"condition": {"test": "datum.sign === '✕'", "value": "#c2574d"}, "value": "#7a8794"},
            "tooltip": told,
        },
    }
    return {"layer": [stacked, signs], "height": 180}


def named(data: pd.DataFrame, along: str, drawn: Sequence[str], mark: str) -> None:
    """Columns of numbers along one of names, in the order of the frame, as `bar` or `line`."""
    rows = [
        {"along": place, "series": name, "value": value}
        for name in drawn
        for place, value in zip(data[along], data[name], strict=True)
    ]
    told = [("along", "nominal", along), ("series", "nominal", "Of"), ("value", "quantitative", "Value")]
    # A few names stand as they are read; many would lie over each other.
    axis = {"labelOverlap": "greedy", **({"labelAngle": 0, "labelLimit": 120} if data[along].nunique() <= _FEW else {})}
    encoding = {
        "x": {"field": "along", "type": "nominal", "sort": None, "title": along, "axis": axis},
        "y": {"field": "value", "type": "quantitative", "title": ", ".join(drawn)},
        "color": {"field": "series", "type": "nominal", "title": None, "legend": {"orient": "bottom"} if len(drawn) > 1 else None},
        "tooltip": [{"field": field, "type": kind, "title": title} for field, kind, title in told],
    }
    spec = {"mark": {"type": mark, "tooltip": True, "point": mark == "line"}, "encoding": encoding, "height": 320}
    st.vega_lite_chart(pd.DataFrame(rows), spec, width="stretch", alt=f"{', '.join(drawn)} by {along}")


def _coloured(colours: list[str]) -> dict[str, Any]:
    return {"field": "part", "type": "nominal", "scale": {"domain": list(_PARTS), "range": colours}, "legend": None}
