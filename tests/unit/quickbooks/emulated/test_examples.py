"""The examples of docs/client.md run, one after the other, and none of the client's operations lacks one."""

from __future__ import annotations

import inspect
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from syncengine import quickbooks
from syncengine.quickbooks import Client, MemoryTokenStore, OAuth
from tests.support.source import ROOT
from tests.unit.quickbooks.emulated.place import APP, Place

TEXT = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
CHAPTER = TEXT.partition("## Every operation, by example")[2].partition("\n## ")[0]
EXAMPLES = re.findall(r"^```python\n(.*?)^```", CHAPTER, re.MULTILINE | re.DOTALL)



def names(place: Place) -> dict[str, Any]:
    """What the examples take for granted."""

    def consent(address: str) -> dict[str, str]:
        with place.make_session() as session:
            answer = session.get(f"{address}&realmId={place.realm_id}", allow_redirects=False, timeout=10)
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    return {
        **{name: getattr(quickbooks, name) for name in quickbooks.__all__},
        "Decimal": Decimal,
        "date": date,
        "timedelta": timedelta,
        "consent": consent,
        "connected": lambda realm_id, pair: place.client(realm_id=realm_id, store=MemoryTokenStore(pair)),
        "client": place.client(app=quickbooks.App(APP.client_id, APP.client_secret, APP.redirect_uri, "77")),
    }


def test_the_examples_run_as_they_stand(place):
    scope = names(place)
    for example in EXAMPLES:
        exec(compile(example, "docs/client.md", "exec"), scope)


def test_every_operation_has_an_example():
    shown = set(re.findall(r"(?:client|another)\.(?:oauth\.)?([a-z_]+)\(", CHAPTER))
    operations = {
        name for kind in (Client, OAuth) for name, member in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")
    }
    assert operations - shown == {"close"}


def test_every_exported_name_is_documented():
    assert {name for name in quickbooks.__all__ if not re.search(rf"\b{name}\b", TEXT)} == set()
