"""The token journal survives what a crash leaves: the newest whole pair of this very consent counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from syncengine.store.journal import TokenJournal
from syncengine.store.vault import Vault

KEY = Fernet.generate_key().decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tokens.journal"


@pytest.fixture
def journal(path: Path) -> TokenJournal:
    return TokenJournal(path, Vault([KEY]))


def the_file(path: Path) -> Path:
    [found] = path.parent.iterdir()
    return found


def test_an_empty_journal_knows_nothing(journal):
    assert journal.newest(1, "consent") is None
    journal.retire(1)


def test_the_newest_version_wins_whatever_the_order(journal):
    for version in (3, 5, 4):
        journal.append(1, "consent", version, {"refresh": f"r{version}"})
    assert journal.newest(1, "consent") == (5, {"refresh": "r5"})


def test_companies_do_not_see_each_other(journal):
    journal.append(1, "consent", 1, {"refresh": "one"})
    journal.append(2, "consent", 9, {"refresh": "two"})
    assert journal.newest(1, "consent") == (1, {"refresh": "one"})
    assert journal.newest(3, "consent") is None


def test_a_pair_of_an_earlier_consent_or_of_another_database_is_none(journal):
    journal.append(1, "consent of May", 9, {"refresh": "old"})
    assert journal.newest(1, "consent of June") is None
    journal.append(1, "consent of June", 2, {"refresh": "new"})
    assert journal.newest(1, "consent of June") == (2, {"refresh": "new"})


def test_nothing_in_the_file_can_be_read(journal, path):
    journal.append(1, "consent", 1, {"refresh": "canary-token"})
    assert b"canary" not in the_file(path).read_bytes()
    assert the_file(path).stat().st_mode & 0o077 == 0


def test_a_tail_torn_at_any_byte_is_ignored_and_does_not_hide_what_follows(journal, path):
    journal.append(1, "consent", 1, {"refresh": "r1"})
    whole = the_file(path).read_bytes()
    journal.append(1, "consent", 2, {"refresh": "r2"})
    both = the_file(path).read_bytes()
    for cut in range(len(whole), len(both)):
        the_file(path).write_bytes(both[:cut])
        assert journal.newest(1, "consent") == (1, {"refresh": "r1"}), cut
    journal.append(1, "consent", 3, {"refresh": "r3"})
    assert journal.newest(1, "consent") == (3, {"refresh": "r3"})


@pytest.mark.parametrize("place", [0, 10, 60, -1])
def test_a_damaged_byte_ends_the_journal_there(journal, path, place):
    journal.append(1, "consent", 1, {"refresh": "r1"})
    first = the_file(path).stat().st_size
    journal.append(1, "consent", 2, {"refresh": "r2"})
    data = bytearray(the_file(path).read_bytes())
    data[first + place if place >= 0 else place] ^= 0xFF
    the_file(path).write_bytes(bytes(data))
    assert journal.newest(1, "consent") == (1, {"refresh": "r1"})


def test_what_another_key_sealed_is_passed_over(path):
    TokenJournal(path, Vault([Fernet.generate_key().decode()])).append(1, "consent", 7, {"refresh": "lost"})
    journal = TokenJournal(path, Vault([KEY]))
    assert journal.newest(1, "consent") is None
    journal.append(1, "consent", 2, {"refresh": "r2"})
    assert journal.newest(1, "consent") == (2, {"refresh": "r2"})


def test_a_grown_file_is_dropped_once_all_of_it_is_in_the_database_and_no_other_is(journal, path):
    journal.append(2, "consent", 1, {"refresh": "another company's"})
    journal.append(1, "consent", 1, {"refresh": "x" * 40_000})
    journal.retire(1)
    assert journal.newest(1, "consent") is not None
    journal.append(1, "consent", 2, {"refresh": "x" * 40_000})
    journal.retire(1)
    assert journal.newest(1, "consent") is None
    assert journal.newest(2, "consent") == (1, {"refresh": "another company's"})
