"""What the sample company's day must say, whenever it is made: docs/sample.md tells the same to people."""

from __future__ import annotations

from typing import Any

from syncengine import queries
from syncengine.queries import Session
from syncengine.store import outbox
from tests.support.world import World

#: Trigger, who, and what came of it.
RUNS = [
    ("manual", "owner", "ok"), ("manual", "Maya Okafor", "ok"),
    ("automatic", "schedule", "ok"), ("manual", "Maya Okafor", "ok"),
    ("automatic", "schedule", "errors"), ("manual", "Tomas Lindqvist", "ok"),
    ("automatic", "schedule", "ok"), ("manual", "Maya Okafor", "failed"),
    ("automatic", "schedule", "errors"), ("manual", "Tomas Lindqvist", "errors"),
    ("automatic", "schedule", "errors"), ("manual", "Maya Okafor", "ok"),
    ("automatic", "schedule", "errors"), ("manual", "Priya Raman", "errors"),
    ("automatic", "schedule", "errors"), ("manual", "Maya Okafor", "errors"),
    ("automatic", "schedule", "errors"), ("manual", "Maya Okafor", "errors"),
]  # fmt: skip
#: Record -> state of its row, in the order in which they were queued.
WAITING = [
    ("Kestrel Bicycle Co-op", "parked"), ("PO-5308", "available"), ("IR-705", "parked"), ("Café Señorita", "retryable"),
    ("10276", "available"), ("10279", "retryable"), ("Juniper Property Group", "parked"), ("Granite Peak Builders", "retryable"),
    ("Summit Trail Lodges", "available"), ("Summit Trail Lodges Bend", "available"), ("Summit Trail Lodges Sisters", "available"),
    ("10280", "available"), ("SH-10280", "available"), ("PO-5309", "available"), ("PMT-3302", "available"),
]  # fmt: skip
#: Record -> code, cycles since it first failed, class and correction.
ERRORS = {
    "10279": ("610", 1, "policy", "reactivate_reference"),
    "Café Señorita": ("2210", 2, "safe", "leave_email_out"),
    "Granite Peak Builders": ("6220", 0, "no", "open_balance"),
    "IR-705": ("local", 0, "no", "incomplete"),
    "Kestrel Bicycle Co-op": ("6240", 3, "policy", "name_suffix"),
    "Juniper Property Group": ("local", 0, None, None),
}
#: QuickBooks entity -> how many living objects of it there are.
BOOKS = {
    "Invoice": 38, "SalesReceipt": 1, "Estimate": 0, "CreditMemo": 1, "Payment": 7, "PurchaseOrder": 7, "Bill": 5, "Purchase": 1,
    "VendorCredit": 1, "JournalEntry": 29, "Customer": 15, "Vendor": 7, "Class": 4, "Department": 2,
}  # fmt: skip


def found(world: World, session: Session) -> dict[str, Any]:
    """The same as the constants of this module, as it is."""
    runs = queries.runs(session, size=100)
    objects = world.control("state", method="GET")["objects"][world.realm(session.company_id)]
    with world.site.database.reading() as connection:
        rows = outbox.rows(connection, session.company_id)
    return {
        "runs": list(runs[["trigger", "requested_by", "result"]].iloc[::-1].itertuples(index=False, name=None)),
        "waiting": [(row["label"], row["state"]) for row in rows],
        "errors": {each["label"]: (each["code"], each["tries"], each["klass"], each["correction"]) for each in world.errors(1)},
        "books": {entity: objects.get(entity, 0) for entity in BOOKS},
    }


EXPECTED = {"runs": RUNS, "waiting": WAITING, "errors": ERRORS, "books": BOOKS}
