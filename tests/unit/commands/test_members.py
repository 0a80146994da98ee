"""People of a company: who may decide on them, that there is always an owner, and that each decision counts at once."""

from __future__ import annotations

import threading

import pytest

from syncengine import commands, queries
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Session
from syncengine.store import cycles, inbox, people, rights
from syncengine.store.veil import HIDDEN
from tests.unit.commands.conftest import ADA, BOB, as_person, audited
from tests.unit.queries import seed


def test_each_decision_about_a_person_counts_at_once_and_stands_in_the_audit_trail(ada):
    bob = as_person(ada, BOB)
    with pytest.raises(Forbidden, match=r"bob@example\.com has no right in this company\. Ask an owner"):
        queries.overview(bob)
    commands.set_role(ada, " Bob@Example.com ", "viewer")
    queries.overview(bob)
    with pytest.raises(Forbidden, match=r"may not press Sync now.*rights of a viewer.*Ask an owner of this company"):
        commands.sync_now(bob)
    commands.grant(ada, BOB, "sync")
    commands.sync_now(bob)
    commands.revoke(ada, BOB, "see_sync")
    with pytest.raises(Forbidden, match="may not see the state of the sync"):
        queries.overview(bob)
    commands.leave_to_role(ada, BOB, "see_sync")
    queries.overview(bob)
    commands.remove_member(ada, BOB)
    with pytest.raises(Forbidden, match="no right in this company"):
        queries.overview(bob)
    assert audited(ada) == [
        (ADA, "role given", {"person": BOB, "from": None, "to": "viewer"}),
        (ADA, "permission granted", {"person": BOB, "permission": "sync", "before": None}),
        (BOB, "sync requested", {"request": 1}),
        (ADA, "permission refused", {"person": BOB, "permission": "see_sync", "before": None}),
        (ADA, "permission left to the role", {"person": BOB, "permission": "see_sync", "before": False}),
        (ADA, "member removed", {"person": BOB, "from": "viewer"}),
    ]


def test_what_was_granted_singly_outlives_a_change_of_role_and_ends_with_the_person(ada):
    commands.set_role(ada, BOB, "operator")
    commands.grant(ada, BOB, "see_bills")
    commands.revoke(ada, BOB, "sync")
    commands.set_role(ada, BOB, "manager")
    row = queries.people(ada).set_index("person").loc[BOB]
    assert (row["role"], row["granted"], row["refused"], row["given_by"]) == ("manager", ("see_bills",), ("sync",), ADA)
    assert "sync" not in row["permissions"]
    assert "see_bills" in row["permissions"]
    commands.remove_member(ada, BOB)
    commands.set_role(ada, BOB, "operator")
    assert queries.my_rights(as_person(ada, BOB)).permissions == rights.ROLES["operator"]


def test_the_last_owner_can_be_neither_removed_nor_demoted(ada):
    for act in (lambda: commands.remove_member(ada, ADA), lambda: commands.set_role(ada, ADA, "manager")):
        with pytest.raises(Refused, match=r"last owner.*Make somebody else an owner first"):
            act()
    commands.set_role(ada, BOB, "owner")
    commands.set_role(ada, ADA, "manager")
    with pytest.raises(Forbidden):
        commands.set_role(ada, ADA, "owner")
    with pytest.raises(Refused, match="last owner"):
        commands.remove_member(as_person(ada, BOB), BOB)


def test_two_owners_who_demote_each_other_at_once_leave_one(ada):
    commands.set_role(ada, BOB, "owner")
    start, said = threading.Barrier(2), []

    def demote(actor: str, other: str) -> None:
        start.wait()
        try:
            commands.set_role(as_person(ada, actor), other, "viewer")
        except Refused as refused:
            said.append(refused)

    threads = [threading.Thread(target=demote, args=pair) for pair in ((ADA, BOB), (BOB, ADA))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ada.database.reading() as connection:
        assert [row["role"] for row in people.members(connection, ada.company_id)].count("owner") == 1
    assert len(said) == 1


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda ada: commands.set_role(ada, BOB, "king"), "no role 'king'"),
        (lambda ada: commands.set_role(ada, "  ", "viewer"), "Say whose role"),
        (lambda ada: commands.set_role(ada, "b" * 201, "viewer"), "201 characters"),
        (lambda ada: commands.set_role(ada, ADA, "owner"), "owner already"),
        (lambda ada: commands.remove_member(ada, BOB), "no role in this company"),
        (lambda ada: commands.grant(ada, BOB, "sync"), "Give one first"),
        (lambda ada: commands.grant(ada, ADA, "fly"), "no permission 'fly'"),
        (lambda ada: commands.grant(ada, ADA, "own"), "role of owner only"),
        (lambda ada: commands.revoke(ada, ADA, "own"), "role of owner only"),
        (lambda ada: commands.leave_to_role(ada, ADA, "sync"), "Nothing has changed"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_trace(ada, act, why):
    with pytest.raises(Refused, match=why):
        act(ada)
    assert audited(ada) == []
    assert queries.people(ada)["person"].tolist() == [ADA]


# --- who is asked -------------------------------------------------------------------------------------------------------


def test_on_this_machine_nobody_is_asked_and_elsewhere_everybody(database, monkeypatch):
    session = seed.company(database)
    assert queries.my_rights(session).may(*rights.Permission)
    monkeypatch.setattr("syncengine.store.rights.is_local", lambda _: False)
    with pytest.raises(Forbidden, match="Ada has no right in this company"):
        commands.sync_now(session)
    with pytest.raises(Forbidden, match="Nobody is named"):
        commands.sync_now(Session(database, " ", session.company_id, session.clock))


def test_the_first_owner_is_named_by_the_setting_and_only_until_there_is_another(database, monkeypatch):
    session = seed.company(database)
    carol, dave = as_person(session, "Carol@example.com"), as_person(session, "dave@example.com")
    with pytest.raises(Forbidden):
        commands.set_role(carol, "carol@example.com", "owner")
    monkeypatch.setenv("TIEOUT_OWNER", "carol@example.com")
    assert queries.companies(database, actor=carol.actor, signed_in=True)["name"].tolist() == ["Harbour"]
    commands.set_role(carol, dave.actor, "owner")
    # Carol's own row was written with her first decision, so that she does not lose the company by making another owner.
    assert audited(carol)[0] == ("TIEOUT_OWNER", "role given", {"person": "carol@example.com", "from": None, "to": "owner"})
    commands.remove_member(dave, "carol@example.com")
    with pytest.raises(Forbidden):
        queries.overview(carol)


def test_a_person_sees_only_the_companies_in_which_they_have_a_role(ada, database):
    seed.company(database, "Globex")
    assert queries.companies(database)["name"].tolist() == ["Globex", "Harbour"]
    assert queries.companies(database, actor=ADA, signed_in=True)["name"].tolist() == ["Harbour"]
    assert queries.companies(database, actor="", signed_in=True).empty


def test_connecting_to_a_database_elsewhere_opens_only_companies_with_a_role(database, ada, monkeypatch):
    import syncengine

    seed.company(database, "Acme")
    for home in ("syncengine.store.rights", "syncengine.queries.session"):
        monkeypatch.setattr(f"{home}.is_local", lambda _: False)
    session = syncengine.connect(database.url, actor=ADA)
    session.database.close()
    assert session.company_id == ada.company_id
    with pytest.raises(Forbidden, match="no right in a company 'Acme'"):
        syncengine.connect(database.url, company="Acme", actor=ADA)
    with pytest.raises(Forbidden, match="no right in any company"):
        syncengine.connect(database.url, actor=BOB)


# --- viewing as another role ----------------------------------------------------------------------------------------------


def test_an_owner_who_views_as_another_role_is_narrowed_and_recorded_under_the_real_name(ada):
    looking = as_person(ada, ADA, look_as="operator")
    commands.sync_now(looking)
    assert audited(ada) == [(ADA, "sync requested", {"request": 1})]
    with pytest.raises(Forbidden, match=r"You look as an operator, who may not change the connection.*Stop viewing as operator"):
        commands.set_role(looking, BOB, "owner")
    with pytest.raises(Forbidden, match="list of bills"):
        queries.accounting_list(looking, "bills")


def test_nobody_but_an_owner_views_as_another_role_and_no_view_widens(ada):
    commands.set_role(ada, BOB, "manager")
    with pytest.raises(Forbidden):
        queries.overview(as_person(ada, BOB, look_as="owner"))
    with pytest.raises(Forbidden, match="no role 'king'"):
        queries.overview(as_person(ada, ADA, look_as="king"))
    commands.revoke(ada, ADA, "see_bills")
    assert not queries.my_rights(as_person(ada, ADA, look_as="accountant")).may(rights.Permission.SEE_BILLS)


def test_the_owner_of_a_local_database_views_as_another_role_too(database):
    session = seed.company(database)
    looking = Session(database, "owner", session.company_id, session.clock, look_as="viewer")
    queries.overview(looking)
    with pytest.raises(Forbidden, match="You look as a viewer"):
        commands.sync_now(looking)


def test_an_operator_sees_that_a_record_waits_and_not_what_a_closed_list_holds(database, monkeypatch):
    """Customers stand for what will be sent of a closed list; the bill in the inbox is one."""
    found = seed.busy(database)
    with database.writing() as connection:
        inbox.put(
            connection, found.session.company_id, seed.NOON, "Bill", "9", label="B9", deleted=False, payload='{"TotalAmt":5}', cause="c", remedy="r"
        )
    commands.set_role(found.session, BOB, "operator")
    bob = as_person(found.session, BOB)
    monkeypatch.setitem(rights.LIST_OF, "Customer", "bills")
    seen, full = queries.queue(bob).set_index("label"), queries.queue(found.session).set_index("label")
    assert seen.index.tolist() == full.index.tolist()
    assert seen.loc["Alpine Outfitters", "payload"] == HIDDEN
    assert "c1@example.com" in full.loc["Alpine Outfitters", "payload"]
    assert seen.loc["Anchor", "payload"] == full.loc["Anchor", "payload"] != HIDDEN
    assert "c1@example.com" not in seen.to_csv()
    assert queries.inbox(bob).set_index("entity").loc["Bill", "payload"] == HIDDEN
    commands.grant(found.session, BOB, "see_bills")
    assert queries.queue(bob)["payload"].tolist() == full["payload"].tolist()
    assert queries.inbox(bob).set_index("entity").loc["Bill", "payload"] == '{"TotalAmt":5}'


# --- a right that is taken away meanwhile ------------------------------------------------------------------------------


class Interrupting:
    """A clock that lets somebody else act at the moment at which a command asks for the time, before it writes."""

    def __init__(self, clock, act) -> None:
        self._clock, self._act = clock, act

    def now(self):
        act, self._act = self._act, lambda: None
        act()
        return self._clock.now()


def test_who_loses_a_right_before_the_act_begins_does_not_act(ada):
    commands.set_role(ada, BOB, "operator")
    clock = Interrupting(ada.clock, lambda: commands.remove_member(ada, BOB))
    late = Session(ada.database, BOB, ada.company_id, clock, signed_in=True)
    with pytest.raises(Forbidden, match="has no right in this company"):
        commands.sync_now(late)
    with ada.database.reading() as connection:
        assert cycles.open_requests(connection) == []
    assert "sync requested" not in [event for _, event, _ in audited(ada)]


def test_whoever_takes_a_right_away_waits_for_the_act_that_has_begun(ada):
    commands.set_role(ada, BOB, "operator")
    inside, done = threading.Event(), threading.Event()

    @rights.needs(rights.Permission.SYNC)
    def act(session):
        with session.database.writing() as connection:
            inside.set()
            assert not done.wait(0.5), "the right was gone while the act was under way"
            cycles.request(connection, session.company_id, seed.NOON, by=session.actor)

    def take_away():
        inside.wait(10)
        commands.remove_member(ada, BOB)
        done.set()

    other = threading.Thread(target=take_away)
    other.start()
    act(as_person(ada, BOB))
    other.join(20)
    assert done.is_set()
    with pytest.raises(Forbidden):
        act(as_person(ada, BOB))


def test_two_people_act_at_the_same_time_on_postgresql(postgres_database):
    session = seed.company(postgres_database)
    with postgres_database.writing() as connection:
        for person in (ADA, BOB):
            people.put(connection, session.company_id, person, "operator", seed.NOON, "seed")
    both = threading.Barrier(2, timeout=10)

    @rights.needs(rights.Permission.SYNC)
    def act(session):
        with session.database.writing():
            both.wait()

    other = threading.Thread(target=act, args=(as_person(session, BOB),))
    other.start()
    act(as_person(session, ADA))
    other.join(10)


MANY = "name\n" + "".join(f"Customer {number}\n" for number in range(700))


@pytest.mark.parametrize(
    ("meanwhile", "error", "why"),
    [
        (lambda ada: commands.remove_member(ada, BOB), Forbidden, "has no right in this company"),
        (lambda ada: commands.change_settings(ada, {"closing_date": "2026-01-31"}), Refused, "The closing date was changed since the preview"),
    ],
)  # fmt: skip
def test_an_import_ends_where_its_ground_is_taken_away_and_says_what_is_in(ada, meanwhile, error, why):
    commands.set_role(ada, BOB, "manager")
    bob = as_person(ada, BOB)
    prepared = commands.prepare_import(bob, "customer", MANY.encode(), name="many.csv")
    acts = [meanwhile]

    def progress(done, _total):
        if done and acts:
            acts.pop()(ada)

    with pytest.raises(error, match=rf"{why}.* 500 of 700 records are in, and stay\.$"):
        commands.apply_import(bob, prepared, progress=progress)
    assert queries.records_count(ada, "customer") == 500
    assert [(actor, detail["file"]) for actor, event, detail in audited(ada) if event == "import stopped"] == [(BOB, "many.csv")]


class Redrawn(BaseException):
    """What a page raises out of the middle of a command when a click draws it anew: no Exception, as Streamlit's own."""


@pytest.mark.parametrize(("mode", "said", "stay"), [("good", "500 of 700 records are in, and stay.", 500), ("all", "Nothing was written.", 0)])
def test_an_import_that_a_click_breaks_off_has_its_line_all_the_same(ada, mode, said, stay):
    prepared = commands.prepare_import(ada, "customer", MANY.encode(), name="many.csv")

    def progress(done, _total):
        if done:
            raise Redrawn

    with pytest.raises(Redrawn) as broken:
        commands.apply_import(ada, prepared, mode=mode, progress=progress)
    assert broken.value.__notes__ == [said]
    assert queries.records_count(ada, "customer") == stay
    detail = {"file": "many.csv", "mode": mode, "why": f"It was broken off. {said}"}
    assert audited(ada) == [(ADA, "import stopped", detail)]
