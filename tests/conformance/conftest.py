"""The emulator against what is known of QuickBooks: a module for each part of the protocol, a test for each fact."""

from __future__ import annotations

from tests.conformance.asking import people
from tests.conformance.linking import office, shop
from tests.unit.emulator.conftest import desk, make, tracked

__all__ = ["desk", "make", "office", "people", "shop", "tracked"]
