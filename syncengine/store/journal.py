"""The token journal: a rotated refresh token is on disk before anything else happens to it.

Records are a length, a checksum and ciphertext; a tail torn by a crash is ignored. Intuit's old refresh token may die
the moment a new one is handed out, so losing the new one means that a person has to connect the company again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path
from typing import Any

from syncengine.store.vault import Vault

_HEAD = struct.Struct(">I32s")


class TokenJournal:
    """An append-only file at `path`, sealed by `vault`."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path = path
        self._vault = vault

    def append(self, company_id: int, version: int, tokens: dict[str, Any]) -> None:
        """Write one pair down and return only when it is on the disk."""
        sealed = self._vault.seal(json.dumps({"company": company_id, "version": version, "tokens": tokens})).encode()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self._path.exists()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, _HEAD.pack(len(sealed), hashlib.sha256(sealed).digest()) + sealed)
            os.fsync(handle)
        finally:
            os.close(handle)
        if fresh:
            self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def newest(self, company_id: int) -> tuple[int, dict[str, Any]] | None:
        """The company's newest journaled pair and its version, or None."""
        found = [entry for entry in self._entries() if entry["company"] == company_id]
        best = max(found, key=lambda entry: entry["version"], default=None)
        return (best["version"], best["tokens"]) if best else None

    def _entries(self) -> list[dict[str, Any]]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        entries, place = [], 0
        while place + _HEAD.size <= len(data):
            length, checksum = _HEAD.unpack_from(data, place)
            sealed = data[place + _HEAD.size : place + _HEAD.size + length]
            if len(sealed) < length or hashlib.sha256(sealed).digest() != checksum:
                break
            entries.append(json.loads(self._vault.open(sealed.decode())))
            place += _HEAD.size + length
        return entries

    def retire(self) -> None:
        """Everything journaled is in the database: empty the file once it has grown."""
        # 64 kB are some hundred refreshes; emptying at each would cost a write for nothing.
        if self._path.exists() and self._path.stat().st_size > 65_536:
            self._path.unlink()
