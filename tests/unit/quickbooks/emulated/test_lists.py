"""Many objects: pages, walks, counts, changes."""

from __future__ import annotations

from itertools import islice

import pytest

from syncengine.clock import ManualClock
from syncengine.errors import ServiceDown
from syncengine.quickbooks import BatchItem, Client, select
from syncengine.quickbooks.lists import Lists
from tests.unit.quickbooks.emulated.place import Place, in_process, vendor


def test_a_second_page_goes_on_where_the_first_ended(place):
    client = place.client()
    total = client.query("SELECT COUNT(*) FROM Vendor").total
    pages = [client.query(select("Vendor", order=["DisplayName"], start=start, max=2)) for start in (1, 3)]
    assert total > 4
    assert [page.start for page in pages] == [1, 3]
    ids = [found["Id"] for page in pages for found in page.objects]
    assert len(set(ids)) == 4
    assert client.query(select("Vendor", start=total + 1)).objects == []


def test_a_long_statement_finds_the_same(place):
    client = place.client()
    ids = [found["Id"] for found in client.query(select("Vendor", max=3)).objects]
    wish = select("Vendor", where=[("Id", "IN", [*ids, *(str(9_000_000 + number) for number in range(500))])])
    assert {found["Id"] for found in client.query(wish).objects} == set(ids)


def make(client: Client, names: list[str], run: str = "m") -> list[str]:
    """Make vendors, thirty at a time."""
    ids = []
    for start in range(0, len(names), 30):
        items = [BatchItem(f"i{number}", "create", "Vendor", vendor(name)) for number, name in enumerate(names[start : start + 30])]
        answer = client.batch(items, requestid=f"{run}-{start}")
        ids += [answer.answers[item.bid].id for item in items]
    return ids


class TestWalking:
    def test_every_object_comes_once_oldest_first_whatever_the_size_of_a_page(self, near, clock):
        client = near.client()
        for number in range(12):
            make(client, [f"Walk {number}-{each}" for each in range(1 + number % 4)], run=f"r{number}")
            clock.advance(1)
        everyone = {found["Id"] for found in client.query(select("Vendor", max=1000)).objects}
        for size in (1, 2, 3, 5, 1000):
            walked = list(client.walk("Vendor", page_size=size))
            assert len(walked) == len(everyone)
            assert {record.id for record in walked} == everyone
            assert [record.created_at for record in walked] == sorted(record.created_at for record in walked)

    def test_conditions_and_inactive_names(self, near, clock):
        client = near.client()
        ids = make(client, ["Kept", "Gone"])
        client.deactivate("Vendor", {"Id": ids[1], "SyncToken": "0"}, requestid="d-1")
        assert {record.id for record in client.walk("Vendor", where=[("Id", "IN", ids)])} == {ids[0]}
        walked = {record.id: record.active for record in client.walk("Vendor", where=[("Id", "IN", ids)], inactive=True, page_size=1)}
        assert walked == {ids[0]: True, ids[1]: False}
        assert client.count("Vendor", where=[("Id", "IN", ids)]) == 1
        assert client.count("Vendor", where=[("Id", "IN", ids)], inactive=True) == 2

    def test_a_second_with_more_rows_than_a_page_is_read_to_its_end(self, near, clock):
        client = near.client()
        clock.advance(5)
        crowd = make(client, [f"Crowd {number}" for number in range(75)])
        clock.advance(5)
        late = make(client, ["Late"], run="l")
        walked = [record.id for record in client.walk("Vendor", page_size=10)]
        assert len(walked) == len(set(walked))
        assert set(walked) >= {*crowd, *late}

    def test_rows_that_are_made_edited_and_deactivated_meanwhile_cost_no_other_row(self, near, clock):
        client = near.client()
        ids = []
        for number in range(20):
            ids += make(client, [f"Drift {number}"], run=f"d{number}")
            clock.advance(1)
        walk = client.walk("Vendor", page_size=4)
        seen = [record.id for record in islice(walk, 30)]
        for number in (0, 1, 2, 10):
            near.control("actor", {"realm_id": near.realm_id, "action": "rename", "entity": "Vendor", "id": ids[number], "name": f"Other {number}"})
        near.control("actor", {"realm_id": near.realm_id, "action": "deactivate", "entity": "Vendor", "id": ids[3]})
        make(client, ["Newcomer"], run="n")
        seen += [record.id for record in walk]
        assert len(seen) == len(set(seen))
        assert set(ids) - {ids[3]} <= set(seen)

    def test_a_row_that_leaves_a_crowded_second_while_it_is_read_costs_no_other_row(self, near, clock, monkeypatch):
        client = near.client()
        crowd = make(client, [f"Crowd {number}" for number in range(25)])
        ask, gone = Lists.query, []

        def meddling(self, statement):
            page = ask(self, statement)
            if "STARTPOSITION 1 " in statement and not gone:
                gone.append(page.objects[0]["Id"])
                near.control("actor", {"realm_id": near.realm_id, "action": "deactivate", "entity": "Vendor", "id": gone[0]})
            return page

        monkeypatch.setattr(Lists, "query", meddling)
        walked = {record.id for record in client.walk("Vendor", where=[("DisplayName", "LIKE", "Crowd %")], page_size=6)}
        assert gone
        assert set(crowd) - set(gone) <= walked

    def test_a_second_that_never_keeps_still_is_told_and_not_cut_short(self, near, monkeypatch):
        client = near.client()
        make(client, [f"Crowd {number}" for number in range(25)])
        monkeypatch.setattr(Lists, "count", lambda self, entity, **wish: 10_000)
        with pytest.raises(ServiceDown):
            list(client.walk("Vendor", where=[("DisplayName", "LIKE", "Crowd %")], page_size=6))

    def test_pages_that_drift_lose_rows_by_position_and_none_on_a_walk(self, near, clock):
        client = near.client()
        crowd = make(client, [f"Crowd {number}" for number in range(25)])
        clock.advance(60)
        where = [("DisplayName", "LIKE", "Crowd %")]
        near.fault("page_drift", count=None, edited=3)
        order = ["MetaData.LastUpdatedTime"]
        pages = [client.query(select("Vendor", where=where, order=order, start=start, max=6)).objects for start in range(1, 26, 6)]
        assert {row["Id"] for page in pages for row in page} < set(crowd)
        assert {record.id for record in client.walk("Vendor", where=where, page_size=6)} == set(crowd)

    def test_it_never_sorts_by_id_nor_by_what_changes(self, near):
        client = near.client()
        near.control("switches", {"orderby_id": "refused"})
        assert list(client.walk("Customer", page_size=7))

    def test_lists_of_every_kind_can_be_walked(self, near):
        client = near.client()
        for entity in ("Account", "Customer", "Item", "Term", "PaymentMethod", "TaxCode", "Invoice", "Bill"):
            walked = [record.id for record in client.walk(entity, page_size=1000)]
            assert len(walked) == len(set(walked)) >= client.count(entity)


class TestChanges:
    def many(self, clock: ManualClock, count: int) -> Place:
        self.emulator, place = in_process(clock, quotas=False, cdc_cap=count)
        return place

    def test_an_answer_that_was_cut_is_flagged(self, clock, monkeypatch):
        monkeypatch.setattr("syncengine.quickbooks.calls.CDC_MAX", 20)
        place = self.many(clock, 20)
        client = place.client()
        clock.advance(60)
        since = client.company_info().time
        make(client, [f"Few {number}" for number in range(19)])
        assert not client.cdc(["Vendor"], since).saturated
        make(client, [f"More {number}" for number in range(5)], run="n")
        changes = client.cdc(["Vendor"], since)
        assert (changes.saturated, changes.count) == (True, 20)
        client.close()
        self.emulator.close()

    def test_a_wrong_deletion_is_told_as_quickbooks_tells_it_and_a_read_finds_the_truth(self, near, clock):
        client = near.client()
        since = client.company_info().time
        clock.advance(60)
        (made,) = make(client, ["Alive"])
        near.fault("cdc_wrong_deleted")
        changes = client.cdc(["Vendor"], since)
        assert [stub["Id"] for stub in changes.deleted["Vendor"]] == [made]
        assert client.read("Vendor", made).active

    def test_a_stub_of_something_never_seen_is_no_trouble(self, near, clock):
        client = near.client()
        since = client.company_info().time
        clock.advance(60)
        (made,) = make(client, ["Seen"])
        near.fault("cdc_unseen_stub", id="987654")
        changes = client.cdc(["Vendor"], since)
        assert "987654" in {stub["Id"] for stub in changes.deleted["Vendor"]}
        assert [row["Id"] for row in changes.objects["Vendor"]] == [made]
        assert changes.count == 2

    def test_a_cut_that_says_nothing_shows_by_the_number_alone(self, near, clock, monkeypatch):
        monkeypatch.setattr("syncengine.quickbooks.calls.CDC_MAX", 5)
        client = near.client()
        since = client.company_info().time
        clock.advance(60)
        make(client, [f"Cut {number}" for number in range(9)])
        near.fault("cdc_cut", rows=5)
        changes = client.cdc(["Vendor"], since)
        assert (changes.count, changes.saturated) == (5, True)
