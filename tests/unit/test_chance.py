"""Chance that is handed in: unforeseeable in production, repeatable in tests."""

from __future__ import annotations

import re

import pytest

from syncengine.chance import SeededChance, SystemChance


@pytest.mark.parametrize("chance", [SystemChance(), SeededChance(7)], ids=["system", "seeded"])
def test_a_token_is_32_hex_digits_and_a_number_lies_below_one(chance):
    assert all(re.fullmatch(r"[0-9a-f]{32}", chance.token()) for _ in range(200))
    assert all(0 <= chance.random() < 1 for _ in range(200))


@pytest.mark.parametrize("chance", [SystemChance(), SeededChance(7)], ids=["system", "seeded"])
def test_no_token_comes_twice(chance):
    assert len({chance.token() for _ in range(1000)}) == 1000


def test_one_seed_gives_one_story():
    def story(seed: int) -> list[object]:
        chance = SeededChance(seed)
        return [chance.token(), chance.random(), chance.token()]

    assert story(3) == story(3)
    assert story(3) != story(4)


def test_two_system_sources_tell_different_stories():
    assert SystemChance().token() != SystemChance().token()


def test_a_small_draw_keeps_its_leading_zeros():
    """A token of fewer digits would break the length that requestids promise."""
    chance = SeededChance(0)
    chance._source.getrandbits = lambda _bits: 5  # type: ignore[method-assign] # the one draw in 2**125 that is this small
    assert chance.token() == "0" * 31 + "5"
