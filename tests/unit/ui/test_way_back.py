"""The way back after a sign-in leads to our own pages only."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from syncengine.ui import way_back

PAGES = ["sync", "preview", "errors"]


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/preview?company=A%26B&page=2", ("preview", {"company": "A&B", "page": "2"})),
        ("/tieout/errors", ("errors", {})),
        ("/errors/", ("errors", {})),
        ("/", None),
        ("", None),
        ("/?company=Globex", ("", {"company": "Globex"})),
        ("/?code=X1&state=tieout-1&realmId=9", ("", {"code": "X1", "state": "tieout-1", "realmId": "9"})),
        ("/nowhere?x=1", None),
        ("https://evil.example/", None),
        ("https://evil.example/preview", ("preview", {})),
        ("//evil.example/preview?a=b", ("preview", {"a": "b"})),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_only_a_page_of_ours_is_led_to(address, leads):
    assert way_back.leads_to({"tieout_way_back": quote(address, safe="")}, PAGES) == leads


def test_without_the_cookie_it_leads_nowhere():
    assert way_back.leads_to({}, PAGES) is None
