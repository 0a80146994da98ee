"""Sync: check or X, Sync now with its progress, what waits, health, the last runs."""

import streamlit as st

from syncengine.ui import frame, overview

session, now = frame.begin("Sync", "Keeps the inventory and QuickBooks Online in step.")
overview.state(session, now)
overview.first_steps(now)
left, right = st.columns(2, gap="large")
with left:
    overview.waiting(session)
    overview.automatic(session, now)
with right:
    overview.health(now)
overview.runs(session, now)
