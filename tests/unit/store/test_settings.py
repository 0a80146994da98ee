"""Each setting has a default that passes its own check, and nothing else gets in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from syncengine.errors import ConfigurationError
from syncengine.inventory.tables import DUE_FROM, RECEIPT_POSTINGS
from syncengine.store import settings
from syncengine.store.settings import SETTINGS

#: Of every sort that could come from a form, a command line or JSON.
CANDIDATES = [
    *(True, False, None, 0, 1, "", "true", "never", "hourly", "ask", "x" * 300, "x" * 2_000, Decimal(1), ["never"], {"a": 1}),
    *(date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31", "EUR", "eur", "TO-", "bill", "follow", "both", "from quickbooks"),
    *("a\0b", "a\nb", "\ud800", "ada@example.com", "https://example.com/help", "vendor invoice", "credit card"),
]


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


def test_a_correction_is_allowed_only_where_the_company_said_so(database, company):
    with database.writing() as connection:
        assert settings.all_of(connection, company)["allow_shorten_number"] is False
        settings.put(connection, company, "allow_shorten_number", value=True)
        assert settings.all_of(connection, company)["allow_shorten_number"] is True
        assert settings.all_of(connection, 2)["allow_shorten_number"] is False


@pytest.mark.parametrize("name", ["allow_", "allow_Shorten", "allow_a b", "allow_" + "x" * 60, "forbid_x"])
def test_a_consent_is_named_as_corrections_are(database, company, name):
    with pytest.raises(ConfigurationError, match="no setting"), database.writing() as connection:
        settings.put(connection, company, name, value=True)
    with database.reading() as connection, pytest.raises(KeyError):
        settings.all_of(connection, company)[name]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("stop_at_first_error", "ON", True),
        ("stop_at_first_error", "no", False),
        ("stop_at_first_error", "perhaps", "perhaps"),
        ("closing_date", "2026-01-31", date(2026, 1, 31)),
        ("closing_date", "None", None),
        ("closing_date", "", None),
        ("closing_date", "31.1.2026", "31.1.2026"),
        ("direction", " both ", "both"),
        ("post_cogs", 1, 1),
    ],
)
def test_a_text_means_what_a_person_means_by_it(name, text, value):
    assert settings.of(name).parse(text) == value


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_shown_of_a_value_means_that_value(name):
    setting = SETTINGS[name]
    for value in filter(setting.check, CANDIDATES):
        if not isinstance(value, str) or value == value.strip() != "":
            assert setting.parse(setting.shown(value)) == value


def test_the_words_of_receipts_are_those_of_the_inventory():
    assert SETTINGS["receipt_posts_as"].choices == RECEIPT_POSTINGS
    assert SETTINGS["due_date_from"].choices == DUE_FROM
