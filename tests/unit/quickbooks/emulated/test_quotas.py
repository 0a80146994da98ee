"""The client's quota log against the emulator's quotas, which count for themselves."""

from __future__ import annotations

from contextlib import suppress

import pytest

from syncengine.clock import ManualClock
from syncengine.errors import Throttled
from syncengine.quickbooks import BatchItem, Call, FaultError, MemoryQuotaLog, select
from tests.unit.quickbooks.emulated.place import in_process, vendor


def test_each_call_is_weighed_as_intuit_weighs_it(place):
    calls: list[Call] = []
    client = place.client(on_call=calls.append)
    since = client.company_info().time
    client.query(select("Vendor", max=1))
    client.cdc(["Vendor", "Customer"], since)
    client.create("Vendor", vendor("Weighed"), requestid="r-1")
    with suppress(FaultError):
        client.read("Vendor", "999999")
    assert [call.metered for call in calls] == [1, 1, 1, 0, 0]
    assert sum(line.get("coreplus", 0) for line in place.journal()) == sum(call.metered for call in calls)


def test_at_full_speed_nobody_is_throttled():
    """The log against the emulator's own quotas, which count for themselves: 700 calls, batches among them.

    One thread, since with several a turned clock may jump between a call's leave and its arrival, which no network does
    by a minute; `test_quota` holds the log itself to its word with ten.
    """
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client(quota=MemoryQuotaLog(clock), deadline_seconds=10_000)
    for number in range(700):
        if number % 7 == 0:
            client.batch([BatchItem("i0", "create", "Vendor", vendor(f"B{number}"))], requestid=f"b{number}")
        else:
            client.company_info()
    lines = place.journal()
    assert {line["status"] for line in lines if line["path"].startswith("/v3/")} == {200}
    assert len(lines) >= 700
    client.close()
    emulator.close()


def test_without_the_log_the_same_load_is_throttled():
    """The guard of the test above: the emulator's quotas are on, and the load is enough to meet them."""
    clock = ManualClock()
    emulator, place = in_process(clock)
    client = place.client()
    with pytest.raises(Throttled):
        [client.company_info() for _ in range(700)]
    client.close()
    emulator.close()
