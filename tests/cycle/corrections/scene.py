"""A company in which something goes wrong: the handles that the cases of the catalogue turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from syncengine import commands, queries
from syncengine.engine import cycle
from syncengine.inventory.tables import KINDS
from syncengine.store import corrections, overrides, settings
from syncengine.store.tables import AttemptItem
from tests.support.world import World

STATES = ("offered", "wanted", "acting", "applied", "done", "failed", "withdrawn", "undone")


@dataclass
class Scene:
    """One company whose customer `Harbour Supply` and item `Rope` are in QuickBooks already."""

    world: World
    company: int
    customer: int
    item: int
    #: What a case remembers between its parts.
    kept: dict[str, Any] = field(default_factory=dict)
    #: Whether QuickBooks was told to refuse, so that the failure has no cause of its own.
    injected: bool = False

    # --- what people do here -----------------------------------------------------------------------------------

    def save(self, kind: str, lines: Sequence[Mapping[str, Any]] | None = None, **values: Any) -> int:
        made = self.world.save(self.company, kind, values, lines)
        self.kept.setdefault("record", (kind, made))
        return made

    def invoice(self, number: str | None = "N-1", day: date = date(2026, 1, 10), *, lines: Any = None, **head: Any) -> int:
        line = {"line_no": 1, "item_id": self.item, "quantity": Decimal(2), "unit_price": Decimal("2.5")}
        values = {"number": number, "customer_id": self.customer, "txn_date": day, **head}
        return self.save("invoice", lines or [line], **values)

    def here(self, kind: str, name: str) -> int:
        """The record of that name that came from QuickBooks."""
        with self.world.site.database.reading() as connection:
            table = KINDS[kind].table
            return int(connection.scalars(select(table.c.id).where(table.c.name == name)).one())

    def allow(self, name: str, *, on: bool = True) -> None:
        self.setting(f"allow_{name}", on)

    def setting(self, name: str, value: Any) -> None:
        with self.world.site.database.writing() as connection:
            settings.put(connection, self.company, name, value)

    @property
    def session(self) -> queries.Session:
        return queries.Session(self.world.site.database, "Ada", self.company, self.world.clock)

    def correct_now(self) -> str:
        return commands.correct_now(self.session, self.error["id"])

    # --- what happens in QuickBooks ----------------------------------------------------------------------------

    def actor(self, action: str, **wish: Any) -> Any:
        return self.world.actor(self.company, action, **wish)

    def there(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        return self.world.query(self.company, f"select * from {entity} {where}".strip())

    def id_of(self, entity: str, name: str) -> str:
        key = "DisplayName" if entity in {"Customer", "Vendor"} else "Name"
        return str(next(each["Id"] for each in self.there(entity, "where Active in (true, false)") if each[key].startswith(name)))

    def unseen(self, *acts: Mapping[str, Any]) -> None:
        """Do something in QuickBooks that its change feed never tells."""
        for act in acts:
            wish = dict(act)
            self.actor(wish.pop("action"), **wish)
        self.world.faults({"kind": "cdc_cut", "rows": 0, "count": 1, "match": {"path": "cdc"}})
        assert self.world.settle(self.company).received == 0
        self.world.clock.advance(300)

    def refuse(self, entity: str, code: str, message: str = "no", detail: str = "no", count: int = 4) -> None:
        """QuickBooks refuses so many writes, for a reason that nothing here can bring about."""
        self.injected = True
        match = {"method": "POST", "path": entity.lower()}
        self.world.faults({"kind": "refuse", "count": count, "code": code, "message": message, "detail": detail, "match": match})

    def switch(self, **values: Any) -> None:
        self.world.control("switches", values)

    # --- what is to be seen ------------------------------------------------------------------------------------

    def sync(self) -> cycle.Result:
        return self.world.settle(self.company)

    @property
    def errors(self) -> list[Any]:
        return [error for error in self.world.errors(self.company) if error["outbox_id"] is not None]

    @property
    def error(self) -> Any:
        assert len(self.errors) == 1, self.errors
        return self.errors[0]

    @property
    def rows(self) -> list[Any]:
        return self.world.waiting(self.company)

    def corrections(self, *states: str) -> list[Any]:
        with self.world.site.database.reading() as connection:
            return corrections.in_states(connection, self.company, states or STATES)

    def overrides(self) -> dict[str, Any]:
        with self.world.site.database.reading() as connection:
            return {row["path"]: row["value"] for row in overrides.live(connection, self.company)}

    def sent(self, outbox_id: int) -> list[str]:
        """The hashes of what was sent for a row, oldest first."""
        wanted = select(AttemptItem.payload_hash).where(AttemptItem.outbox_id == outbox_id).order_by(AttemptItem.id)
        with self.world.site.database.reading() as connection:
            return list(connection.scalars(wanted))

    def groups(self) -> list[dict[str, Any]]:
        return list(queries.error_groups(self.session).to_dict("records"))

    def story(self) -> str:
        """All that is open, for the message of a failing test."""
        said = [f"{row['label']}: {row['code']} {row['message']} {row['cause']} ({row['correction']}, {row['tries']})" for row in self.errors]
        said += [f"{row['name']} {row['state']}: {row['says']} -> {row['outcome']}" for row in self.corrections()]
        said += [f"row {row['label']}: {row['state']} {row['parked_by']} {row['reason']}" for row in self.rows]
        return "\n".join(said)
