"""Forms by e-mail: what sending one changes in it, and the outbox in which the mail lies."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import checks, faults, moments, printing, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Visit
from syncengine.emulator.catalogue.properties import GLOSSARY
from syncengine.emulator.faults import Refusal
from syncengine.emulator.rules.draft import value_of
from syncengine.emulator.state import State

#: What can be sent (the send operation is documented for these) -> the property that holds the address; a payment has none.
SENDABLE = {
    **dict.fromkeys(("Invoice", "SalesReceipt", "Estimate", "CreditMemo", "RefundReceipt"), "BillEmail"),
    "PurchaseOrder": "POEmail",
    "Payment": "",
}


def no_address() -> Refusal:
    """6420: there is nobody to send to."""
    detail = "An email address is required for this customer since the delivery type is email."
    return Refusal("6420", "Email address is required", detail, "BillEmail")


def send(books: Books, entity: Entity, obj: dict[str, Any], to: str = "") -> dict[str, Any]:
    """Send a form; returns it as it then stands.

    Args:
        books: the company's books, in a transaction.
        entity: its entity, one of SENDABLE.
        obj: the form as it is.
        to: an address that takes the place of the form's own one.

    Raises:
        Refusal: 2210, 6420, or 6000 where too many mails were sent today.
    """
    held = SENDABLE[entity.name]
    new = dict(obj)
    if to:
        checked = GLOSSARY["BillEmail"].check({"Address": to}, "sendTo", Visit())
        if held:
            new[held] = checked
    address = to or (new.get(held) or {}).get("Address") or _of_customer(books, obj)
    if not address:
        raise no_address()
    _room(books)
    if "EmailStatus" in entity.record.properties and entity.name != "RefundReceipt":
        new["EmailStatus"] = "EmailSent"
    if "DeliveryInfo" in entity.record.properties:
        new["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": moments.second(books.epoch, books.company.zone)}
    if books.switches["send_moves_token"]:
        new["SyncToken"] = str(int(new["SyncToken"]) + 1)
    books.replace(entity.name, new, checks.keys(entity, new), "emailed")
    _post(books, entity, new, address)
    return new


def _of_customer(books: Books, obj: dict[str, Any]) -> str:
    customer = books.known("Customer", value_of(obj, "CustomerRef") or "") or {}
    return str((customer.get("PrimaryEmailAddr") or {}).get("Address") or "")


def _room(books: Books) -> None:
    most = books.switches["mails_per_day"]
    row = books.state.execute("SELECT count(*) FROM mail WHERE company = ? AND day = ?", (books.company.key, books.today))
    if most and row.fetchone()[0] >= most:
        raise faults.business(f"You have reached the limit of {most} e-mails per day.")


def _post(books: Books, entity: Entity, obj: dict[str, Any], address: str) -> None:
    number = printing.number(obj)
    attached = books.state.execute(
        "SELECT f.name FROM file f JOIN object o ON o.company = f.company AND o.entity = 'Attachable' AND o.id = f.id,"
        " json_each(o.body, '$.AttachableRef') r WHERE f.company = ? AND json_extract(r.value, '$.EntityRef.type') = ?"
        " AND json_extract(r.value, '$.EntityRef.value') = ? AND json_extract(r.value, '$.IncludeOnSend') ORDER BY f.id",
        (books.company.key, entity.name, obj["Id"]),
    )
    line = {
        "to": address,
        "cc": (obj.get("BillEmailCc") or {}).get("Address", ""),
        "bcc": (obj.get("BillEmailBcc") or {}).get("Address", ""),
        "subject": f"{printing.TITLES[entity.name].capitalize()} {number} from {books.company.name}",
        "attachments": [f"{entity.name}_{number}.pdf", *(name for (name,) in attached)],
    }
    books.state.execute(
        "INSERT INTO mail (company, at, day, entity, id, line) VALUES (?, ?, ?, ?, ?, ?)",
        (books.company.key, books.epoch, books.today, entity.name, obj["Id"], wire.dumps(line)),
    )


def outbox(state: State, realm: str | None = None) -> list[dict[str, Any]]:
    """The mails that were sent, oldest first.

    Each is `n`, `realm_id`, `time`, `entity`, `id`, `to`, `cc`, `bcc`, `subject` and `attachments`, the names of files.
    """
    rows = state.execute(
        "SELECT m.n, c.realm, c.zone, m.at, m.entity, m.id, m.line FROM mail m JOIN company c ON c.key = m.company"
        " WHERE ? IS NULL OR c.realm = ? ORDER BY m.n",
        (realm, realm),
    )
    return [
        {"n": n, "realm_id": own, "time": moments.second(at, zone), "entity": entity, "id": id_, **wire.loads(line)}
        for n, own, zone, at, entity, id_, line in rows
    ]
