"""Sync: check or X, Sync now with its progress, what needs a person, what waits, health, the runs, the meter of reads."""

import streamlit as st

from syncengine.ui import attention, charts, frame, overview, sample, support

session, now = frame.begin(
    "Sync",
    "Keeps the inventory and QuickBooks Online in step.",
    hint=sample.try_on_sync,
)
overview.state(session, now)
sample.corner(session, now)
overview.first_steps(now)
waits = overview.counts(session, now)
left, right = st.columns(2, gap="large")
with left:
    if attention.needed(now, waits):
        support.offer(session)
    overview.waiting(waits)
with right:
    overview.health(now)
    overview.automatic(session, now)
overview.runs(charts.runs(session, now), now)
attention.meter(session)
