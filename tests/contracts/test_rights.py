"""Default deny: every public function of `commands` and `queries` declares a right, and lets through exactly who has it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from syncengine import commands, queries
from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.errors import Bug, Forbidden, SyncEngineError
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import outbox, people, rights
from tests.support.source import ROOT
from tests.unit.queries import seed

#: The table of people and permissions, typed off once more: role -> columns with a yes.
LISTS = "see_accounts see_bills see_credit_memos see_employees see_journal_entries see_purchases see_tax_codes"
ROLES = {
    "": "",
    "viewer": "see_sync",
    "accountant": f"see_sync {LISTS}",
    "operator": "see_sync sync",
    "manager": f"see_sync {LISTS} sync manage",
    "owner": f"see_sync {LISTS} sync manage own sql",
}
#: What each function needs, typed off once more; a function that is not here is held to what it declares.
NEEDS = {
    "see_sync": "overview view_in_quickbooks progress runs runs_totals records records_count records_extent records_moment records_page records_surplus queued_targets record_states record_state timeline queue queue_counts "
    "queued queue_and_row queue_mark queue_authors "
    "reads pulse support_report support_address "
    "waiting_counts error_causes error_groups error_group_counts error_corrections correction_of group_correction error conflict_records decisions held_back held_back_counts attempt_of trouble_counts errors top_error conflicts drifts reconcile brake inbox ledger_counts accounting_lists schedule coming_slots slots",
    "sync": "sync_now remove move_to_bottom retry retry_errors add_to_sync remove_matching move_matching_to_bottom retry_matching add_back ask_matching ask_add_back ask_retry_errors",
    "manage": "choose choose_sides answer_drift answer_brake prepare_import apply_import import_file keep_import ask_look ask_import drop_import kept_import kept_import_problems kept_imports classes classes_count departments departments_count tracking "
    "change_names save_name delete_name correct_now correct_group ask_correct_group undo_correction",
    "sql": "sql sql_views",
    "own": "alerts alert_messages sends_mail add_alert change_alert remove_alert renew_alert_secret test_alert "
    "settings foresee_settings settings_history connection consent_address keep_app_keys begin_connecting finish_connecting never_connect add_company rename_company disconnect reconnect change_settings set_automatic set_schedule people people_count people_changes people_changes_count change_person set_role remove_member grant revoke leave_to_role",
}
NEEDED = {name: need for need, names in NEEDS.items() for name in names.split()}
NEEDED |= dict.fromkeys(("find", "record", "record_kinds", "run", "sends", "received", "acts"), "see_sync")
NEEDED |= dict.fromkeys(("add_records_to_sync", "add_all_to_sync"), "sync")
NEEDED |= {**dict.fromkeys(("long_act", "stop_act", "acknowledge_act"), "see_sync"), "long_removal": "sync"}
NEEDED |= {"sample_day": "see_sync", "missing_invoice": "see_sync", "reset_sample": "own"}
#: What shows nothing of a company, or looks after it itself.
OPEN = {"companies", "connect", "first_run", "kinds", "my_rights", "narrow", "summarise", "whole"}
OPEN |= {"companies_overview", "grouped", "kind_facts"}
SHEET = b"code,name\nx1,Delta Sails\n"


def functions() -> dict[str, Callable[..., Any]]:
    """Every function that the two faces offer, and every one beneath them that takes a session."""
    found = {}
    for face in (commands, queries):
        found.update({name: getattr(face, name) for name in face.__all__ if inspect.isfunction(getattr(face, name))})
        for module in pkgutil.iter_modules(face.__path__, f"{face.__name__}."):
            for name, thing in vars(importlib.import_module(module.name)).items():
                own = inspect.isfunction(thing) and thing.__module__ == module.name and not name.startswith("_")
                if own and next(iter(inspect.signature(thing).parameters), "") == "session":
                    found[name] = thing
    return found


FUNCTIONS = functions()


def company_of(database: Database, name: str) -> seed.Seed:
    """A busy company whose QuickBooks tracks both lists, with an entry in each accounting list."""
    found = seed.busy(database, name)
    company_id, now = found.session.company_id, found.session.clock.now()
    on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    with database.writing() as connection:
        ledger.keep(connection, company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], now)
        for number, entity in enumerate(rights.LIST_OF, start=1):
            ledger.keep(connection, company_id, entity, [{"Id": str(number), "Name": f"{name} {entity}"}], now)
    return found


@pytest.fixture(scope="module")
def database(sqlite_template, tmp_path_factory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("rights") / "tieout.db"
    shutil.copyfile(sqlite_template, path)
    made = Database(f"sqlite:///{path}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def harbour(database) -> seed.Seed:
    found = company_of(database, "Harbour")
    with database.writing() as connection:
        for role in ROLES:
            if role:
                people.put(connection, found.session.company_id, f"{role}@harbour.example", role, seed.NOON, "seed")
    return found


def as_role(found: seed.Seed, role: str, **more: Any) -> Session:
    session = found.session
    return Session(session.database, f"{role or 'nobody'}@harbour.example", session.company_id, session.clock, signed_in=True, **more)


def calls(found: seed.Seed, name: str) -> list[tuple[Any, ...]]:
    """Real arguments of a function, with the ids of the company `found`; made-up ones for a function that is not known here."""
    database, company_id = found.database, found.session.company_id
    with database.reading() as connection:
        rows = [(row["id"], row["version"]) for row in outbox.rows(connection, company_id)]
    alpine = found.customers["Alpine Outfitters"]
    conflicts = queries.conflicts(found.session)["id"].tolist() or [1]
    every = queries.Wanted()
    mark = queries.queue_mark(found.session, every)
    known: dict[str, list[tuple[Any, ...]]] = {
        "remove": [(rows[:1],)], "move_to_bottom": [(rows[:1],)], "retry": [(rows[:1],)], "add_to_sync": [("customer", alpine)],
        "choose_sides": [([commands.Side(conflicts[0], "ours", "")],)], "retry_errors": [(1, 1)], "correct_group": [("x", 1, 1)], "ask_correct_group": [("x", 1, 1)], "ask_retry_errors": [(1, 1)], "ask_add_back": [(1, 1)], "ask_matching": [("remove", every, mark)],
        **{each: [(1,)] for each in ("stop_act", "acknowledge_act")}, **{each: [("remove", 1)] for each in ("begin", "carry_on")}, "group_correction": [("x",)], "held_back": [("x",)], "held_back_counts": [(["x"],)],
        **{each: [(every, mark)] for each in ("remove_matching", "move_matching_to_bottom")},
        "retry_matching": [(every, queries.queue_mark(found.session, replace(every, block="needs attention")))],
        "add_alert": [("webhook", "https://hooks.example/x", ["x"])], "change_alert": [(1, ["x"])],
        **{each: [(1,)] for each in ("remove_alert", "renew_alert_secret", "test_alert")},
        **{each: [(1,)] for each in ("attempt_of", "error", "correction_of", "correct_now", "undo_correction")},
        "choose": [(conflicts[0], "ours")], "answer_drift": [(1, "ours")], "answer_brake": [(1, "go")], "change_settings": [({"stop_at_first_error": True},)], "foresee_settings": [({"direction": "nothing"},)], "finish_connecting": [({"state": "x", "code": "y", "realmId": "1"},)],
        "begin_connecting": [("http://localhost:8501/settings",)], "keep_app_keys": [("id", "secret")], "rename_company": [("Harbour",)], "add_company": [("New", "UTC", "empty")], "set_automatic": [("hourly",)],
        "sql": [("SELECT * FROM queue",), ("SELECT payload FROM ledger",), ("SELECT * FROM records_customer",)],
        "prepare_import": [("customer", SHEET)], "import_file": [("customer", SHEET)], "keep_import": [("customer", SHEET)],
        "apply_import": [(commands.prepare_import(found.session, "customer", SHEET, name="a.csv"),)],
        "add_records_to_sync": [("customer", [alpine])], "add_all_to_sync": [("customer", 3)], "find": [("alpine",)], "run": [(found.cycle,)], "record": [("customer", alpine)],
        "records": [("customer",)], "records_page": [("customer",)], "records_extent": [("customer",)], "records_surplus": [("customer", "failed")], "queued_targets": [("customer",)], "records_count": [("customer",)], "record_states": [("customer", [alpine])],
        "record_state": [("customer", alpine)], "view_in_quickbooks": [("customer", alpine)], "timeline": [("customer", alpine)], "reconcile": [("adjustment",)],
        "ledger": [(entity,) for entity in (*rights.LIST_OF, "Customer")],
        **{each: [(name,) for name in rights.LISTS] for each in ("accounting_list", "accounting_count", "accounting_page", "accounting_totals")},
        "accounting_entry": [(name, "1") for name in rights.LISTS],
        "save_name": [("class", "Retail")], "delete_name": [("class", 1)], "change_names": [("class", [commands.SaveName("New")])],
        "change_person": [("other@harbour.example", commands.Standing("viewer"), commands.Standing())],
        "set_role": [("new@harbour.example", "viewer")], "remove_member": [("new@harbour.example",)],
        **{each: [("viewer@harbour.example", "see_bills")] for each in ("grant", "revoke", "leave_to_role")},
    }  # fmt: skip
    return known.get(name) or [made_up(FUNCTIONS[name])]


def made_up(function: Callable[..., Any]) -> tuple[Any, ...]:
    needed = list(inspect.signature(function).parameters.values())[1:]
    return tuple(1 if "int" in str(each.annotation) else "x" for each in needed if each.default is each.empty and each.kind < each.VAR_POSITIONAL)


def is_refused(name: str, session: Session, *args: Any) -> bool:
    """Whether the person was turned away. Whatever else a command says to a person comes after that."""
    try:
        FUNCTIONS[name](session, *args)
    except Forbidden:
        return True
    except Bug:
        raise
    except Exception as error:
        if name in NEEDED and not isinstance(error, SyncEngineError):
            raise  # made-up arguments may end in anything, real ones may not
    return False


def wanted(name: str, args: tuple[Any, ...]) -> set[str]:
    """What the call needs: by the table above where it is there, else as declared."""
    if name in NEEDED:
        return {NEEDED[name]}
    declared = rights.needed(FUNCTIONS[name])
    return {str(each) for each in (declared(*args) if callable(declared) else declared or ())}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_public_function_declares_a_right(name):
    assert rights.needed(FUNCTIONS[name]) is not None, f"{name}: put rights.needs(...) on it"


def test_only_what_shows_nothing_of_a_company_is_open_to_all():
    assert {name for name, function in FUNCTIONS.items() if rights.needed(function) == ()} == OPEN


def test_the_tables_here_name_no_function_that_is_gone():
    assert set(NEEDED) | OPEN <= set(FUNCTIONS)


def test_a_function_without_a_declaration_cannot_be_reached(monkeypatch):
    def forgotten(session: Session) -> None:
        """Nothing says who may call it."""

    monkeypatch.setattr("syncengine.queries.history.runs", forgotten)
    monkeypatch.delitem(vars(queries), "runs", raising=False)
    with pytest.raises(Bug, match="runs declares no right"):
        queries.runs  # noqa: B018 -- looking is the test


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - OPEN))
def test_each_role_may_do_exactly_what_the_table_says(harbour, name):
    for args in calls(harbour, name):
        for role, held in ROLES.items():
            refused = is_refused(name, as_role(harbour, role), *args)
            assert refused is not (wanted(name, args) <= set(held.split())), (name, role, args)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_who_looks_as_a_role_may_do_what_it_may_and_no_more(harbour, role):
    session = as_role(harbour, "owner", look_as=role or "viewer")
    held = set(ROLES[role or "viewer"].split())
    for name in ("overview", "sync_now", "tracking", "people"):
        assert is_refused(name, session) is not (wanted(name, ()) <= held), name


# --- a right that is taken away meanwhile ------------------------------------------------------------------------------


class Overtaken(Database):
    """A database whose people are changed by somebody else just before the next writing transaction begins."""

    overtake: Callable[[], None] | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        act, type(self).overtake = type(self).overtake, None
        if act is not None:
            act()
        with super().writing() as connection:
            yield connection


#: Commands that write nothing.
LOOKS = {"prepare_import"}


@pytest.mark.parametrize("how", ["removed", "refused singly"])
@pytest.mark.parametrize("name", sorted(set(commands.__all__) & set(FUNCTIONS) - LOOKS))
def test_a_right_that_is_taken_away_before_the_act_begins_acts_no_more(harbour, database, name, how, monkeypatch):
    person, company_id = "late@harbour.example", harbour.session.company_id
    args, need = calls(harbour, name)[0], NEEDED[name]

    def take_away() -> None:
        with database.writing() as connection:
            if how == "removed":
                people.remove(connection, company_id, person)
            elif need in rights.ROLE_ONLY:
                people.put(connection, company_id, person, "manager", seed.NOON, "seed")
            else:
                people.put_grant(connection, company_id, person, need, seed.NOON, "seed", allowed=False)

    with database.writing() as connection:
        people.remove(connection, company_id, person)
        people.put(connection, company_id, person, "owner" if need == "own" else "manager", seed.NOON, "seed")
    before = {table: rows for table, rows in everything_of(database, company_id).items() if "member" not in table and "grant" not in table}
    overtaken = Overtaken(database.url)
    monkeypatch.setattr(Overtaken, "overtake", staticmethod(take_away))
    session = Session(overtaken, person, company_id, harbour.session.clock, signed_in=True)
    try:
        with pytest.raises(Forbidden, match=r"has no right|among the rights"):
            FUNCTIONS[name](session, *args)
    finally:
        overtaken.close()
    assert Overtaken.overtake is None, "the command began no transaction"
    after = {table: rows for table, rows in everything_of(database, company_id).items() if table in before}
    assert {table: rows for table, rows in after.items() if rows != before[table]}.keys() <= ({"sync_audit"} if "import" in name else set())


# --- no way into another company ---------------------------------------------------------------------------------------


def everything_of(database: Database, company_id: int) -> dict[str, list[Any]]:
    """All rows of one company in all tables that have a company."""
    with database.reading() as connection:
        tables = [table for table in Base.metadata.sorted_tables if "company_id" in table.columns]
        return {
            table.name: sorted(map(str, connection.execute(select(table).where(table.c.company_id == company_id)))) for table in tables
        }


@pytest.fixture(scope="module")
def globex(harbour, database) -> Session:
    """An owner of another company, and of that one alone."""
    session = seed.company(database, "Globex")
    with database.writing() as connection:
        people.put(connection, session.company_id, "owner@globex.example", "owner", seed.NOON, "seed")
        on = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
        ledger.keep(connection, session.company_id, "Preferences", [{"Id": "1", "AccountingInfoPrefs": on}], seed.NOON)
    return Session(database, "owner@globex.example", session.company_id, session.clock, signed_in=True)


def words_of(name: str, session: Session, *args: Any) -> str:
    """All that a function shows or says."""
    try:
        shown = FUNCTIONS[name](session, *args)
    except Bug:
        raise
    except Exception as error:
        if name in NEEDED and not isinstance(error, SyncEngineError):
            raise
        return str(error)
    return str(shown.to_csv()) if hasattr(shown, "to_csv") else repr(shown)


#: What only the first company's rows say.
MARKS = ("Alpine", "Bluebird", "Coral", "Anchor", "Northern", "Twice", "Harbour")


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - OPEN))
def test_no_function_reaches_another_companys_rows(harbour, globex, database, name):
    before = everything_of(database, harbour.session.company_id)
    for args in calls(harbour, name):
        said = words_of(name, globex, *args)
        assert not [mark for mark in MARKS if mark in said], f"{name}{args} shows rows of another company"
    assert everything_of(database, harbour.session.company_id) == before, f"{name} changes rows of another company"


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - OPEN))
def test_an_owner_of_one_company_has_no_right_in_another(harbour, globex, name):
    stranger = Session(globex.database, globex.actor, harbour.session.company_id, globex.clock, signed_in=True)
    for args in calls(harbour, name):
        assert is_refused(name, stranger, *args)


@pytest.mark.parametrize("name", sorted(set(commands.__all__) & set(FUNCTIONS)))
def test_no_command_writes_the_view_only_copies(harbour, database, name):
    """S37: what the seven lists show is changed in QuickBooks and nowhere else."""
    table = Base.metadata.tables["ledger_object"]
    with database.reading() as connection:
        before = connection.execute(select(table).order_by(table.c.id)).all()
    for args in calls(harbour, name):
        is_refused(name, as_role(harbour, "owner"), *args)
    with database.reading() as connection:
        assert connection.execute(select(table).order_by(table.c.id)).all() == before


def test_the_page_about_people_shows_the_roles_and_permissions_that_there_are():
    page = (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    head = next(row for row in cells if row[0] == "role")
    columns = {"the seven lists": LISTS.split()}
    shown = {
        row[0]: " ".join(name for title, yes in zip(head[1:], row[1:], strict=True) if yes for name in columns.get(title, [title]))
        for row in cells
        if row[0] in ROLES
    }
    assert {role: set(names.split()) for role, names in shown.items()} == {role: set(has.split()) for role, has in ROLES.items() if role}
    said = {row[0].strip("`"): row[1] for row in cells if len(row) == 2 and row[0].startswith("`")}
    assert said == {str(permission): words for permission, words in rights.SAYS.items()}
    assert {role: {str(each) for each in has} for role, has in rights.ROLES.items()} == {
        role: set(has.split()) for role, has in ROLES.items() if role
    }
