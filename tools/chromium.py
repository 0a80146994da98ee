"""The Chromium by which pages are tried and their pictures made: the system's own, and quiet."""

from __future__ import annotations

import shutil

#: By preference. The headless shell is the same engine without the window's frame, at four fifths of the processor time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
#: What keeps it from calling outside; and root, as CI is, has no sandbox.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-sync", "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


def program() -> str | None:
    """Where it is; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
