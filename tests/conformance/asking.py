"""Questions to a company whose people are known."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator
from tests.unit.emulator.desk import Desk, parsed


def ask(desk: Desk, statement: str):
    return desk.ask("GET", f"query?query={quote(statement)}")


def rows(desk: Desk, statement: str) -> list[dict]:
    response = ask(desk, statement)
    assert response.status == 200, response.body
    return next((value for value in parsed(response)["QueryResponse"].values() if isinstance(value, list)), [])


def names(desk: Desk, where: str) -> list[str]:
    return sorted(row["DisplayName"] for row in rows(desk, f"select * from Customer where {where}"))


def refused(desk: Desk, statement: str, code: str) -> str:
    error = desk.refused(f"query?query={quote(statement)}", None, "GET")
    assert error["code"] == code, error
    assert error["Message"] == {"4000": "Error parsing query", "4001": "Invalid query", "2030": "Invalid ID"}[code]
    return error["Detail"]


@pytest.fixture(scope="module")
def people() -> Iterator[Desk]:
    """Five customers, one second apart; Bob's owes 90, Zed is inactive. Nobody writes into this company."""
    emulator = Emulator(clock=ManualClock(), seed=1, switches={"quotas": False})
    desk = Desk(emulator, "empty")
    item = desk.item()["Id"]
    for name in ("Ada", "Bob's", "Cy_d", "Dora 100%"):
        made = desk.customer(name, GivenName=name[:3], PrimaryEmailAddr={"Address": f"{name[0]}@host.example"})["Id"]
        if name == "Bob's":
            desk.invoice(made, item, 90)
        desk.emulator.parts.clock.advance(1)
    zed = desk.customer("Zed")
    desk.act("deactivate", entity="Customer", id=zed["Id"])
    yield desk
    emulator.close()
