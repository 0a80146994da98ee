"""Single objects, from their making to their end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncengine.quickbooks import FaultClass, FaultError, classify
from tests.unit.quickbooks.emulated.place import named, sale, vendor


def test_a_record_lives_its_whole_life(place):
    client = place.client()
    made = client.create("Vendor", vendor("Harbour's Supply"), requestid="r-1").payload
    assert client.read("Vendor", made["Id"]).payload["DisplayName"] == "Harbour's Supply"
    assert [found["Id"] for found in named(client, "Harbour's Supply")] == [made["Id"]]
    change = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "CompanyName": "Harbour"}
    changed = client.update("Vendor", change, requestid="r-2").payload
    assert (changed["DisplayName"], changed["CompanyName"]) == ("Harbour's Supply", "Harbour")
    assert int(changed["SyncToken"]) == int(made["SyncToken"]) + 1
    with pytest.raises(FaultError) as refusal:
        client.update("Vendor", {**change, "CompanyName": "Port"}, requestid="r-3")
    assert classify(refusal.value.fault) is FaultClass.STALE
    gone = client.deactivate("Vendor", {"Id": made["Id"], "SyncToken": changed["SyncToken"]}, requestid="r-4").payload
    assert gone["Active"] is False


def test_a_document_is_voided_and_another_deleted(place):
    client = place.client()
    first = client.create("Invoice", sale(client), requestid="r-1").payload
    second = client.create("SalesReceipt", sale(client), requestid="r-2").payload
    since = client.company_info().time - timedelta(minutes=5)
    assert client.void("Invoice", first["Id"], first["SyncToken"], requestid="r-3").payload["TotalAmt"] == 0
    assert client.void("SalesReceipt", second["Id"], second["SyncToken"], requestid="r-4").payload["TotalAmt"] == 0
    third = client.create("Invoice", sale(client), requestid="r-5").payload
    stub = client.delete("Invoice", third["Id"], third["SyncToken"], requestid="r-6").payload
    assert (stub["Id"], stub["status"]) == (third["Id"], "Deleted")
    with pytest.raises(FaultError) as refusal:
        client.read("Invoice", third["Id"])
    assert classify(refusal.value.fault) is FaultClass.REFERENCE
    changes = client.cdc(["Invoice", "SalesReceipt", "Term"], since)
    assert third["Id"] in {found["Id"] for found in changes.deleted["Invoice"]}
    assert first["Id"] in {found["Id"] for found in changes.objects["Invoice"]}
    assert changes.time > since


def test_company_and_preferences_are_read(place):
    client = place.client()
    assert client.company_info().payload["CompanyName"]
    assert "AccountingInfoPrefs" in client.preferences().payload
