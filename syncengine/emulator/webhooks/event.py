"""One event: what changed, and when, as it waits to be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """One change of one object, for one subscription.

    Attributes:
        n: its number.
        realm: the company.
        zone: the company's time zone, in which the older form tells times.
        entity: as on the wire, `SalesReceipt`.
        id: the object; of a merge the one that stays.
        operation: `created`, `updated`, `deleted`, `merged`, `void`, `emailed`.
        deleted_id: of a merge the id that is gone, else "".
        at: when it happened, in epoch seconds.
        mischief: the injected fault that befalls it, "" for none.
        options: what that fault takes.
    """

    n: int
    realm: str
    zone: str
    entity: str
    id: str
    operation: str
    deleted_id: str
    at: float
    mischief: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    def option(self, name: str, default: Any) -> Any:
        """An option of the fault that befalls it."""
        return self.options.get(name, default)

    def shown(self) -> dict[str, Any]:
        """The event as the control interface shows it."""
        shown = {
            "n": self.n, "realm_id": self.realm, "entity": self.entity, "id": self.id, "operation": self.operation,
            "deleted_id": self.deleted_id, "mischief": self.mischief,
        }  # fmt: skip
        return {name: value for name, value in shown.items() if value != ""}
