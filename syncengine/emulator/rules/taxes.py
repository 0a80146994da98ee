"""Rules of the tax lists."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft


def tax_code(draft: Draft) -> None:
    """TaxCode: the pseudo codes of the US stay as they are."""
    if not str(draft.obj["Id"]).isdecimal():
        raise faults.business("This tax code cannot be changed.")
