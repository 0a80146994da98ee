"""The emulator as the clients meet it: a process with an HTTP server, and companies of their own on it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.source import ROOT

#: What the apps ask for: the books, and who the person is.
SCOPE = "com.intuit.quickbooks.accounting openid profile email phone address"
_realms = itertools.count(9341450000000001)


class Server:
    """A running emulator.

    Attributes:
        url: where it answers.
        reports: what clients' drivers reported about it, by the driver's name.
    """

    def __init__(self, log: Path, **switches: Any) -> None:
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "syncengine", "emulator", "--port", "0", "--company", "empty", "--switches", json.dumps(switches)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
        said = self._process.stdout.readline()
        assert said, f"the emulator did not start: {log.read_text()}"
        self.url: str = json.loads(said)["url"]
        self.reports: dict[str, Any] = {}
        self._session = requests.Session()
        self._session.trust_env = False

    def control(self, what: str, body: Any) -> dict[str, Any]:
        """Ask the control interface."""
        answer = self._session.post(f"{self.url}/_emulator/{what}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def company(self) -> Company:
        """A new sandbox company that somebody has connected an app to."""
        realm = str(next(_realms))
        self.control("companies", {"company": "intuit", "realm_id": realm})
        wish = {"realm_id": realm, "client_id": f"app-{realm}", "client_secret": f"secret-{realm}", "scope": SCOPE}
        tokens = self.control("connect", wish)
        return Company(self, realm, tokens["access_token"], tokens["refresh_token"])

    def end(self) -> None:
        """End it, and look how it ended."""
        self._session.close()
        self._process.terminate()
        code = self._process.wait(20)
        self._process.stdout.close()
        assert code == 0


@dataclass
class Company:
    """One company and the credentials for it."""

    server: Server
    realm: str
    access_token: str
    refresh_token: str

    @property
    def client_id(self) -> str:
        """The app's id."""
        return f"app-{self.realm}"

    @property
    def client_secret(self) -> str:
        """The app's secret."""
        return f"secret-{self.realm}"

    def act(self, action: str, **more: Any) -> None:
        """Something that its bookkeeper does."""
        self.server.control("actor", {"realm_id": self.realm, "action": action, **more})

    def add(self, entity: str, **properties: Any) -> str:
        """Something that only QuickBooks' own screens make; its id."""
        return self.server.control("actor", {"realm_id": self.realm, "action": "create", "entity": entity, "object": properties})["object"]["Id"]

    def plan(self) -> dict[str, str]:
        """What a client must know to reach it."""
        return {
            "base": self.server.url, "realm": self.realm, "client_id": self.client_id, "client_secret": self.client_secret,
            "access_token": self.access_token, "refresh_token": self.refresh_token,
        }
