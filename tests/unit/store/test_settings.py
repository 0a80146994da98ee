"""Each setting has a default that passes its own check, and nothing else gets in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncengine.errors import ConfigurationError
from syncengine.store import settings
from syncengine.store.settings import SETTINGS

#: Of every sort that could come from a form, a command line or JSON.
CANDIDATES = [True, False, None, 0, 1, "", "true", "never", "hourly", "ask", "x" * 300, Decimal(1), ["never"], {"a": 1}]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_default_is_what_the_setting_must_be_and_is_explained(name):
    setting = SETTINGS[name]
    assert setting.check(setting.default)
    assert setting.must
    assert setting.says.endswith(".")


def test_a_company_that_set_nothing_has_all_defaults(database, company):
    with database.reading() as connection:
        assert settings.all_of(connection, company) == {name: setting.default for name, setting in SETTINGS.items()}


@pytest.mark.parametrize("name", SETTINGS)
def test_what_passes_the_check_is_kept_and_everything_else_is_refused_with_what_it_must_be(database, company, name):
    setting = SETTINGS[name]
    for value in CANDIDATES:
        with database.writing() as connection:
            if setting.check(value):
                settings.put(connection, company, name, value)
                settings.put(connection, company, name, value)
                assert settings.all_of(connection, company)[name] == value
                assert type(settings.all_of(connection, company)[name]) is type(value)
            else:
                before = settings.all_of(connection, company)
                with pytest.raises(ConfigurationError, match=setting.must):
                    settings.put(connection, company, name, value)
                assert settings.all_of(connection, company) == before
    with database.reading() as connection:
        assert settings.all_of(connection, 2)[name] == setting.default


def test_an_unknown_name_is_refused_naming_the_known_ones(database, company):
    with pytest.raises(ConfigurationError, match="automatic_sync"), database.writing() as connection:
        settings.put(connection, company, "automatic-sync", "never")
