"""Tieout's dashboard, the frame: company picker, the light of the last sync, and the pages."""

import streamlit as st

from syncengine.ui import frame

frame.configure()
sync = st.Page("pages/sync.py", title="Sync", icon=":material/sync:", default=True)
preview = st.Page("pages/preview.py", title="Preview sync", icon=":material/playlist_play:")
errors = st.Page("pages/errors.py", title="Sync errors", icon=":material/error:")
records = st.Page("pages/records.py", title="Records", icon=":material/inventory_2:")
importing = st.Page("pages/importing.py", title="Import", icon=":material/upload_file:")
sections = {"Sync": [sync, preview, errors], "Inventory": [records, importing]}
# Called on every run, so that Streamlit's own discovery of pages/ stays off. Hidden, since the frame's own links keep
# the company in the address, which Streamlit's drop.
page = st.navigation(sections, position="hidden")
frame.sidebar(sections, with_button=page is not sync)
page.run()
