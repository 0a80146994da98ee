"""How fast the emulator is.

    python -m benchmarks.emulator [OBJECTS]

Reads by id in process and over loopback (the server on one core, where the system can pin it), loading a company of OBJECTS
objects (100,000 by default: customers, items and invoices of two lines), and queries in it. Machines differ, and one machine
from minute to minute: the figures per CPU second of the process say more than those per second of the wall.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from syncengine.emulator import Emulator, Request
from syncengine.emulator.load import lines

READS = 5_000


def company(objects: int, income: str) -> Iterator[dict[str, Any]]:
    """A company's objects as QuickBooks has them: one customer and half an item to 48 invoices."""
    customers, items = max(1, objects // 50), max(1, objects // 100)
    for n in range(customers):
        yield {"Customer": {"Id": str(10_000 + n), "DisplayName": f"Customer {n}", "FullyQualifiedName": f"Customer {n}"}}
    for n in range(items):
        item = {"Id": str(10_000 + n), "Name": f"Item {n}", "FullyQualifiedName": f"Item {n}", "Type": "NonInventory"}
        yield {"Item": {**item, "IncomeAccountRef": {"value": income}, "UnitPrice": "9.5"}}
    for n in range(objects - customers - items):
        rows = [line(place, 10_000 + (n + place) % items) for place in (1, 2)]
        head = {"Id": str(20_000 + n), "DocNumber": f"N{n}", "TxnDate": "2026-01-05", "DueDate": "2026-02-04"}
        yield {
            "Invoice": {**head, "CustomerRef": {"value": str(10_000 + n % customers)}, "Line": rows, "TotalAmt": 38, "Balance": 38}
        }


def line(place: int, item: int) -> dict[str, Any]:
    """One line of an invoice."""
    detail = {"ItemRef": {"value": str(item)}, "Qty": 2, "UnitPrice": "9.5", "TaxCodeRef": {"value": "NON"}}
    return {"Id": str(place), "LineNum": place, "Amount": 19, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def timed(what: str, count: int, act: Callable[[], object]) -> None:
    """Run `act`, print what it did in a second of the CPU and of the wall."""
    begun, cpu = time.perf_counter(), time.process_time()
    act()
    used, passed = time.process_time() - cpu, time.perf_counter() - begun
    print(f"{what:<46}{count / used:>10,.0f} /s CPU{count / passed:>10,.0f} /s wall{used:>8.2f} s CPU{passed:>8.2f} s wall")


def in_process(objects: int) -> None:
    """Loading, reads and queries without a socket."""
    emulator = Emulator(switches={"quotas": False})
    realm = emulator.add_company("empty").realm
    token = emulator.connect(realm)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def ask(tail: str) -> bytes:
        response = emulator.handle(Request("GET", f"/v3/company/{realm}/{tail}", headers))
        assert response.status == 200, response.body
        return response.body

    income = json.loads(ask("query?query=select * from Account where AccountType = 'Income'".replace(" ", "%20")))
    text = "\n".join(json.dumps(row) for row in company(objects, income["QueryResponse"]["Account"][0]["Id"]))
    timed(f"load {objects:,} objects ({len(text) // 1_000_000} MB)", objects, lambda: emulator.load(realm, lines(text)))
    last = objects - objects // 50 - objects // 100
    timed("read by id, in process", READS, lambda: [ask(f"invoice/{20_000 + n % last}") for n in range(READS)])
    for what, condition in (
        ("DocNumber = 'N{n}'", "one document number"),
        ("MetaData.LastUpdatedTime > '2030-01-01T00:00:00Z'", "changed since"),
    ):
        statements = [f"query?query=select * from Invoice where {what.format(n=n % last)}".replace(" ", "%20") for n in range(1000)]
        timed(f"query among {last:,}: {condition}", 1000, lambda todo=statements: [ask(each) for each in todo])
    page = "query?query=select * from Invoice startposition 1 maxresults 1000".replace(" ", "%20")
    timed("query: a page of 1,000, objects", 10_000, lambda: [ask(page) for _ in range(10)])
    emulator.close()


def reader(port: int, realm: str, token: str, count: int) -> None:
    """So many reads over one kept connection; as little work as can be on this side of it."""
    head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n"
    wanted = f"GET /v3/company/{realm}/customer/1 HTTP/1.1\r\n{head}".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        for _ in range(count):
            connection.sendall(wanted)
            assert b" 200 " in answers.readline()
            length = 0
            while (header := answers.readline()) != b"\r\n":
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            answers.read(length)


def cpu_seconds(pid: int) -> float:
    """What a process has used of the CPU so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def over_loopback() -> None:
    """Reads by id over HTTP, from a server on one core."""
    command = [sys.executable, "-m", "syncengine.emulator.server", "--company", "intuit", "--switches", '{"quotas": false}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(server.pid, {min(os.sched_getaffinity(0))})
        port, realm = int(ready["url"].rpartition(":")[2]), ready["realms"][0]["realm_id"]
        import requests

        token = requests.post(f"{ready['url']}/_emulator/connect", json={"realm_id": realm}, timeout=10).json()["access_token"]
        for connections in (1, 10):
            threads = [
                threading.Thread(target=reader, args=(port, realm, token, READS // connections)) for _ in range(connections)
            ]
            before, begun = cpu_seconds(server.pid), time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            used, passed = cpu_seconds(server.pid) - before, time.perf_counter() - begun
            what = f"read by id over loopback, {connections} connections"
            print(f"{what:<46}{READS / used:>10,.0f} /s CPU{READS / passed:>10,.0f} /s wall   (the server's CPU)")
        server.terminate()


def main() -> None:
    """Measure one run."""
    in_process(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    over_loopback()


if __name__ == "__main__":
    main()
