"""Many objects: pages, walks, counts, changes."""

from __future__ import annotations

from syncengine.quickbooks import select


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
