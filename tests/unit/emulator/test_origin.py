"""Pages of other sites may not steer the emulator through somebody's browser."""

from __future__ import annotations

import pytest

from syncengine.emulator import Request
from tests.unit.emulator.desk import Desk

HOST = {"Host": "127.0.0.1:8950"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8950"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_the_control_interface_does_nothing_for_another_sites_page(desk: Desk, headers: dict[str, str], status: int):
    wanted = b'{"journal": false}'
    answer = desk.emulator.handle(Request("POST", "/_emulator/switches", {**HOST, **headers}, wanted))
    assert answer.status == status, answer.body
    assert desk.emulator.parts.switches["journal"] is (status == 403)
