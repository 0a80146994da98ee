"""The lesson leads from the missing invoice to its arrival: its place is in the address, what is done it reads from the database."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from syncengine import commands
from syncengine.db.engine import Database
from syncengine.queries import MissingInvoice, Session
from syncengine.store import people
from syncengine.store.tables import Connection
from syncengine.ui import lesson, menu
from tests.support.sample import opened
from tests.support.world import World
from tests.unit.ui.conftest import run, texts

STEPS = len(lesson.STEPS)


@pytest.fixture
def demo(sample_folder: Path, sqlite_database: Database, tmp_path: Path) -> Iterator[tuple[World, Session]]:
    """The sample company with its day, in the database over which pages open."""
    for file in sample_folder.iterdir():
        shutil.copyfile(file, tmp_path / file.name)
    world, session = opened(sqlite_database, tmp_path)
    yield world, session
    world.emulator.close()


def step(at: Any) -> str:
    """The title of the step that is shown; nothing where the lesson is closed."""
    found = re.search(r"Lesson, step \d of \d: (.*)\*\*", texts(at))
    return found[1] if found else ""


def error_id(world: World, label: str) -> int:
    return next(each["id"] for each in world.errors(1) if each["label"] == label)


def test_the_lesson_leads_to_the_invoice_in_quickbooks(open_page, demo):
    world, session = demo
    at = open_page("dashboard.py")
    assert step(at) == ""
    at.button(key="lesson.start").click()
    assert step(run(at)) == "An invoice is missing"
    at.switch_page("pages/errors.py")
    assert step(run(at)) == "Find the cause"
    at.button(key="lesson.next").click()
    assert step(run(at)) == "Mend it"
    assert "lesson.next" not in [each.key for each in at.button], "what is to be done ends by itself"
    commands.correct_now(session, error_id(world, "10279"))
    assert step(run(at)) == "Watch it go"
    world.clock.advance(60)
    world.sync(1)
    assert step(run(at)) == "Be sure"
    at.button(key="lesson.next").click()
    assert step(run(at)) == "What else went"
    at.button(key="lesson.close").click()
    assert step(run(at)) == ""
    assert lesson.KEY not in at.query_params


def test_a_reload_and_a_second_browser_show_the_same_step(open_page, demo):
    assert step(open_page("dashboard.py", lesson="3")) == "Mend it"
    assert step(open_page("pages/records.py", lesson="2")) == "Find the cause"


def test_every_link_takes_the_lesson_along(open_page, demo):
    at = open_page("dashboard.py", lesson="2")
    links = [each.proto.query_string for each in at.get("page_link")]
    assert links
    assert all("lesson=2" in each for each in links)


def test_who_has_mended_it_without_the_lesson_is_at_the_step_behind(open_page, demo):
    world, session = demo
    commands.correct_now(session, error_id(world, "10279"))
    world.clock.advance(60)
    world.sync(1)
    assert step(open_page("dashboard.py", lesson="1")) == "Be sure"


@pytest.mark.parametrize("wanted", ["0", "-1", "abc", "", "²", "1.5"])
def test_an_address_that_names_no_step_is_a_closed_lesson(open_page, demo, wanted):
    at = open_page("dashboard.py", lesson=wanted)
    assert step(at) == ""
    assert at.button(key="lesson.start")


def test_a_step_beyond_the_last_is_the_last(open_page, demo):
    assert step(open_page("dashboard.py", lesson="99")) == lesson.STEPS[-1].title


@pytest.mark.parametrize("path", [each.path for each in menu.ENTRIES])
def test_each_page_says_in_one_line_what_to_try(open_page, demo, path):
    said = [each.value for each in open_page(path).caption if "Try this" in each.value]
    assert len(said) == 1
    assert len(said[0]) < 200


def test_the_lesson_is_for_the_sample_company_alone(open_page, busy):
    with busy.database.writing() as connection:
        connection.execute(update(Connection).values(environment="sandbox", sample=None))
    at = open_page("dashboard.py", lesson="2", company="Harbour")
    assert step(at) == ""
    assert "lesson.start" not in [each.key for each in at.button]
    assert "sample company" not in texts(at)


@pytest.mark.parametrize(("role", "offered"), [("viewer", False), ("operator", False), ("manager", True), ("owner", True)])
def test_it_is_offered_to_who_can_carry_it_out(open_page, demo, role, offered):
    world, session = demo
    with session.database.writing() as connection:
        people.put(connection, 1, "ada@example.com", role, world.clock.now(), "seed")
    at = open_page("dashboard.py", visitor="ada@example.com")
    assert ("lesson.start" in [each.key for each in at.button]) is offered
    assert bool(step(open_page("dashboard.py", visitor="ada@example.com", lesson="2"))) is offered


def test_where_somebody_deleted_the_invoice_there_is_nothing_to_learn(open_page, demo):
    world, _ = demo
    world.sql("DELETE FROM invoice WHERE number = '10279'")
    assert step(open_page("dashboard.py", lesson="2")) == ""


def test_every_step_names_a_page_that_there_is():
    paths = {each.path: each.title for each in menu.ENTRIES}
    for each in lesson.STEPS:
        assert each.page is None or paths[each.page[0]] == each.page[1]
        assert not each.until or each.until in paths.values()


@pytest.mark.parametrize(
    ("asked", "there", "wanted", "shown"), [(False, False, 1, 1), (False, False, 3, 3), (True, False, 1, 4), (True, True, 2, 5), (False, True, 6, 6)]
)
def test_what_the_database_says_counts_for_more_than_the_address(asked, there, wanted, shown):
    assert lesson.current(MissingInvoice("10279", 1, failing=not there, asked=asked, there=there), wanted) == shown


def tried(at: Any) -> str:
    """What the page says to try."""
    return next(each.value for each in at.caption if "Try this" in each.value)


def test_once_the_invoice_is_there_nobody_is_sent_to_look_for_it(open_page, demo):
    world, session = demo
    assert "find invoice 10279" in tried(open_page("pages/errors.py"))
    assert "find the missing invoice" in tried(open_page("pages/sync.py"))
    assert "invoice 10280" in tried(open_page("pages/preview.py"))
    commands.correct_now(session, error_id(world, "10279"))
    world.clock.advance(60)
    world.sync(1)
    at = open_page("pages/sync.py")
    assert "missing invoice" not in tried(at)
    assert "Find out why" not in texts(at)
    assert "bring the day back to take its lesson again" in texts(at)
    assert "lesson.start" not in [each.key for each in at.button], "it would begin behind its middle"
    assert "10279" not in tried(open_page("pages/errors.py"))
    assert "invoice 10280" not in tried(open_page("pages/preview.py"))


def test_who_may_not_sync_is_told_of_nothing_that_they_do_not_have(open_page, demo):
    world, session = demo
    with session.database.writing() as connection:
        people.put(connection, 1, "vera@example.com", "viewer", world.clock.now(), "seed")
    said = tried(open_page("pages/sync.py", visitor="vera@example.com"))
    assert "Sync errors" in said
    assert "Sync now" not in said
    assert "lesson" not in said
