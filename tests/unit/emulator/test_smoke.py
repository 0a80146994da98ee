"""The emulator answers a client that knows nothing of it but its address."""

from __future__ import annotations

import requests

from syncengine.emulator import Emulator, EmulatorAdapter


def test_a_session_with_the_adapter_reads_creates_and_queries():
    emulator = Emulator(switches={"quotas": False})
    company = emulator.add_company("demo")
    session = requests.Session()
    session.mount("https://", EmulatorAdapter(emulator))
    session.headers["Authorization"] = "Bearer " + emulator.connect(company.realm)["access_token"]
    base = f"https://quickbooks.api.intuit.com/v3/company/{company.realm}"
    made = session.post(f"{base}/customer", json={"DisplayName": "Zephyr Kites"}).json()["Customer"]
    assert session.get(f"{base}/customer/{made['Id']}").json()["Customer"] == made
    found = session.get(f"{base}/query", params={"query": "select * from Customer where DisplayName = 'zephyr kites'"}).json()
    assert found["QueryResponse"]["Customer"] == [made]
    emulator.close()
