"""The triggers that an installation has beside the inventory's own: those that stir, and those that tell what is twinned."""

from __future__ import annotations

from typing import Final

from syncengine.engine import stirs, twinned
from syncengine.inventory.changes import Also

#: For `changes.install`, which takes away what it is not given.
ALSO: Final = Also((*stirs.ALSO.sqlite, *twinned.ALSO.sqlite), (*stirs.ALSO.postgres, *twinned.ALSO.postgres))
