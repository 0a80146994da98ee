"""Tieout's dashboard, the frame: the menu, the company with the light of its last sync, and the page."""

import streamlit as st

from syncengine.ui import frame

frame.configure()
pages = frame.pages()
# Called on every run and with every page, so that Streamlit's own discovery of pages/ stays off and an address leads to its
# page, which says itself where it is closed. Hidden, since the frame's own links keep the company in the address.
page = st.navigation([*pages.values(), frame.way_home(pages)], position="hidden")
frame.around(pages, page)
frame.run(page)
