"""How trouble is armed, and what it is told by."""

from __future__ import annotations

from tests.unit.emulator.desk import Desk, parsed


def arm(desk: Desk, kind: str, **more) -> None:
    """Arm one fault."""
    status, answer = desk.control("POST", "faults", {"kind": kind, **more})
    assert status == 201, answer


def customers(desk: Desk) -> list[str]:
    """The names that are in the books."""
    return sorted(row["DisplayName"] for row in desk.select("select * from Customer"))


def create(desk: Desk, tail: str = "customer"):
    """Ask for a customer Ada."""
    return desk.ask("POST", tail, {"DisplayName": "Ada"})


def cdc(desk: Desk, entities: str = "Customer,Invoice") -> list[dict]:
    """What changed since the middle of January."""
    return parsed(desk.ask("GET", f"cdc?entities={entities}&changedSince=2026-01-15"))["CDCResponse"][0]["QueryResponse"]
