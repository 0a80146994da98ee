"""The People page: roles and permissions are shown, changed with the difference first, and told; nobody but owners sees it."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.commands import Standing, signing
from syncengine.store import people as store
from syncengine.store.rights import ROLES
from syncengine.store.signins import SignIn
from syncengine.ui import words
from syncengine.ui.people import matrix, told
from syncengine.ui.person import LABELS, ROLE_SAYS, differences
from tests.unit.queries import seed
from tests.unit.ui.conftest import now, run, table, texts

PAGE = "pages/people.py"
ADA, BOB, CAROL = "ada@books.example", "bob@books.example", "carol@books.example"


@pytest.fixture
def team(idle):
    """An owner, an operator who also sees bills, and an accountant who does not see employees."""
    for person, standing in (
        (ADA, Standing("owner")),
        (BOB, Standing("operator", frozenset({"see_bills"}))),
        (CAROL, Standing("accountant", frozenset(), frozenset({"see_employees"}))),
    ):
        commands.change_person(idle, person, standing, Standing())
    return idle


def standing(session, person) -> Standing | None:
    found = queries.people(session).set_index("person")
    if person not in found.index:
        return None
    row = found.loc[person]
    return Standing(row["role"], frozenset(row["granted"]), frozenset(row["refused"]))


def offers(at, key) -> bool:
    """Whether a button is drawn."""
    return key in {each.key for each in at.button}


def press(at, key):
    at.button(key=key).click()
    run(at)


def type_address(at, text):
    at.text_input(key="person.address").set_value(text)
    run(at)


def labels(at) -> list[str]:
    return [each.label.replace(words.UNLINKED, "") for each in at.button]


def widget(at, kind, end):
    return next(each for each in getattr(at, kind) if each.key and each.key.endswith(end))


# --- who sees it -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_who_is_no_owner_sees_nobody(open_page, team, role):
    commands.change_person(team, "eve@books.example", Standing(role), Standing())
    at = open_page(PAGE, visitor="eve@books.example")
    assert "This page is closed to you" in [each.proto.title for each in at.error]
    assert BOB not in texts(at)
    assert not at.dataframe
    assert "View as" not in texts(at)


def test_on_this_machine_it_says_that_nobody_is_asked_and_what_would_change(open_page, idle):
    at = open_page(PAGE)
    assert "Nobody is asked on this machine" in texts(at)
    assert "Nobody has a role in this company yet." in texts(at)
    assert "Nothing yet. Each role and permission" in texts(at)
    assert "Nobody is asked" not in texts(open_page(PAGE, visitor=_owner(idle)))


def _owner(session) -> str:
    with session.database.writing() as connection:
        store.put(connection, session.company_id, ADA, "owner", seed.NOON, "seed")
    return ADA


def test_who_owns_by_the_setting_is_told_so_and_written_down_with_the_first_change(open_page, idle, monkeypatch):
    monkeypatch.setenv("TIEOUT_OWNER", ADA)
    at = open_page(PAGE, visitor=ADA, add="yes")
    assert "because the installation names you" in texts(at)
    type_address(at, BOB)
    press(at, "person.apply")
    assert standing(idle, ADA) == Standing("owner")
    assert "because the installation names you" not in texts(run(at))


# --- the table and the roles ------------------------------------------------------------------------------------------------------


def test_each_person_stands_there_with_role_and_single_permissions(open_page, team, sqlite_database):
    signing.arrive(sqlite_database, SignIn("k", BOB, now(), now()))
    shown = table(open_page(PAGE), "people").value.set_index("person")
    assert shown["role"].to_dict() == {ADA: "Owner", BOB: "Operator", CAROL: "Accountant"}
    assert shown.loc[BOB, "granted"] == "Bills"
    assert shown.loc[CAROL, "refused"] == "Employees"
    assert shown["signed_in_at"].notna().to_dict() == {ADA: False, BOB: True, CAROL: False}


def test_the_table_of_roles_says_what_the_rights_say(open_page, team):
    shown = open_page(PAGE).table[0].value
    assert shown.equals(matrix())
    said = matrix().set_index("May")
    assert said["Viewer"].tolist() == ["✓ Yes", "no", "no", "no", "no", "no"]
    assert said["Accountant"].tolist() == ["✓ Yes", "✓ Yes", "no", "no", "no", "no"]
    assert said["Operator"].tolist() == ["✓ Yes", "no", "✓ Yes", "no", "no", "no"]
    assert said["Manager"].tolist() == ["✓ Yes", "✓ Yes", "✓ Yes", "✓ Yes", "no", "no"]
    assert set(said["Owner"]) == {"✓ Yes"}
    assert set(ROLE_SAYS) == set(ROLES)
    assert len(set(LABELS.values())) == len(LABELS)


def test_many_people_are_paged_and_searched(open_page, idle):
    with idle.database.writing() as connection:
        for number in range(60):
            store.put(connection, idle.company_id, f"p{number:02}@books.example", "viewer", seed.NOON, "seed")
    at = open_page(PAGE)
    assert "People 1-50 of 60." in texts(at)
    at.pagination[0].set_value(2)
    assert "People 51-60 of 60." in texts(run(at))
    assert table(open_page(PAGE, search="P07"), "people").value["person"].tolist() == ["p07@books.example"]
    assert "Nobody's address or name has “zebra” in it." in texts(open_page(PAGE, search="zebra"))


# --- one person -----------------------------------------------------------------------------------------------------------------


def test_a_role_is_changed_after_the_difference_was_shown(open_page, team):
    at = open_page(PAGE, person=BOB)
    assert not offers(at, "person.apply")
    widget(at, "radio", ".role").set_value("accountant")
    said = texts(run(at)).partition("What this changes")[2]
    assert "Role: Accountant in place of Operator." in said
    assert "May from now on: see the list of employees." in said
    assert "May no longer: press Sync now" in said
    assert "list of bills" not in said
    assert standing(team, BOB).role == "operator"
    press(at, "person.apply")
    assert standing(team, BOB) == Standing("accountant", frozenset({"see_bills"}))
    assert f"What {BOB} may do is changed" in texts(at)
    assert not offers(at, "person.apply")


def test_single_permissions_are_given_taken_and_left_to_the_role_in_one_act(open_page, team):
    at = open_page(PAGE, person=BOB)
    widget(at, "multiselect", ".granted").set_value(["see_accounts", "sql"])
    widget(at, "multiselect", ".refused").set_value(["sync"])
    run(at)
    press(at, "person.apply")
    assert standing(team, BOB) == Standing("operator", frozenset({"see_accounts", "sql"}), frozenset({"sync"}))
    assert queries.people_changes(team)["event"].tolist()[:4] == [
        "permission refused", "permission granted", "permission left to the role", "permission granted",
    ]  # fmt: skip


def test_owning_is_no_single_permission(open_page, team):
    at = open_page(PAGE, person=BOB)
    for end in (".granted", ".refused"):
        assert len(widget(at, "multiselect", end).options) == len(LABELS) - 1
        assert LABELS["own"] not in widget(at, "multiselect", end).options


def test_a_person_is_added_by_address_with_what_that_comes_to(open_page, team):
    at = open_page(PAGE, add="yes")
    assert not offers(at, "person.apply")
    type_address(at, " Dave@Books.Example ")
    assert "Role: Viewer." in texts(at)
    assert "May from now on: see the state of the sync" in texts(at)
    widget(at, "radio", ".role").set_value("manager")
    run(at)
    assert "Add dave@books.example" in labels(at)
    press(at, "person.apply")
    assert standing(team, "dave@books.example") == Standing("manager")
    assert "dave@books.example is a manager now." in texts(at)
    assert at.query_params["person"] == "dave@books.example"


def test_a_name_that_is_no_address_is_taken_with_a_word_of_warning(open_page, team):
    at = open_page(PAGE, add="yes")
    type_address(at, "Dave")
    assert "This is no e-mail address" in texts(at)
    press(at, "person.apply")
    assert standing(team, "dave") == Standing("viewer")


def test_who_is_here_already_is_looked_at_instead(open_page, team):
    at = open_page(PAGE, add="yes")
    type_address(at, BOB)
    assert f"{BOB} is an operator here already." in texts(at).replace(words.UNLINKED, "")
    assert not offers(at, "person.apply")
    press(at, "person.known")
    assert (at.query_params["person"], "add" in at.query_params) == (BOB, False)


def test_who_was_added_by_somebody_else_meanwhile_is_not_added_anew(open_page, team):
    at = open_page(PAGE, add="yes")
    type_address(at, "dave@books.example")
    commands.set_role(team, "dave@books.example", "manager")
    press(at, "person.apply")
    assert "How dave@books.example stands here has changed since you saw it." in texts(at).replace(words.UNLINKED, "")
    assert standing(team, "dave@books.example").role == "manager"


def test_a_person_is_removed_by_a_second_word(open_page, team):
    at = open_page(PAGE, person=BOB)
    assert f"Remove {BOB}" in labels(at)
    press(at, "person.remove")
    assert standing(team, BOB) is None
    assert f"{BOB} has no right here any more." in texts(at)
    assert "person" not in at.query_params


def test_a_person_who_was_changed_meanwhile_is_left_alone_and_shown_as_they_are(open_page, team):
    at = open_page(PAGE, person=BOB)
    widget(at, "radio", ".role").set_value("manager")
    run(at)
    seen = Standing("operator", frozenset({"see_bills"}))
    commands.change_person(team, BOB, Standing("viewer"), seen)
    press(at, "person.apply")
    assert "has changed since you saw it" in texts(at)
    assert standing(team, BOB) == Standing("viewer")
    assert widget(at, "radio", ".role").value == "viewer"


def test_the_last_owner_is_offered_neither_removal_nor_another_role(open_page, team):
    at = open_page(PAGE, visitor=ADA, person=ADA)
    assert "The last owner of this company" in texts(at)
    assert not offers(at, "person.remove")
    assert widget(at, "radio", ".role").options == ["Owner"]
    commands.change_person(team, CAROL, Standing("owner"), Standing("accountant", frozenset(), frozenset({"see_employees"})))
    at = open_page(PAGE, visitor=ADA, person=ADA)
    assert offers(at, "person.remove")
    assert len(widget(at, "radio", ".role").options) == len(ROLES)


def test_an_owner_who_demotes_themselves_is_warned_and_out_of_the_page(open_page, team):
    commands.change_person(team, "dave@books.example", Standing("owner"), Standing())
    at = open_page(PAGE, visitor=ADA, person=ADA)
    widget(at, "radio", ".role").set_value("viewer")
    assert "You give up your own right to change this." in texts(run(at))
    press(at, "person.apply")
    assert "This page is closed to you" in [each.proto.title for each in at.error]


@pytest.mark.parametrize("name", ["nobody@books.example", "%", "'", "[x](http://evil.example)"])
def test_an_address_of_nobody_says_so(open_page, team, name):
    assert f"{name} has no role in this company." in texts(open_page(PAGE, person=name))


def test_a_change_that_gives_and_takes_nothing_says_so():
    seen = Standing("accountant", frozenset({"sync"}))
    assert differences(seen, Standing("accountant", frozenset({"sync", "see_bills"}))) == ["What the person may do just now stays the same."]
    assert differences(Standing("viewer"), Standing("viewer", frozenset({"see_bills"}))) == ["May from now on: see the list of bills."]


def test_cancelling_leaves_everything_as_it_is(open_page, team):
    at = open_page(PAGE, person=BOB)
    widget(at, "radio", ".role").set_value("manager")
    run(at)
    press(at, "person.leave")
    assert standing(team, BOB) == Standing("operator", frozenset({"see_bills"}))
    assert not at.subheader


# --- what was changed ---------------------------------------------------------------------------------------------------------------


def test_each_change_is_told_in_a_sentence_newest_first(open_page, team):
    commands.revoke(team, BOB, "sync")
    commands.leave_to_role(team, BOB, "sync")
    commands.change_person(team, BOB, Standing("viewer"), Standing("operator", frozenset({"see_bills"})))
    commands.remove_member(team, BOB)
    assert [told(row) for row in queries.people_changes(team).to_dict("records")][:8] == [
        f"{BOB}, who was a viewer, has no right here any more.",
        f"Whether {BOB} may see the list of bills is left to the role again.",
        f"{BOB} is a viewer now, and was an operator before.",
        f"Whether {BOB} may press Sync now, act on the queue, or try records again is left to the role again.",
        f"{BOB} may not press Sync now, act on the queue, or try records again, whatever the role.",
        f"{CAROL} may not see the list of employees, whatever the role.",
        f"{CAROL} is an accountant now.",
        f"{BOB} may see the list of bills, whatever the role.",
    ]
    at = open_page(PAGE)
    assert next(each for each in at.dataframe if "what" in each.value.columns).value["what"].iloc[0].startswith(f"{BOB}, who was")
    assert "Changes 1-10 of 10, newest first." in texts(at)


# --- viewing as -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_an_owner_looks_as_a_role_from_the_page_on(open_page, team, role):
    at = open_page(PAGE, visitor=ADA)
    press(at, f"view_as.{role}")
    assert at.query_params["as"] == role
    assert "This page is closed to you" in [each.proto.title for each in at.error]


def test_who_looks_as_a_role_is_told_so_sees_no_more_than_it_and_can_stop(open_page, team):
    at = open_page("dashboard.py", visitor=ADA, **{"as": "viewer"})
    assert "You look as **a viewer**" in texts(at)
    assert not offers(at, "sync.now")
    press(at, "view_as.stop")
    assert "as" not in at.query_params
    assert offers(run(at), "sync.now")


@pytest.mark.parametrize(("by", "wanted"), [(BOB, "accountant"), (ADA, "king"), (ADA, "owner")])
def test_the_address_alone_makes_nobody_look_as_another_role(open_page, team, by, wanted):
    at = open_page("dashboard.py", visitor=by, **{"as": wanted})
    assert "You look as" not in texts(at)
    assert offers(at, "sync.now")


def test_on_this_machine_its_owner_looks_as_a_role_too(open_page, team):
    at = open_page("dashboard.py", **{"as": "accountant"})
    assert "You look as **an accountant**" in texts(at)
    assert not offers(at, "sync.now")
