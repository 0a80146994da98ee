"""The corrections: one file for each cause of failure, found by itself; what only a person can put right is a file too."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace

from syncengine.corrections._correction import (
    CONNECTION,
    LOCAL,
    Act,
    Correction,
    Facts,
    Klass,
    LookUp,
    Ref,
    Trouble,
    Verdict,
    Words,
)
from syncengine.corrections._help import Help, help_of


def _find() -> dict[str, Correction]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    found = [replace(module.CORRECTION, name=name) for name, module in modules.items()]
    return {each.name: each for each in sorted(found, key=lambda each: (each.rank, each.name))}


#: All corrections by name, in the order in which they are asked.
CORRECTIONS: Mapping[str, Correction] = _find()


def fitting(trouble: Trouble) -> list[Correction]:
    """All that may be behind a trouble, the one to be asked first in front; never empty, for `unknown` fits everything."""
    return [each for each in CORRECTIONS.values() if each.fits(trouble)]


__all__ = [
    "CONNECTION",
    "CORRECTIONS",
    "LOCAL",
    "Act",
    "Correction",
    "Facts",
    "Help",
    "Klass",
    "LookUp",
    "Ref",
    "Trouble",
    "Verdict",
    "Words",
    "fitting",
    "help_of",
]
