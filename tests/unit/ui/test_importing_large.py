"""Import of a file that is more than a click can do: the worker's, shown as it stands in every browser, told at its end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts
from syncengine.store.tables import LongAct
from tests.support.longacts import steps, work
from tests.unit.queries import seed
from tests.unit.ui.conftest import as_member, bars, keys, press, run, texts
from tests.unit.ui.test_importing import GOOD, MIXED, match, metrics, upload

PAGE = "pages/importing.py"


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(commands, "AT_ONCE", 1)
    monkeypatch.setattr(fileparts, "RECORDS", 1)


@pytest.fixture
def here(idle):
    """Who is at work in a browser on this machine."""
    return replace(idle, actor=queries.session.OWNER)


def does(session):
    """The worker does what it was asked for."""
    return work(session, queries.long_act(session).id)


def test_a_large_file_is_looked_through_by_the_worker_and_nothing_is_written(open_page, here):
    at = upload(open_page(PAGE), MIXED)
    assert "The worker looks through customers.csv." in texts(at)
    assert not metrics(at)
    assert "importing.go" not in keys(at)
    does(here)
    run(at)
    assert metrics(at) == {"New": "2", "Changed": "0", "Unchanged": "0", "Cannot go in": "1"}
    assert "customers.csv was looked through: 2 new, 0 changed, 0 unchanged, 1 cannot go in." in texts(at)
    problems = next(each for each in at.dataframe if "remedy" in each.value.columns).value
    assert problems[["row", "column", "value"]].to_numpy().tolist() == [[4, "email", "not an address"]]
    assert queries.records(here, "customer").empty


def test_the_worker_imports_it_and_its_end_is_told_with_what_was_left_out(open_page, here):
    at = upload(open_page(PAGE), MIXED)
    does(here)
    at = press(run(at), "importing.go")
    assert "The worker imports 2 records, a part at a time. It goes on when you leave this page" in texts(at)
    assert "importing.go" not in keys(at)
    does(here)
    run(at)
    assert metrics(at) == {"New": "2", "Changed": "0", "Unchanged": "0", "Left out": "1"}
    assert "customers.csv is in: 2 new, 0 changed, 0 unchanged, 1 left out." in texts(at)
    assert queries.records(here, "customer")["label"].tolist() == ["Delta Sails", "Fathom Ltd"]
    problems = next(each for each in at.dataframe if "remedy" in each.value.columns).value
    assert problems["row"].tolist() == [4]
    at = press(at, "importing.leave")
    assert "You have done with this file." in texts(at)
    assert queries.kept_import(here) is None


def test_after_a_reload_and_in_another_browser_it_stands_as_it_was(open_page, here):
    upload(open_page(PAGE), MIXED)
    assert "The worker looks through customers.csv." in texts(open_page(PAGE))
    does(here)
    at = open_page(PAGE)
    assert metrics(at)["New"] == "2"
    press(at, "importing.go")
    assert "The worker imports customers.csv." in texts(open_page(PAGE))
    does(here)
    assert metrics(open_page(PAGE))["Left out"] == "1"


def test_how_far_it_is_stands_above_every_page_with_a_way_to_stop_it(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    does(here)
    press(run(at), "importing.go")
    going = steps(here, queries.long_act(here).id)
    for _ in range(3):
        next(going)()
    at = open_page("dashboard.py")
    assert bars(at)[0] == "Importing customers.csv: 1 of 2"
    at.button(key="acting.stop").click()
    run(at)
    at = open_page(PAGE)
    assert "customers.csv did not go in whole. Up to then: 1 new, 0 changed, 0 unchanged, 0 left out. 1 records" in texts(at)
    assert metrics(at) == {"New": "1", "Changed": "0", "Unchanged": "0", "Left out": "0"}


def test_columns_that_nobody_knows_are_matched_by_hand_and_looked_through_again(open_page, here):
    at = upload(open_page(PAGE), b"Firma,Erreichbar\nDelta Sails,ds@example.com\nFathom,f@example.com\n")
    assert does(here).state == "refused"
    run(at)
    assert "No column of customers.csv is known" in texts(at)
    at = match(at, Firma="name", Erreichbar="email")
    does(here)
    run(at)
    assert metrics(at)["New"] == "2"


def test_other_options_have_it_looked_through_again_before_it_can_go_in(open_page, here):
    at = upload(open_page(PAGE), b"code;name;email\nx;Rope;a@example.com\ny;Sail;b@example.com\n")
    does(here)
    run(at)
    at.text_input(key="importing.delimiter").set_value(";")
    run(at)
    assert "You have changed how it is read." in texts(at)
    assert "importing.go" not in keys(at)
    press(at, "importing.look")
    assert queries.long_act(here).what == "look_through"
    does(here)
    assert "importing.go" in keys(run(at))


def test_what_was_stopped_while_it_was_looked_through_can_be_taken_up_again(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    commands.stop_act(here, queries.long_act(here).id)
    assert "customers.csv has to be looked through before it can go in. owner has stopped it." in texts(run(at))
    press(at, "importing.look")
    does(here)
    assert metrics(run(at))["New"] == "2"


def test_while_the_worker_is_at_something_else_another_file_is_told_to_wait(open_page, here):
    upload(open_page(PAGE), GOOD)
    at = upload(open_page(PAGE), MIXED, name="other.csv")
    assert "What you have asked for before is not done yet: Looking through customers.csv" in texts(at)
    does(here)
    at = press(at, "importing.again")
    assert "The worker looks through other.csv." in texts(at)


def test_a_file_that_has_nothing_new_cannot_be_pressed(open_page, here):
    commands.import_file(here, "customer", GOOD, name="customers.csv")
    at = upload(open_page(PAGE), GOOD)
    does(here)
    at = run(at)
    assert at.button(key="importing.go").disabled
    assert "every good row is in already" in texts(at)


def test_a_file_s_name_is_no_markup(open_page, here):
    at = upload(open_page(PAGE), GOOD, name="**bold**.csv")
    assert "\\*\\*bold\\*\\*" in "\n".join(each.value for each in at.info)


def test_a_click_imports_what_was_drawn_or_nothing(open_page, here):
    upload(open_page(PAGE), GOOD, name="seen.csv")
    does(here)
    at = open_page(PAGE)
    assert metrics(at)["New"] == "2"
    file_id = commands.keep_import(here, "customer", b"code,name\nz1,Zinc\nz2,Zest\nz3,Zeal\n", name="other.csv")
    work(here, commands.ask_look(here, file_id))
    press(at, "importing.go")  # another tab has brought another file meanwhile
    assert "This file is not kept any more. Choose it again." in texts(at)
    assert queries.long_act(here) is None
    assert (metrics(at)["New"], at.button(key="importing.go").label) == ("3", "Import 3 records")


def ended(open_page, here, content=MIXED, name="first.csv"):
    """The page in a tab in which a file was imported."""
    at = upload(open_page(PAGE), content, name=name)
    does(here)
    press(run(at), "importing.go")
    does(here)
    return run(at)


def test_choosing_another_company_keeps_no_file_there_and_drops_none_here(open_page, here):
    other = replace(seed.company(here.database, "Globex", now=here.clock.now()), actor=here.actor)
    at = ended(open_page, here)
    at.session_state["company"] = "Globex"
    run(at)
    assert "You have chosen this file in another company. Nothing of it is kept in this one." in texts(at)
    assert (queries.kept_import(other), queries.long_act(other)) == (None, None)
    at.session_state["company"] = "Empty"
    run(at)
    assert metrics(at)["Left out"] == "1"
    assert (queries.kept_import(here).problems, queries.long_act(here)) == (1, None)
    at.session_state["company"] = "Globex"
    press(run(at), "importing.again")
    assert queries.kept_import(other).name == "first.csv"
    assert "The worker looks through first.csv." in texts(at)


def test_two_tabs_leave_each_other_s_files_alone_until_something_is_pressed(open_page, here):
    one = upload(open_page(PAGE), MIXED, name="first.csv")
    does(here)
    two = upload(open_page(PAGE), GOOD, name="second.csv")
    does(here)
    run(two)
    run(one)
    assert "This file is not kept any more: another one has taken its place" in texts(one)
    assert "Below: second.csv (customer), which you have brought before." in texts(one)
    assert (queries.kept_import(here).name, queries.long_act(here)) == ("second.csv", None)
    press(one, "importing.again")
    assert queries.kept_import(here).name == "first.csv"


def test_another_file_leaves_the_result_of_the_one_before(open_page, here):
    one = ended(open_page, here)
    two = upload(open_page(PAGE), GOOD, name="second.csv")
    assert "The worker looks through second.csv." in texts(two)
    assert metrics(run(one))["Left out"] == "1"


def test_a_file_that_could_not_be_left_stands_there_still(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    does(here)
    run(at)
    act_id = commands.ask_look(here, queries.kept_import(here).id)
    at = press(at, "importing.leave")
    assert "The worker is at this file just now." in texts(at)
    work(here, act_id)
    assert metrics(run(at))["New"] == "2"


def test_an_import_that_wrote_nothing_can_be_looked_through_and_asked_for_again(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    does(here)
    press(run(at), "importing.go")
    commands.stop_act(here, queries.long_act(here).id)
    assert "owner has stopped it. Nothing of customers.csv was written. The file is kept still" in texts(run(at))
    press(at, "importing.look")
    does(here)
    press(run(at), "importing.go")
    does(here)
    assert metrics(run(at))["New"] == "2"


def test_only_if_every_row_is_good_cannot_be_pressed_while_one_is_bad(open_page, here):
    at = upload(open_page(PAGE), MIXED)
    does(here)
    at = run(at)
    assert not at.button(key="importing.go").disabled
    at.radio(key="importing.large.mode").set_value("all")
    assert run(at).button(key="importing.go").disabled
    assert "Correct the rows above, or let the good ones go in." in texts(at)


def test_only_if_every_row_is_good_writes_nothing_where_one_has_become_bad_and_names_it(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    does(here)
    run(at).radio(key="importing.large.mode").set_value("all")
    assert "It goes in in portions, and each stays in, also when you stop it." in texts(run(at))
    commands.import_file(here, "customer", b"code,name\nother,FATHOM LTD\n")
    press(at, "importing.go")
    does(here)
    run(at)
    assert "Not every row of customers.csv is good any more" in texts(at)
    assert metrics(at) == {"New": "1", "Changed": "0", "Unchanged": "0", "Cannot go in": "1"}
    assert queries.records(here, "customer")["label"].tolist() == ["FATHOM LTD"]


def test_how_far_it_is_before_the_first_row_is_written_shows(open_page, here):
    at = upload(open_page(PAGE), GOOD)
    does(here)
    press(run(at), "importing.go")
    seen = []
    failpoints.arm("import.staged", lambda: seen.append(bars(open_page("dashboard.py"))[0]))
    does(here)
    failpoints.disarm()
    assert seen == ["Importing customers.csv: putting its rows in order, 2 of 2"]
    with here.database.writing() as connection:
        again = {"state": "doing", "ended_at": None, "told_at": None, "done": 0, "phase": "look", "ahead": 5_000}
        connection.execute(update(LongAct).where(LongAct.what == "import").values(again))
    assert bars(open_page("dashboard.py"))[0] == "Importing customers.csv: looking through it once more, 5,000 rows so far"


def test_what_became_of_earlier_files_is_folded_with_the_newest_first_and_their_rows_to_take_along(open_page, here):
    ended(open_page, here)
    ended(open_page, here, GOOD.replace(b"Delta", b"Omega"), name="second.csv")
    at = ended(open_page, here, GOOD.replace(b"Delta", b"Sigma"), name="third.csv")
    fold = next(each for each in at.expander if each.label.startswith("Imported lately"))
    assert (fold.label, fold.proto.expanded) == ("Imported lately: 2 other files", False)
    told = [each.value.replace("\\", "") for each in fold.caption if "brought" in each.value]
    assert [each.split("**")[1] for each in told] == ["second.csv (customer)", "first.csv (customer)"]
    assert "first.csv is in: 2 new, 0 changed, 0 unchanged, 1 left out." in told[1]
    assert [each.proto.label for each in fold.get("download_button")] == ["All problems as CSV"]
    first = queries.kept_imports(here)[-1]
    at = press(at, f"importing.leave.{first.id}")
    assert "first.csv" not in texts(at)
    assert metrics(at)["New"] == "0", "the newest stands as it was"


def test_what_became_of_a_large_file_is_at_hand_beside_a_small_one(open_page, here, monkeypatch):
    ended(open_page, here)
    monkeypatch.setattr(commands, "AT_ONCE", 10)
    at = upload(open_page(PAGE), GOOD, name="small.csv")
    assert metrics(at)["Unchanged"] == "2"
    assert "first.csv is in: 2 new" in texts(at)


def test_no_file_is_taken_that_is_refused_for_its_size_afterwards(open_page, here):
    at = open_page(PAGE)
    assert [each.proto.max_upload_size_mb for each in at.get("file_uploader")] == [commands.MOST_KEPT // 2**20]


def test_somebody_else_s_file_is_not_shown(open_page, idle):
    for person in ("mia@example.com", "ben@example.com"):
        as_member(type("Found", (), {"database": idle.database, "session": idle}), person, "manager")
    upload(open_page(PAGE, visitor="mia@example.com"), GOOD)
    at = open_page(PAGE, visitor="ben@example.com")
    assert "customers.csv" not in texts(at)
    for person, name in (("ben", "a file"), ("mia", "customers.csv")):
        assert bars(open_page("dashboard.py", visitor=f"{person}@example.com"))[0].startswith(f"Looking through {name}: ")
    assert "Nothing is written before you say so" in texts(at)


def test_a_small_file_is_looked_at_at_once(open_page, here, monkeypatch):
    monkeypatch.setattr(commands, "AT_ONCE", 10)
    at = upload(open_page(PAGE), MIXED)
    assert metrics(at)["New"] == "2"
    assert queries.long_act(here) is None
