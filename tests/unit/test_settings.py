"""Settings from the environment: defaults that work on an empty machine, errors that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncengine.errors import ConfigurationError
from syncengine.settings import load


def test_an_empty_environment_gives_sqlite_in_the_data_folder():
    settings = load({})
    assert settings.data == Path("data").absolute()
    assert settings.database_url == f"sqlite:///{settings.data / 'tieout.db'}"
    assert settings.bundled
    assert (settings.key, settings.client_id, settings.client_secret) == ("", "", "")


def test_an_empty_variable_is_the_same_as_none():
    empty = dict.fromkeys(["TIEOUT_DATA", "TIEOUT_DATABASE_URL", "TIEOUT_KEY", "TIEOUT_CLIENT_ID", "TIEOUT_REQUESTID_MEMORY_HOURS"], "")
    assert load(empty) == load({})


def test_the_database_follows_the_data_folder(tmp_path):
    assert load({"TIEOUT_DATA": str(tmp_path)}).database_url == f"sqlite:///{tmp_path / 'tieout.db'}"


def test_a_database_url_stands_by_itself(tmp_path):
    settings = load({"TIEOUT_DATA": str(tmp_path), "TIEOUT_DATABASE_URL": "postgresql://db/books"})
    assert (settings.database_url, settings.data) == ("postgresql://db/books", tmp_path)


def test_a_relative_folder_is_made_absolute_so_that_child_processes_mean_the_same(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load({"TIEOUT_DATA": "books"}).data == tmp_path / "books"


@pytest.mark.parametrize("text", ["0", "no", "false"])
def test_the_bundled_worker_can_be_switched_off(text):
    assert not load({"TIEOUT_BUNDLED": text}).bundled


@pytest.mark.parametrize("text", ["24", "0", "0.5"])
def test_hours_may_be_any_number(text):
    assert load({"TIEOUT_REQUESTID_MEMORY_HOURS": text}).requestid_memory_hours == float(text)


def test_hours_that_are_no_number_are_refused_with_the_setting_and_the_remedy():
    with pytest.raises(ConfigurationError, match=r"TIEOUT_REQUESTID_MEMORY_HOURS is 'a day'.*Set it to a number"):
        load({"TIEOUT_REQUESTID_MEMORY_HOURS": "a day"})


def test_a_sign_in_lasts_a_working_day_unless_another_age_is_set():
    assert load({}).session_hours == 12
    assert load({"TIEOUT_SESSION_HOURS": "0.5"}).session_hours == 0.5


@pytest.mark.parametrize("hours", ["0", "-1", "721", "nan", "inf"])
def test_an_age_that_a_sign_in_cannot_have_is_refused(hours):
    with pytest.raises(ConfigurationError, match=r"TIEOUT_SESSION_HOURS is .*above 0 and up to 720"):
        load({"TIEOUT_SESSION_HOURS": hours})


def test_no_secret_is_shown_when_settings_are_printed():
    settings = load({"TIEOUT_KEY": "hush-key", "TIEOUT_CLIENT_SECRET": "hush-secret", "TIEOUT_CLIENT_ID": "open"})
    assert "hush" not in repr(settings)
    assert "open" in repr(settings)


def test_the_process_environment_is_read_when_none_is_given(monkeypatch, tmp_path):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    assert load().data == tmp_path
