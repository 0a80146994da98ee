"""Randomness that is handed in everywhere: the system's entropy in production, a seeded source in tests."""

from __future__ import annotations

import random
import uuid
from typing import Protocol


class Chance(Protocol):
    """A source of random numbers and names."""

    def random(self) -> float:
        """A number from 0 (inclusive) to 1 (exclusive)."""

    def token(self) -> str:
        """32 random hex digits."""


class SystemChance:
    """The operating system's entropy."""

    def __init__(self) -> None:
        self._source = random.SystemRandom()

    def random(self) -> float:
        """A number from 0 (inclusive) to 1 (exclusive)."""
        return self._source.random()

    def token(self) -> str:
        """32 random hex digits."""
        return uuid.uuid4().hex


class SeededChance:
    """A source that repeats itself for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._source = random.Random(seed)  # noqa: S311 -- repeatability is its purpose; no secret is made from it

    def random(self) -> float:
        """A number from 0 (inclusive) to 1 (exclusive)."""
        return self._source.random()

    def token(self) -> str:
        """32 random hex digits."""
        return f"{self._source.getrandbits(128):032x}"
