"""What stays in memory for good is put aside once, and again only after modules were loaded."""

from __future__ import annotations

import gc
import sys
from types import ModuleType

from syncengine.ui import lasting


def test_what_was_loaded_since_is_put_aside_once(monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(lasting, "_MODULES", [len(sys.modules)])
    monkeypatch.setattr(gc, "collect", lambda: done.append("collected"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("put aside"))
    lasting.spare()
    assert done == []
    monkeypatch.setitem(sys.modules, "loaded_since", ModuleType("loaded_since"))
    lasting.spare()
    lasting.spare()
    assert done == ["collected", "put aside"]
