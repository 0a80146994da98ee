"""The menu: S1 to S6."""

from __future__ import annotations

import pandas as pd
import pytest

from syncengine import commands, queries
from syncengine.errors import Refused
from tests.mission.person import CLASSES, DEPARTMENTS, NO_TRACKING


def test_s1_each_part_of_the_menu_answers_for_one_company(synced):
    session = synced.session
    assert queries.overview(session).company == "Harbour"
    for part in (queries.queue, queries.errors, queries.conflicts, queries.inbox, queries.runs, queries.accounting_lists):
        assert isinstance(part(session), pd.DataFrame), part.__name__
    assert queries.tracking(session) is not None


def test_s2_sync_now_starts_a_run(ada):
    assert queries.runs(ada.session).empty
    commands.sync_now(ada.session)
    assert queries.progress(ada.session).by == "Ada"
    ada.work()
    assert queries.runs(ada.session)[["trigger", "requested_by", "result"]].to_numpy().tolist() == [["manual", "Ada", "ok"]]


def test_s3_every_record_that_waits_is_in_the_queue(synced):
    for number in range(60):
        synced.save("customer", name=f"Customer {number}")
    synced.work()
    listed = pd.concat([queries.queue(synced.session, page=page, size=25) for page in (1, 2, 3)])
    assert sorted(listed["label"]) == sorted(f"Customer {number}" for number in range(60))
    assert queries.queue_counts(synced.session).total == 60


def test_s4_a_sync_error_is_listed(ada):
    ada.refused()
    assert queries.errors(ada.session)[["kind", "label", "code"]].to_numpy().tolist() == [["vendor", "Twice", "6240"]]


def test_s5_synced_accounting_data_can_be_viewed(synced):
    lists = queries.accounting_lists(synced.session)
    assert lists["name"].tolist() == ["accounts", "bills", "credit_memos", "employees", "journal_entries", "purchases", "tax_codes"]
    accounts = queries.accounting_list(synced.session, "accounts", size=500)
    assert sorted(accounts["name"]) == sorted(each["Name"] for each in synced.there("Account"))


def test_s6_classes_and_departments_are_offered_while_quickbooks_tracks_them(synced):
    def offered():
        told = queries.tracking(synced.session)
        return told.classes, told.departments

    synced.tracking(**NO_TRACKING)
    assert offered() == (False, False)
    for query in (queries.classes, queries.departments):
        with pytest.raises(Refused, match="switched off in QuickBooks"):
            query(synced.session)
    synced.tracking(**CLASSES)
    assert offered() == (True, False)
    synced.tracking(**DEPARTMENTS)
    assert offered() == (True, True)
    assert queries.classes(synced.session).empty
    assert queries.departments(synced.session).empty
