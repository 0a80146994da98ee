"""An emulator behind a real socket, in a thread of the tests."""

from __future__ import annotations

import threading
from typing import Any

import requests

from syncengine.emulator.server import serve


def serve_company() -> tuple[str, str, str]:
    """URL, realm and access token of an empty company; the server ends by itself once nobody asks any more."""
    told: list[dict[str, Any]] = []
    ready = threading.Event()

    def say(said: dict[str, Any]) -> None:
        told.append(said)
        ready.set()

    wish = {"data": ":memory:", "company": "empty", "ready": say, "linger_seconds": 20, "switches": {"quotas": False}}
    threading.Thread(target=serve, kwargs=wish, daemon=True).start()
    assert ready.wait(20)
    url, realm = told[0]["url"], told[0]["realms"][0]["realm_id"]
    with requests.Session() as session:
        session.trust_env = False
        token = session.post(f"{url}/_emulator/connect", json={"realm_id": realm}, timeout=10).json()["access_token"]
    return url, realm, token
