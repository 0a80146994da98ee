"""What the pages share, and the only Streamlit in the package: the frame, tables, panels, and the words for people."""
