"""The Import page: looked at first, corrected columns, good rows or nothing, and a result."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import StopException

from syncengine import queries
from tests.unit.queries import seed
from tests.unit.ui.conftest import run, texts

PAGE = "pages/importing.py"
GOOD = b"code,name,email\nx1,Delta Sails,ds@example.com\nx3,Fathom Ltd,f@example.com\n"
MIXED = GOOD + b"x2,Echo Ropes,not an address\n"


def upload(at, content, name="customers.csv", which=0):
    at.file_uploader[which].upload(name, content)
    return run(at)


def kind(at, name):
    at.selectbox(key="importing.kind").set_value(name)
    return run(at)


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def press_import(at):
    at.button(key="importing.go").click()
    return run(at)


def test_without_a_file_the_page_says_what_to_do(open_page, idle):
    at = open_page(PAGE)
    assert "Nothing is written before you say so" in texts(at)
    assert not at.button


def test_a_file_is_previewed_and_nothing_is_written(open_page, idle):
    at = upload(open_page(PAGE), MIXED)
    assert metrics(at) == {"New": "2", "Changed": "0", "Unchanged": "0", "Cannot go in": "1"}
    assert queries.records(idle, "customer").empty
    problems = next(each for each in at.dataframe if "remedy" in each.value.columns).value
    assert problems[["row", "column", "value"]].to_numpy().tolist() == [[4, "email", "not an address"]]


def test_why_there_is_nothing_to_write_is_said(open_page, idle):
    at = upload(open_page(PAGE), b"code,name\n")
    assert "the file has no rows" in texts(at)
    at = upload(at, b"code,name,email\nx,Echo,no address\n", name="other.csv")
    assert "no row can go in as it is" in texts(at)
    assert at.button(key="importing.go").disabled


def test_lines_without_their_documents_ask_for_those(open_page, idle):
    at = upload(kind(open_page(PAGE), "invoice"), b"number,item,quantity\n1,Rope,2\n", name="details.csv", which=1)
    assert "details.csv holds lines only. Choose the file of their documents as well" in texts(at)
    assert not at.metric


def test_the_good_rows_go_in_and_the_result_is_said(open_page, idle):
    at = press_import(upload(open_page(PAGE), MIXED))
    assert queries.records(idle, "customer")["label"].tolist() == ["Delta Sails", "Fathom Ltd"]
    assert "2 new, 0 changed, 0 unchanged, 1 left out." in texts(at)
    assert metrics(at)["Unchanged"] == "2"
    assert at.button(key="importing.go").disabled
    assert "nothing to write" not in texts(at), "beside what was just written"


def test_all_or_nothing_cannot_be_pressed_while_a_row_is_bad(open_page, idle):
    at = upload(open_page(PAGE), MIXED)
    at.radio(key="importing.mode").set_value("all")
    run(at)
    assert at.button(key="importing.go").disabled
    assert "Correct the rows above" in texts(at)


def test_importing_twice_changes_nothing(open_page, idle):
    press_import(upload(open_page(PAGE), GOOD))
    at = upload(open_page(PAGE), GOOD)
    assert metrics(at) == {"New": "0", "Changed": "0", "Unchanged": "2", "Cannot go in": "0"}
    assert at.button(key="importing.go").disabled


def test_a_column_can_be_matched_by_hand(open_page, idle):
    at = upload(open_page(PAGE), b"name,Reachable at\nDelta Sails,ds@example.com\n")
    assert "Columns that are not used: Reachable at" in texts(at)
    box = next(box for box in at.selectbox if box.label == "Reachable at")
    assert box.value == "(ignore)"
    box.set_value("email")
    next(button for button in at.button if button.label.startswith("Look again")).click()
    run(at)
    press_import(at)
    assert queries.records(idle, "customer")["email"].tolist() == ["ds@example.com"]


def test_another_file_starts_with_its_own_guess(open_page, idle):
    at = upload(open_page(PAGE), b"name,e-mail\nDelta Sails,ds@example.com\n")
    at = upload(at, b"name,phone\nDelta Sails,555\n", name="other.csv")
    assert [box.label for box in at.selectbox if box.label in {"e-mail", "phone"}] == ["phone"]


def test_documents_take_a_second_file_for_their_lines(open_page, sqlite_database):
    busy = seed.busy(sqlite_database)
    at = kind(open_page(PAGE), "invoice")
    upload(at, b"number,customer,date\n2001,Alpine Outfitters,2026-01-10\n", name="orders.csv")
    at = upload(at, b"number,item,quantity,unit price\n2001,Anchor,2,19.90\n", name="details.csv", which=1)
    assert metrics(at)["New"] == "1"
    press_import(at)
    assert "2001" in queries.records(busy.session, "invoice")["label"].tolist()


def test_options_say_how_dates_and_numbers_are_meant(open_page, sqlite_database):
    seed.busy(sqlite_database)
    at = kind(open_page(PAGE), "item")
    at = upload(at, b"name;unit price\nRope;9,80\n", name="items.csv")
    assert metrics(at)["Cannot go in"] == "1"
    at.selectbox(key="importing.decimal").set_value(",")
    run(at)
    assert metrics(at) == {"New": "1", "Changed": "0", "Unchanged": "0", "Cannot go in": "0"}


def test_how_numbers_are_read_stays_while_one_file_takes_another_s_place(open_page, sqlite_database):
    seed.busy(sqlite_database)
    at = upload(kind(open_page(PAGE), "item"), b"name;unit price\nRope;9,80\n", name="items.csv")
    at.selectbox(key="importing.decimal").set_value(",")
    run(at)
    at.file_uploader[0].clear()
    assert not run(at).metric
    at = upload(at, b"name;unit price\nSail;12,50\n", name="more.csv")
    assert metrics(at) == {"New": "1", "Changed": "0", "Unchanged": "0", "Cannot go in": "0"}


def test_a_choice_begins_as_it_stands_so_that_a_browser_that_draws_it_late_brings_no_other(open_page, sqlite_database):
    seed.busy(sqlite_database)
    at = upload(kind(open_page(PAGE), "item"), b"name;unit price\nRope;9,80\n", name="items.csv")
    at.selectbox(key="importing.decimal").set_value(",")
    at.text_input(key="importing.delimiter").set_value(";")
    at.checkbox(key="importing.percent").set_value(True)
    run(run(at))
    assert at.selectbox(key="importing.decimal").proto.default == 1
    assert at.text_input(key="importing.delimiter").proto.default == ";"
    assert at.checkbox(key="importing.percent").proto.default is True


def test_a_click_writes_what_was_on_the_screen_or_nothing(open_page, sqlite_database):
    found = seed.busy(sqlite_database)
    at = upload(kind(open_page(PAGE), "item"), b"name;unit price\nRope;1.250\n", name="items.csv")
    before = queries.records_count(found.session, "item")
    # With the click comes another reading of numbers, by which the row is as good: a thousand times the price.
    at.selectbox(key="importing.decimal").set_value(",")
    at.selectbox(key="importing.thousands").set_value(".")
    at.button(key="importing.go").click()
    assert "read otherwise by now than you saw it" in texts(run(at))
    assert queries.records_count(found.session, "item") == before
    at.button(key="importing.go").click()
    assert "1 new" in texts(run(at))
    [item] = queries.records(found.session, "item", search="Rope").to_dict("records")
    assert item["unit_price"] == 1250


def test_a_click_elsewhere_that_breaks_an_import_off_is_told_what_went_in(open_page, idle, monkeypatch):
    """Streamlit ends the run that writes with whatever it draws next; the next run looks the file up anew."""
    rows = b"".join(b"c%d,Customer %d\n" % (number, number) for number in range(700))
    at = upload(open_page(PAGE), b"code,name\n" + rows)

    def drawn(_self, _share, text=None):
        if "Writing: 500" in (text or ""):
            raise StopException

    with monkeypatch.context() as patched:
        patched.setattr("streamlit.delta_generator.DeltaGenerator.progress", drawn)
        press_import(at)
    assert queries.records_count(idle, "customer") == 500
    run(at)
    assert "The import of customers.csv was broken off. 500 of 700 records are in, and stay. Import the file again" in texts(at)
    assert metrics(at) == {"New": "200", "Changed": "0", "Unchanged": "500", "Cannot go in": "0"}
    assert queries.acts(idle)["event"].tolist()[0] == "import stopped"
    assert "200 new, 0 changed, 500 unchanged" in texts(press_import(at))


def test_options_that_contradict_each_other_are_refused_in_words(open_page, idle):
    at = upload(open_page(PAGE), GOOD)
    at.selectbox(key="importing.decimal").set_value(",")
    at.selectbox(key="importing.thousands").set_value(",")
    assert "not the decimal sign" in texts(run(at))


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "empty"), (b"colour\nblue\n", "No column"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx")]
)
def test_a_file_that_cannot_be_used_is_refused_in_words(open_page, idle, content, why):
    at = upload(open_page(PAGE), content)
    assert why in texts(at)
    assert not at.metric


def test_many_problems_come_in_pages(open_page, idle):
    rows = b"".join(b"c%d,Customer %d,no address\n" % (number, number) for number in range(120))
    at = upload(open_page(PAGE), b"code,name,email\n" + rows)
    assert "120 problems" in texts(at)
    at.pagination[0].set_value(3)
    shown = next(each for each in run(at).dataframe if "remedy" in each.value.columns).value
    assert shown["row"].iloc[0] == 102


def test_the_problems_of_another_file_begin_with_their_first_page(open_page, idle):
    rows = [b"c%d,Customer %d,no address\n" % (number, number) for number in range(120)]
    at = upload(open_page(PAGE), b"code,name,email\n" + b"".join(rows))
    at.pagination[0].set_value(3)
    at.query_params["importing.problems.page"] = "3"  # as the browser writes it
    at = upload(run(at), b"code,name,email\n" + b"".join(rows[:110]), name="others.csv")
    assert "110 problems" in texts(at)
    shown = next(each for each in at.dataframe if "remedy" in each.value.columns).value
    assert shown["row"].iloc[0] == 2


def match(at, **chosen):
    """Say what columns fill, and look again."""
    for box in at.selectbox:
        if box.label in chosen:
            box.set_value(chosen[box.label])
    next(button for button in at.button if button.label.startswith("Look again")).click()
    return run(at)


def test_a_file_none_of_whose_columns_is_known_is_matched_by_hand(open_page, idle):
    at = upload(open_page(PAGE), b"Firma,Erreichbar\nDelta Sails,ds@example.com\n")
    assert "No column of customers.csv is known" in texts(at)
    at = match(at, Erreichbar="email")
    assert "No column of customers.csv is mapped to name" in texts(at)
    at = match(at, Firma="name")
    press_import(at)
    assert queries.records(idle, "customer")[["label", "email"]].to_numpy().tolist() == [["Delta Sails", "ds@example.com"]]


def test_a_column_is_seen_as_it_is_called_and_read_aloud_without_what_escapes_it(open_page, idle):
    at = upload(open_page(PAGE), b"name,list *price* [USD] ![x](http://a.example/x.png),~~\nDelta Sails,1,2\n")
    heard = {box.label for box in at.selectbox if box.key and box.key.startswith("importing") and box.key[-1].isdigit()}
    assert heard == {"name", "list price USD ! x (http //a.example/x.png)", "column 3"}
    assert "list \\*price\\* \\[USD\\]" in "".join(each.value for each in at.caption), "what is seen is escaped"


def test_a_matching_that_does_not_do_can_be_put_right(open_page, idle):
    at = match(upload(open_page(PAGE), b"name,spare\nDelta Sails,x\n"), spare="name")
    assert "both mapped" in texts(at)
    at = match(at, spare="notes")
    assert metrics(at)["New"] == "1"


def test_what_was_matched_by_hand_stays_when_numbers_are_read_otherwise(open_page, sqlite_database):
    seed.busy(sqlite_database)
    at = kind(open_page(PAGE), "item")
    at = match(upload(at, b"name;Retail\nRope;9,80\n", name="items.csv"), Retail="unit_price")
    assert metrics(at)["Cannot go in"] == "1"
    at.selectbox(key="importing.decimal").set_value(",")
    assert metrics(run(at)) == {"New": "1", "Changed": "0", "Unchanged": "0", "Cannot go in": "0"}
