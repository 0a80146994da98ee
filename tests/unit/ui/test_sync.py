"""The Sync page: the light, Sync now and its progress, what waits, automatic sync, the runs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, update
from streamlit.testing.v1 import AppTest

from syncengine import commands, queries
from syncengine.queries import Progress
from syncengine.store import brakes, cycles, settings
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Cycle, Lease, Worker
from syncengine.terms import Trigger
from syncengine.ui import attention, charts, live, words
from tests.unit.ui.conftest import as_member, now, run, texts

PAGE = "pages/sync.py"


def finished(session, result="ok"):
    with session.database.writing() as connection:
        cycle_id = cycles.start(connection, session.company_id, now(), trigger=Trigger.MANUAL, by="Ada", fence=1)
        cycles.finish(connection, cycle_id, now(), result=result, message=None, seconds=2.0, sent=4)


def icon(at):
    return at.button(key="sync.now").proto.icon


def test_the_button_bears_the_check_or_the_x_of_the_last_sync(open_page, idle, busy):
    assert icon(open_page(PAGE, company="Empty")) == ":material/sync:"
    finished(idle)
    assert icon(open_page(PAGE, company="Empty")) == ":material/check_circle:"
    assert icon(open_page(PAGE, company="Harbour")) == ":material/cancel:"


def test_sync_now_asks_for_a_sync_and_cannot_be_pressed_twice(open_page, idle):
    at = open_page(PAGE)
    at.button(key="sync.now").click()
    run(at)
    assert queries.progress(idle).by == "owner"
    assert at.button(key="sync.now").disabled
    assert "A sync is running" in texts(at)
    with idle.database.writing() as connection:
        connection.execute(delete(Worker))
    said = texts(open_page(PAGE))
    assert "A sync is asked for" in said, "none can be running"
    assert "A sync is running" not in said
    assert "Syncing" not in said


def test_progress_is_read_from_the_database_and_so_survives_a_reload(open_page, idle):
    with idle.database.writing() as connection:
        cycle_id = cycles.start(connection, idle.company_id, now(), trigger=Trigger.MANUAL, by="Bo", fence=1)
        cycles.progress(connection, cycle_id, now(), phase="Sending to QuickBooks", done=30, total=120, sent=30)
    for _ in range(2):
        at = open_page(PAGE)
        # Where the machine is slow, an estimate of what is left stands between the two.
        assert "30 sent · 0 received · " in texts(at)
        assert " · started by Bo, " in texts(at)
        assert not at.button(key="sync.now").disabled


def test_the_end_of_a_sync_shows_what_it_did(open_page, idle):
    at = open_page(PAGE)
    finished(idle)
    run(at)
    assert "Everything went through" in texts(at)
    assert "4 sent" in texts(at)
    assert at.dataframe[0].value["outcome"].tolist() == ["✓ Went well"]


def test_first_steps_are_offered_until_the_first_sync(open_page, idle):
    assert "What to try" in texts(open_page(PAGE))
    finished(idle)
    assert "What to try" not in texts(open_page(PAGE))


def test_numbers_say_what_waits_and_what_needs_a_person(open_page, busy):
    at = open_page(PAGE)
    assert {metric.label: metric.value for metric in at.metric} == {
        "Waiting to be sent": "3",
        "Need attention": "2",
        "Decisions for you": "2",
        "Next automatic sync": "Never",
    }
    assert at.dataframe[0].value["kind"].tolist() == ["Customer", "Invoice", "Item", "Vendor"]


def test_automatic_sync_is_offered_after_the_first_success_only(open_page, idle, busy):
    assert "until a sync that you started yourself" in texts(open_page(PAGE, company="Empty"))
    at = open_page(PAGE, company="Harbour")
    at.radio[0].set_value("daily")
    run(at)
    assert queries.overview(busy.session).automatic == "daily"
    assert "Automatic sync is now: daily." in texts(at)
    assert at.metric[3].value != "Never"


def test_a_silent_worker_is_said_with_what_to_do(open_page, idle):
    with idle.database.writing() as connection:
        connection.execute(update(Worker).values(beat_at=now() - timedelta(minutes=1)))
    assert "python -m syncengine worker" in texts(open_page(PAGE))


@pytest.mark.parametrize("bundled", ["0", "no"])
def test_no_worker_is_started_where_the_setting_forbids_it(open_page, idle, monkeypatch, bundled):
    monkeypatch.setenv("TIEOUT_BUNDLED", bundled)
    monkeypatch.setattr("syncengine.ui.bundled._child", lambda: pytest.fail("a worker was started"))
    with idle.database.writing() as connection:
        connection.execute(delete(Worker))
    open_page(PAGE)


def test_a_sync_with_nothing_to_fear_in_other_companies(open_page, idle, busy):
    at = open_page(PAGE, company="Empty")
    at.button(key="sync.now").click()
    run(at)
    assert queries.progress(busy.session) is None


def test_what_needs_a_person_is_counted_with_the_way_to_it(open_page, busy):
    said = texts(open_page(PAGE))
    assert "**1** failed record that cannot go on by itself" in said
    assert "**1** field changed on both sides" in said
    assert "**1** record from QuickBooks not taken in" in said
    assert "1 more record failed and is tried again by the next sync." in said


def test_where_nothing_needs_a_person_the_page_says_so(open_page, idle):
    assert "Nothing. Failed records, conflicts and questions would be named here." in texts(open_page(PAGE))


def test_a_sync_that_stopped_and_asks_is_the_first_matter(open_page, busy):
    with busy.database.writing() as connection:
        brakes.ask(connection, busy.session.company_id, now(), what="emptied", question="Really?", facts={"marks": []}, cycle_id=busy.cycle)
    said = texts(open_page(PAGE))
    assert said.index("sync stopped and asks before it goes on") < said.index("failed record that cannot go on")
    assert "Question: The sync has stopped and asks: it was about to change more than seems right." in said.replace("*", "")


def test_on_every_page_the_strip_says_that_a_sync_asks_and_leads_to_the_answer(open_page, busy):
    with busy.database.writing() as connection:
        brakes.ask(connection, busy.session.company_id, now(), what="emptied", question="Really?", facts={"marks": []}, cycle_id=busy.cycle)
    at = open_page("dashboard.py")
    assert "The sync has stopped and asks before it goes on. Nothing is sent or taken in until somebody answers." in texts(at)
    assert {"Answer it", "Answer the sync's question"} <= {each.proto.label for each in at.main.get("page_link")}
    commands.answer_brake(busy.session, queries.brake(busy.session)["id"], "keep")
    assert "The sync has stopped" not in texts(run(at))


def test_the_chart_tells_its_runs_in_words(open_page, busy):
    said = "1 sync in 30 days: 1 did not go well (✕); 7 sent (filled), 3 received (hollow), 2 failed (on top, in red)."
    assert said in texts(open_page(PAGE))


def test_the_chart_is_of_the_last_fifty_runs_of_thirty_days(idle):
    moment = now()
    with idle.database.writing() as connection:
        for days in [40, *[20] * 60]:
            at = moment - timedelta(days=days)
            cycle_id = cycles.start(connection, idle.company_id, at, trigger=Trigger.MANUAL, by="Ada", fence=1)
            cycles.finish(connection, cycle_id, at, result="ok", message=None, seconds=1, sent=2, received=1, failed=0)
    found = charts.recent(queries.runs(idle, size=charts.MOST), moment)
    assert charts.says(found) == "The last 50 syncs: all of them went well; 100 sent (filled), 50 received (hollow)."
    assert found["id"].is_monotonic_increasing
    told = charts.bars(found, "UTC")
    assert told[["part", "records"]].values.tolist()[:3] == [["Sent", 2], ["Received", 1], ["Failed", 0]]
    assert set(told["sign"]) == {""}
    assert charts.recent(queries.runs(idle, size=100), moment)["id"].size == 60


def test_the_meter_says_that_reads_of_a_sample_company_are_free(open_page, busy):
    said = texts(open_page(PAGE))
    assert "This company: 1 read; 0.10 for each of 10 records sent or received. They are free" in said
    assert "reads used" not in said


def test_the_meter_warns_where_the_budget_will_not_last():
    found = queries.Reads(date(2026, 1, 1), 400_000, 400_000, 700_000, 700_000, 10, Decimal("0.1"), metered=True)
    assert "the budget will not last" in attention.explained(found)
    assert attention.used(found) == "400,000 of 500,000 reads used (80.0 %), about 700,000 by the end of January"


def test_the_time_left_follows_the_pace_of_the_phase_not_of_the_whole_run():
    since = now() - timedelta(seconds=62)
    progress = Progress(1, "Sending", 10, 100, 10, 0, 0, since, "Ada", phase_since=now() - timedelta(seconds=2))
    assert live.time_left(progress, progress.phase_since + timedelta(seconds=2)) == "about 20 seconds left"
    assert live.time_left(replace(progress, phase_since=None), now()) == ""
    assert live.time_left(replace(progress, done=9), now()) == ""


def test_a_sync_that_should_have_run_long_ago_is_said_to_be_overdue(busy):
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "automatic_sync", value="hourly")
        connection.execute(update(Cycle).values(result="ok"))
        connection.execute(update(Lease).values(next_run_at=now() - timedelta(days=3)))
    overview = queries.overview(busy.session)
    assert words.news(overview, now()).endswith("no news since: the automatic sync is overdue")
    soon = replace(overview, next_run_at=now() + timedelta(minutes=5))
    assert "overdue" not in words.news(soon, now())
    assert " · next " in words.news(soon, now())


def cut_off(busy):
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "automatic_sync", value="hourly")
        connection.execute(update(Link).values(realm="sealed", state="disconnected"))


def test_a_company_that_is_cut_off_says_so_above_every_page_and_offers_no_sync(open_page, busy):
    cut_off(busy)
    at = open_page("dashboard.py")
    assert "Disconnected from QuickBooks: nothing is synced · last sync" in texts(at)
    assert at.header[0].value == ":orange[:material/link_off:] Disconnected from QuickBooks"
    assert {each.label: each.value for each in at.metric}["Next automatic sync"] == "None"
    assert "next today" not in texts(at)
    assert "Syncs run when they are due" not in texts(at)
    button = at.button(key="sync.now")
    assert button.disabled
    assert button.proto.help == "Disconnected from QuickBooks: nothing is synced. Connect it under Settings, Connection."
    assert "Connect it" in [each.proto.label for each in at.main.get("page_link")]


def strip():
    """The strip as it stands above every page but Sync."""
    from syncengine import queries
    from syncengine.ui import frame
    from syncengine.ui import session as sessions

    session = sessions.current()
    frame._Strip(session, with_button=True, leads=True)(queries.overview(session))


def test_the_button_above_every_page_is_off_while_the_company_is_cut_off(open_page, busy):
    open_page(PAGE)  # for the environment in which pages run
    assert not run(AppTest.from_function(strip)).button(key="frame.sync_now").disabled
    cut_off(busy)
    at = run(AppTest.from_function(strip))
    assert at.button(key="frame.sync_now").disabled
    assert "Disconnected from QuickBooks: nothing is synced · last sync" in texts(at)


def test_who_may_not_connect_a_company_that_is_cut_off_is_told_who_may(open_page, busy):
    cut_off(busy)
    as_member(busy, "olga@example.com", "operator")
    at = open_page("dashboard.py", visitor="olga@example.com")
    assert "Ask an owner to connect it." in texts(at)
    assert at.button(key="sync.now").proto.help.endswith("nothing is synced. Ask an owner to connect it.")
    assert "Connect it" not in [each.proto.label for each in at.main.get("page_link")]


def test_a_company_that_was_never_connected_is_not_told_to_press_sync_now(open_page, idle):
    with idle.database.writing() as connection:
        connection.execute(update(Link).values(environment="sandbox", sample=None, state="disconnected"))
    at = open_page(PAGE)
    assert "Not connected to QuickBooks yet: nothing is synced" in at.button(key="sync.now").proto.help
    assert "Press **Sync now** above" not in texts(at)


def test_the_figure_of_the_next_sync_says_that_it_is_overdue(open_page, busy):
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "automatic_sync", value="hourly")
        connection.execute(update(Lease).values(next_run_at=now() - timedelta(days=3)))
    assert {each.label: each.value for each in open_page(PAGE).metric}["Next automatic sync"] == "Overdue"


def test_a_company_that_is_not_there_gives_its_place_to_no_other(open_page, busy, idle):
    at = open_page(PAGE, company="Renamed")
    assert "not open to you, or has another name by now" in texts(at)
    assert [each.label for each in at.button] == []
    at.selectbox[0].set_value("Empty")
    run(at)
    assert at.query_params["company"] == "Empty"
    assert "not open to you" not in texts(at)
    assert at.title[0].value == "Sync"


def test_the_chart_s_heading_says_how_far_it_reaches(open_page, idle):
    finished(idle)
    assert "The last 30 days" in [each.value for each in open_page(PAGE).header]
    for _ in range(charts.MOST):
        finished(idle)
    headings = [each.value for each in open_page(PAGE).header]
    assert f"The last {charts.MOST} syncs" in headings
    assert "The last 30 days" not in headings


def test_whose_clock_a_time_is_told_by_stands_beside_it(open_page, busy):
    with busy.database.writing() as connection:
        settings.put(connection, busy.session.company_id, "automatic_sync", value="hourly")
    at = open_page("dashboard.py")
    assert re.search(r" · next (today|tomorrow), \d\d:\d\d E[SD]T", texts(at))
    tile = next(each for each in at.metric if each.label.startswith("Next sync"))
    assert tile.proto.help == "By the company's clock: America/New_York."
    assert any('"Started (New York)"' in each.proto.columns for each in at.dataframe)
