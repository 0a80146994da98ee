"""Tables as all pages show them: columns that say nothing in any row are left out."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from syncengine.ui import tables


@pytest.mark.parametrize("nothing", [None, "", pd.NaT, pd.NA, float("nan")])
def test_an_optional_column_is_shown_only_where_a_row_says_something(nothing):
    columns = {"name": "Name", "memo": "Memo"}
    assert list(tables.filled(pd.DataFrame({"name": [""], "memo": [nothing]}), columns, "memo")) == ["name"]
    assert list(tables.filled(pd.DataFrame({"name": [""], "memo": [nothing, 0][1:]}), columns, "memo")) == ["name", "memo"]


def test_lists_in_cells_say_something():
    assert tables.filled(pd.DataFrame({"rates": [["GST 5 %"]]}), {"rates": "Rates"}, "rates")


def test_a_plain_table_shows_text_from_outside_as_just_that_text(monkeypatch):
    drawn = []
    monkeypatch.setattr(tables.st, "table", lambda frame, **options: drawn.append((frame, options)))
    outside = pd.DataFrame({":red[a]": ["![x](http://127.0.0.1:9/evil.png)", Decimal("1.50")], "Text": ["- one", "1. two"]})
    tables.plain_table(outside, alt="Texts")
    [(shown, options)] = drawn
    frame = shown.to_pandas()
    assert options["alt"] == "Texts"
    assert list(frame.columns) == [r"\:red\[a\]", "Text"]
    assert frame.to_numpy().tolist() == [[r"!\[x\](http\://:small{}127.0.0.1\:9/evil.png)", r"\- one"], ["1.50", r"1\. two"]]


@pytest.mark.parametrize(
    ("prices", "shown"),
    [(["19.9", "3"], "%,.2f"), (["19.9", "0.0375"], "%,.4f"), ([], "%,.2f"), (["1E+2"], "%,.2f"), (["NaN", "1.125"], "%,.3f")],
)
def test_prices_have_two_decimals_at_least_and_all_that_there_are(prices, shown):
    settings = tables.price_column("Price", [None, "?", *map(Decimal, prices)])
    assert settings["type_config"]["format"] == shown


@pytest.mark.parametrize("draw", [tables.show, tables.choose])
def test_no_other_columns_than_those_shown_go_to_the_browser(monkeypatch, draw):
    sent = []

    def taken(frame, **options):
        sent.append((frame, options))
        return {"selection": {"rows": [1]}}

    monkeypatch.setattr(tables.st, "dataframe", taken)
    frame = pd.DataFrame({"id": [1, 2], "version": [0, 0], "record": ["a", "b"], "request": ['{"Amount": 5}'] * 2})
    chosen = draw(frame, {"record": "Record"}, name="t", alt="A table")
    [(shown, options)] = sent
    assert list(shown.columns) == options["column_order"] == ["record"]
    if chosen is not None:
        assert chosen["request"].tolist() == ['{"Amount": 5}']  # the page itself still has the whole row


@pytest.mark.parametrize(
    ("held", "wanted"), [(["1.08345", "2"], "%,.5f"), (["0.0125", "0.125"], None), (["1.2500000"], None), (["0.1234567"], "%,.7f")]
)
def test_numbers_have_all_their_digits_where_a_browser_would_round_them(monkeypatch, held, wanted):
    """It shows four decimals by itself: of an exchange rate 1.08345 it would show 1.0835."""
    sent = []
    monkeypatch.setattr(tables.st, "dataframe", lambda _, **options: sent.append(options["column_config"]["rate"]))
    frame = pd.DataFrame({"rate": [*map(Decimal, held), None]}, dtype=object)
    tables.show(frame, {"rate": "Rate"}, name="t", alt="A table")
    assert sent == ["Rate"] if wanted is None else sent[0]["type_config"]["format"] == wanted
