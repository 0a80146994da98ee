"""Explore: every question as a table to narrow, group, chart and take away."""

from syncengine.ui import explore, frame

session, now = frame.begin(
    "Explore",
    "Everything that the sync knows, as tables: filter, group, chart, download, or carry on in Jupyter.",
    hint="choose “Open errors”, open “Filter, group and chart”, and group by cause.",
)
explore.show(session, now)
