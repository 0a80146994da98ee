"""A real trader's records, imported by the product's own import, reach QuickBooks to the cent, once.

Runs where TIEOUT_NORTHWIND names a folder with the CSV files of the Northwind sample database (customers, suppliers,
products, orders, order_details); skips elsewhere, saying so. The data is not part of this project.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import create_engine, text

from syncengine.quickbooks import wire
from tests.support.world import World

#: What the guess cannot know: the trader's own keys and words.
MAPPINGS = {
    "customers": ("customer", {}),
    "suppliers": ("vendor", {}),
    "products": ("item", {}),
    "orders": ("invoice", {"freight": "charge:Freight"}),
}


@pytest.fixture(scope="module")
def northwind() -> Path:
    """The folder with the trader's files."""
    folder = os.environ.get("TIEOUT_NORTHWIND")
    if not folder:
        pytest.skip("TIEOUT_NORTHWIND does not name the folder of the Northwind files")
    return Path(folder)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """One of the trader's files."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_totals(folder: Path) -> dict[str, Decimal]:
    """Each order's total by the source's own arithmetic: lines rounded half-up to the cent, and the freight."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in rows(folder, "order_details"):
        amount = Decimal(line["unit_price"]) * Decimal(line["quantity"]) * (1 - Decimal(line["discount"]))
        totals[line["order_id"]] += amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    for order in rows(folder, "orders"):
        totals[order["order_id"]] += Decimal(order["freight"])
    return dict(totals)


def check_quickbooks(folder: Path, query: Any) -> None:
    """QuickBooks holds exactly the trader's records; `query` answers a statement with all its objects."""
    customers, vendors, items, invoices = (query(f"select * from {name}") for name in ("Customer", "Vendor", "Item", "Invoice"))
    assert sorted(each["DisplayName"] for each in customers) == sorted(each["company_name"] for each in rows(folder, "customers"))
    assert sorted(each["DisplayName"] for each in vendors) == sorted(each["company_name"] for each in rows(folder, "suppliers"))
    assert sorted(each["Name"] for each in items) == sorted([each["product_name"] for each in rows(folder, "products")] + ["Freight"])
    expected = source_totals(folder)
    assert {each["DocNumber"]: each["TotalAmt"] for each in invoices} == expected
    assert len(invoices) == len(expected) == 830
    assert (len(customers), len(vendors), len(items)) == (91, 29, 78)
    dates = {each["order_id"]: each["order_date"] for each in rows(folder, "orders")}
    assert {each["DocNumber"]: each["TxnDate"] for each in invoices} == dates
    by_id = {each["Id"]: each["DisplayName"] for each in customers}
    names = {each["customer_id"]: each["company_name"] for each in rows(folder, "customers")}
    parties = {each["order_id"]: names[each["customer_id"]] for each in rows(folder, "orders")}
    assert {each["DocNumber"]: by_id[each["CustomerRef"]["value"]] for each in invoices} == parties


def import_all(world: World, company: int, folder: Path) -> list[Any]:
    """Import the four kinds as a person would, orders with their lines file; returns the results."""
    from syncengine import imports

    results = []
    for name, (kind, mapping) in MAPPINGS.items():
        more: dict[str, Any] = {"lines": folder / "order_details.csv"} if name == "orders" else {}
        guessed = imports.prepare(world.site.database, company, kind, folder / f"{name}.csv", **more)
        wished = imports.prepare(
            world.site.database, company, kind, folder / f"{name}.csv", mapping={**guessed.mapping, **mapping}, **more,
        )  # fmt: skip
        assert wished.problems == []
        results.append(imports.apply(world.site.database, wished, mode="all"))
    return results


def test_a_real_traders_records_reach_quickbooks_to_the_cent_and_only_once(world: World, northwind: Path) -> None:
    company = world.company("Northwind")
    results = import_all(world, company, northwind)
    assert [each.created for each in results] == [91, 29, 77, 830]
    again = import_all(world, company, northwind)
    assert [(each.created, each.changed) for each in again] == [(0, 0)] * 4

    first = world.sync(company)
    assert (first.result, first.failed) == ("ok", 0), world.errors(company)[:3]
    assert first.sent == 91 + 29 + 78 + 830
    check_quickbooks(northwind, lambda statement: world.query(company, statement))

    assert world.sync(company).sent == 0
    # More than 1,000 echoes lie inside the cursor's overlap: the feed is cut there, and this once asked list by list.
    assert world.settle(company).sent == 0
    for _ in range(3):
        idle = world.settle(company)
        assert (idle.sent, idle.received, idle.metered_reads, idle.calls) == (0, 0, 1, 1)
    check_quickbooks(northwind, lambda statement: world.query(company, statement))


class Installation:
    """A real installation of its own: data folder, commands and workers as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "TIEOUT_DATA": str(folder)}
        self.environment.pop("TIEOUT_DATABASE_URL", None)

    def run(self, *words: str) -> str:
        """One command, which must end well; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "syncengine", *words], env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker."""
        with (self.folder / "worker.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "syncengine", "worker"], env=self.environment, stdout=log, stderr=log)

    def sql(self, statement: str) -> list[Any]:
        """Read or write the shared database past the program."""
        engine = create_engine(f"sqlite:///{self.folder / 'tieout.db'}")
        try:
            with engine.begin() as connection:
                found = connection.execute(text(statement))
                return list(found.mappings()) if found.returns_rows else []
        finally:
            engine.dispose()

    def ask_for_sync(self) -> None:
        """What the Sync now button writes."""
        self.sql("INSERT INTO sync_request (company_id, requested_by, requested_at) SELECT min(id), 'test', CURRENT_TIMESTAMP FROM company")

    def left(self) -> int:
        """How many changes are not settled: rows of the queue, and marks that are not in it yet."""
        waiting = self.sql("SELECT count(*) AS n FROM sync_outbox WHERE state NOT IN ('completed', 'cancelled')")[0]["n"]
        return int(waiting) + int(self.sql("SELECT count(*) AS n FROM sync_mark")[0]["n"])

    def cycles(self) -> int:
        """How many cycles have begun."""
        return int(self.sql("SELECT count(*) AS n FROM sync_cycle")[0]["n"])

    def emulator(self) -> str:
        """The emulator's address."""
        return str(self.sql("SELECT address FROM sync_service WHERE name = 'emulator'")[0]["address"])

    def query(self, statement: str) -> list[dict[str, Any]]:
        """All objects that QuickBooks answers."""
        base = self.emulator()
        realm = requests.get(f"{base}/_emulator/state", timeout=10).json()["companies"][0]["realm_id"]
        grant = requests.post(
            f"{base}/_emulator/connect", json={"realm_id": realm, "client_id": "watcher", "client_secret": "x"}, timeout=10,
        ).json()  # fmt: skip
        found: list[dict[str, Any]] = []
        while True:
            reply = requests.get(
                f"{base}/v3/company/{realm}/query", timeout=60, params={"query": f"{statement} STARTPOSITION {len(found) + 1} MAXRESULTS 1000"},
                headers={"Authorization": f"Bearer {grant['access_token']}", "Accept": "application/json"},
            )  # fmt: skip
            page = [row for value in wire.loads(reply.text)["QueryResponse"].values() if isinstance(value, list) for row in value]
            found += page
            if len(page) < 1000:
                return found


def until(condition: Any, seconds: float) -> bool:
    """Whether `condition` came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_worker_killed_at_ten_random_moments_ends_in_the_same_state(northwind: Path, tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.run("company", "add", "Northwind", "--sample", "empty")
    for name, (kind, mapping) in MAPPINGS.items():
        words = ["import", kind, str(northwind / f"{name}.csv"), "--json"]
        if name == "orders":
            words += ["--lines", str(northwind / "order_details.csv")]
        for column, target in mapping.items():
            words += ["--charge", f"{column}={target.partition(':')[2]}"]
        json.loads(place.run(*words))
    chance = random.Random(7)
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(10):
            begun = place.cycles()
            place.ask_for_sync()
            workers.append(place.worker())
            assert until(lambda begun=begun: place.cycles() > begun, 60), (tmp_path / "worker.log").read_text()[-2000:]
            time.sleep(chance.uniform(0.05, 1.5))
            workers[-1].send_signal(signal.SIGKILL)
            workers[-1].wait()
        place.ask_for_sync()
        workers.append(place.worker())
        assert until(lambda: place.left() == 0, 240), (place.left(), (tmp_path / "worker.log").read_text()[-2000:])
        check_quickbooks(northwind, place.query)
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
                worker.wait(30)
        for row in place.sql("SELECT pid FROM sync_service WHERE name = 'emulator'"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(row["pid"], signal.SIGTERM)
