"""The apps that sign in: their secrets, and what their developer would set for them in Intuit's portal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from syncengine.emulator.signin.forms import web_address
from syncengine.emulator.state import State

#: What can be set for an app.
_SETTINGS = frozenset({"name", "redirect_uris", "reconnect_url"})


class Apps:
    """The apps of one state file; who calls holds its lock or is inside a transaction."""

    def __init__(self, state: State) -> None:
        self._state = state

    def secret(self, client_id: str) -> str | None:
        """The app's secret, None for an app that is not known."""
        row = self._state.execute("SELECT secret FROM app WHERE client_id = ?", (client_id,)).fetchone()
        return row[0] if row else None

    def keep(self, client_id: str, secret: str) -> None:
        """Make an app known, or give it another secret."""
        self._state.execute(
            "INSERT INTO app (client_id, secret) VALUES (?, ?) ON CONFLICT (client_id) DO UPDATE SET secret = excluded.secret",
            (client_id, secret),
        )

    def settings(self, client_id: str) -> dict[str, Any]:
        """What is set for an app: `name`, `redirect_uris`, `reconnect_url`, as far as given."""
        row = self._state.execute("SELECT settings FROM app_settings WHERE client_id = ?", (client_id,)).fetchone()
        found: dict[str, Any] = json.loads(row[0]) if row else {}
        return found

    def configure(self, client_id: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Set something for an app; returns all that is then set.

        Raises:
            ValueError: there is no such setting, or it makes no sense.
        """
        unknown = set(changes) - _SETTINGS
        if unknown:
            raise ValueError(f"an app has {', '.join(sorted(_SETTINGS))}, not {', '.join(sorted(unknown))}")
        addresses = [*changes.get("redirect_uris", []), *([changes["reconnect_url"]] if changes.get("reconnect_url") else [])]
        wrong = [each for each in addresses if not isinstance(each, str) or not web_address(each)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no address of a web page")
        new = {**self.settings(client_id), **changes}
        self._state.execute("INSERT OR REPLACE INTO app_settings (client_id, settings) VALUES (?, ?)", (client_id, json.dumps(new)))
        return new

    def known(self) -> list[dict[str, Any]]:
        """All apps with their settings, without their secrets."""
        rows = self._state.execute(
            "SELECT client_id FROM app UNION SELECT client_id FROM app_settings ORDER BY client_id"
        ).fetchall()
        return [{"client_id": client_id, **self.settings(client_id)} for (client_id,) in rows]
