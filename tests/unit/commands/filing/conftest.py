"""A company whose kept files go in two records at a time."""

from __future__ import annotations

import pytest

from syncengine import failpoints
from syncengine.commands import fileparts
from tests.unit.queries import seed


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 2)
    monkeypatch.setattr(fileparts, "_PUT_DOWN", 1)
    yield
    failpoints.disarm()


@pytest.fixture
def session(database):
    return seed.company(database)
