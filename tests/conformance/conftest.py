"""The emulator against what is known of QuickBooks: a module for each part of the protocol, a test for each fact."""

from __future__ import annotations

from tests.unit.emulator.conftest import desk, make, tracked

__all__ = ["desk", "make", "tracked"]
