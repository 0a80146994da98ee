"""Running a client's driver, and judging what it reports."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.thirdparty import recipes
from tests.thirdparty.emulated import Company, Server

CLIENTS = Path(__file__).parent / "clients"
#: Longer than a driver takes on a busy machine, in seconds.
PATIENCE = 110
#: (entity, operation) -> a part of what the client says then.
Refused = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Report:
    """What a driver reported.

    Attributes:
        offered: the operations that the client was found to offer.
        rows: `entity`, `operation`, `ok`, `detail` for each that was tried.
    """

    offered: frozenset[str]
    rows: tuple[dict[str, Any], ...]

    def left_out(self) -> list[str]:
        """What the client offers and was not tried."""
        tried = {row.get("called") or f"{row['entity']}.{row['operation']}" for row in self.rows}
        return sorted(self.offered - tried)

    def wrong(self, refused: Refused) -> list[str]:
        """Operations that failed though QuickBooks would not refuse them."""
        return [
            f"{row['entity']} {row['operation']}: {row['detail']}"
            for row in self.rows if not row["ok"] and (row["entity"], row["operation"]) not in refused
        ]

    def not_as_refused(self, refused: Refused) -> list[str]:
        """Refusals of the table that did not come, or came in other words."""
        found = {(row["entity"], row["operation"]): row for row in self.rows}
        stale = [f"{' '.join(key)}: not tried" for key in refused if key not in found]
        for key, words in refused.items():
            row = found.get(key)
            if row and (row["ok"] or words not in row["detail"]):
                stale.append(f"{' '.join(key)}: {row['detail'] or 'it was not refused'}, not {words}")
        return stale

    def counts(self) -> Counter[str]:
        """How many operations of each entity were tried."""
        return Counter(row["entity"] for row in self.rows)


def command(driver: str, home: Path) -> tuple[list[str], dict[str, str]]:
    """How a driver is started in its environment, and with what in the process's own."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}}
    if driver.endswith(".js"):
        return ["node", str(CLIENTS / driver)], {**kept, "NODE_PATH": str(home / "node_modules")}
    # oauthlib asks for this where an address is http, as it is on loopback.
    settings = {"OAUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return [str(home / "bin" / "python"), str(CLIENTS / driver)], {**kept, **settings}


def whole_plan(company: Company) -> dict[str, Any]:
    """What a driver must know: its company with what only QuickBooks' screens make, and one that deals in several currencies."""
    month = {"BudgetDate": "2026-01-01", "Amount": 100, "AccountRef": {"value": "7"}}
    period = {"StartDate": "2026-01-01", "EndDate": "2026-12-31"}
    existing = {
        "TaxCode": "2", "TaxRate": "3", "CustomerType": company.add("CustomerType", Name="Walkers", Active=True),
        "Budget": company.add("Budget", Name="Walked Budget", BudgetDetail=[month], **period),
    }  # fmt: skip
    several = company.server.company()
    several.act("set_preferences", changes={"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    several.add("CompanyCurrency", Code="CAD")
    return {**company.plan(), "existing": existing, "several": several.plan()}


def run(driver: str, home: Path, server: Server) -> Report:
    """What a driver reports about a company of its own; asked once for each server."""
    if driver not in server.reports:
        server.reports[driver] = _run(driver, home, server.company())
    return server.reports[driver]


def _run(driver: str, home: Path, company: Company) -> Report:
    """Start a driver, give it its plan, and read its report."""
    line, environment = command(driver, home)
    done = subprocess.run(
        line, input=json.dumps({**whole_plan(company), **recipes.as_json()}), env=environment, capture_output=True, text=True,
        timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout)
    return Report(frozenset(said["offered"]), tuple(said["rows"]))


