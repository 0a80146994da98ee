"""Encryption of tokens and realmIds at rest: the key lies outside the database, several keys may be valid at once."""

from __future__ import annotations

import hashlib
import hmac
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from syncengine.errors import ConfigurationError
from syncengine.settings import Settings


class Vault:
    """Encrypts with the first of `keys`, decrypts with any of them. Never shows a key."""

    def __init__(self, keys: list[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigurationError(
                "TIEOUT_KEY (or the key file in the data folder) holds no valid key: each is 32 bytes in URL-safe base64."
            ) from None
        # For finding a realm without decrypting every row; the last key is the oldest and stays longest.
        self._hash_key = keys[-1].encode()

    def __repr__(self) -> str:
        return "Vault(...)"

    def seal(self, text: str) -> str:
        """Ciphertext of `text`, authenticated."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; ConfigurationError where the ciphertext was made with another key or tampered with."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigurationError(
                "The stored sign-in was made with another encryption key. Restore TIEOUT_KEY, or the key file in the data folder."
            ) from None

    def fingerprint(self, text: str) -> str:
        """A keyed hash: equal texts are found, none can be read back."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


def _key_file(folder: Path) -> str:
    """The key file's content; made on first need, readable by its owner only."""
    path = folder / "key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    return path.read_text(encoding="ascii").strip()


def _make_key(path: Path) -> None:
    """Put a whole key under `path`, unless somebody else was faster: whoever reads the file never sees half of one."""
    handle, draft = tempfile.mkstemp(prefix="key.", dir=path.parent)  # made with the rights 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # of two processes that start at once, one comes first and the other reads its key
    finally:
        Path(draft).unlink()


def open_vault(settings: Settings) -> Vault:
    """The installation's vault, from `TIEOUT_KEY` or the key file in the data folder."""
    text = settings.key or _key_file(settings.data)
    return Vault([key.strip() for key in text.replace("\n", ",").split(",") if key.strip()])
