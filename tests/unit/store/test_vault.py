"""Secrets at rest: sealed, authenticated, with keys that can be changed and a key file that two processes may make at once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from syncengine.errors import ConfigurationError
from syncengine.settings import Settings
from syncengine.store.vault import Vault, open_vault

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def settings(folder: Path, key: str = "") -> Settings:
    return Settings(database_url="sqlite://", data=folder, key=key)


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same(text):
    vault = Vault([NEW])
    assert vault.open(vault.seal(text)) == text
    assert vault.seal(text) != vault.seal(text)


@pytest.mark.parametrize("place", [0, 10, 40, -5])
def test_a_tampered_ciphertext_is_refused_without_telling_it(place):
    vault = Vault([NEW])
    sealed = vault.seal("canary")
    letter = "A" if sealed[place] != "A" else "B"
    tampered = sealed[:place] + letter + (sealed[place + 1 :] if place != -1 else "")
    with pytest.raises(ConfigurationError) as told:
        vault.open(tampered)
    assert sealed not in str(told.value)
    assert "canary" not in str(told.value)


@pytest.mark.parametrize("nonsense", ["", "x", "canary", "gAAAA"])
def test_what_was_never_sealed_is_refused(nonsense):
    with pytest.raises(ConfigurationError):
        Vault([NEW]).open(nonsense)


def test_a_new_key_opens_what_the_old_one_sealed_and_seals_with_itself():
    before, both, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    assert both.open(before.seal("text")) == "text"
    assert after.open(both.seal("text")) == "text"
    with pytest.raises(ConfigurationError):
        before.open(both.seal("text"))


def test_a_fingerprint_is_the_same_while_the_oldest_key_stays_and_shows_nothing():
    assert Vault([OLD]).fingerprint("9130") == Vault([NEW, OLD]).fingerprint("9130")
    assert Vault([OLD]).fingerprint("9130") != Vault([OLD]).fingerprint("9131")
    assert Vault([OLD]).fingerprint("9130") != Vault([NEW]).fingerprint("9130")
    assert "9130" not in Vault([OLD]).fingerprint("9130")


@pytest.mark.parametrize("keys", [[], [""], ["short"], ["ä" * 44], [NEW, "short"]])
def test_a_wrong_key_is_a_matter_of_configuration_and_is_not_told(keys):
    with pytest.raises(ConfigurationError) as told:
        Vault(keys)
    assert "short" not in str(told.value)
    assert NEW not in str(told.value)


def test_no_key_is_shown():
    assert NEW not in repr(Vault([NEW])) + str(Vault([NEW])) + f"{settings(Path(), NEW)!r}"


def test_keys_come_from_the_environment_newest_first(tmp_path):
    vault = open_vault(settings(tmp_path, f"{NEW}, {OLD},"))
    assert vault.open(Vault([OLD]).seal("text")) == "text"
    assert Vault([NEW]).open(vault.seal("text")) == "text"
    assert not (tmp_path / "key").exists()


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path):
    folder = tmp_path / "deep" / "data"
    first = open_vault(settings(folder))
    assert open_vault(settings(folder)).open(first.seal("text")) == "text"
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["key"]


def test_several_lines_in_the_key_file_are_several_keys(tmp_path):
    (tmp_path / "key").write_text(f"{NEW}\n{OLD}\n")
    assert open_vault(settings(tmp_path)).open(Vault([OLD]).seal("text")) == "text"


@pytest.mark.parametrize("content", ["", "\n", "not a key"])
def test_a_broken_key_file_is_told_and_never_replaced(tmp_path, content):
    (tmp_path / "key").write_text(content)
    with pytest.raises(ConfigurationError, match="key file"):
        open_vault(settings(tmp_path))
    assert (tmp_path / "key").read_text() == content


def test_of_many_that_start_at_once_all_get_one_whole_key(tmp_path):
    for turn in range(20):
        folder, together = tmp_path / str(turn), Barrier(6)

        def start(folder: Path = folder, together: Barrier = together) -> Vault:
            together.wait()
            return open_vault(settings(folder))

        with ThreadPoolExecutor(6) as pool:
            vaults = [future.result() for future in [pool.submit(start) for _ in range(6)]]
        sealed = vaults[0].seal("text")
        assert [vault.open(sealed) for vault in vaults] == ["text"] * 6
        assert [path.name for path in folder.iterdir()] == ["key"]
