"""The token journal: a rotated refresh token is on disk before anything else happens to it.

Records are a length, a checksum and ciphertext; a tail torn by a crash is ignored, and cut off before the next record.
Intuit's old refresh token may die the moment a new one is handed out, so losing the new one means that a person has to
connect the company again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from syncengine.errors import ConfigurationError
from syncengine.store.vault import Vault

_HEAD = struct.Struct(">I32s")
#: Some hundred refreshes; emptying the file at each of them would cost a write for nothing.
_GROWN = 65_536


class TokenJournal:
    """Append-only files beside `path`, one for each company, sealed by `vault`.

    A company has a file of its own because its refreshes take turns and those of two companies do not: nobody else
    writes while a torn tail is cut off, and no company's file is emptied while another's token is only there.
    """

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path = path
        self._vault = vault

    def _file(self, company_id: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{company_id}")

    def append(self, company_id: int, grant: str, version: int, tokens: dict[str, Any]) -> None:
        """Write one pair of one `grant` (a person's consent) down and return only when it is on the disk."""
        sealed = self._vault.seal(json.dumps({"grant": grant, "version": version, "tokens": tokens})).encode()
        path = self._file(company_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            whole = sum(_HEAD.size + len(record) for record in _records(file.read()))
            file.truncate(whole)  # what a crash tore would hide all that follows it
            file.seek(whole)
            file.write(_HEAD.pack(len(sealed), hashlib.sha256(sealed).digest()) + sealed)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def newest(self, company_id: int, grant: str) -> tuple[int, dict[str, Any]] | None:
        """The newest journaled pair of this grant and its version, or None.

        Pairs of an earlier grant, or of another database's company that used the same folder, are not it. Neither
        is what cannot be decrypted: a key that was taken out of use has no tokens worth having.
        """
        try:
            data = self._file(company_id).read_bytes()
        except FileNotFoundError:
            return None
        entries = [entry for record in _records(data) if (entry := self._opened(record)) and entry["grant"] == grant]
        best = max(entries, key=lambda entry: int(entry["version"]), default=None)
        return (best["version"], best["tokens"]) if best else None

    def _opened(self, record: bytes) -> dict[str, Any] | None:
        try:
            entry: dict[str, Any] = json.loads(self._vault.open(record.decode()))
        except ConfigurationError:
            return None
        return entry

    def retire(self, company_id: int) -> None:
        """Everything that the company journaled is in the database: drop its file once it has grown."""
        path = self._file(company_id)
        if path.exists() and path.stat().st_size > _GROWN:
            path.unlink()


def _records(data: bytes) -> Iterator[bytes]:
    """The ciphertexts in a file, up to its end or to where a crash tore it."""
    place = 0
    while place + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, place)
        sealed = data[place + _HEAD.size : place + _HEAD.size + length]
        if len(sealed) < length or hashlib.sha256(sealed).digest() != checksum:
            return
        yield sealed
        place += _HEAD.size + length
