"""The log of a process: one line an event on stderr, for people or for programs, never with a secret in it."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from syncengine.settings import Settings

#: What takes a secret's place.
HIDDEN = "[hidden]"
#: Shapes of secrets that nobody told us beforehand. The first group stays.
_SHAPES = (
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}"),
    re.compile(r"""(?i)((?:access_token|refresh_token|id_token|client_secret|password|passwd)\\?["']?\s*[=:]\s*\\?["']?)[^\s"'&,;}\\]+"""),
    re.compile(r"(\b[a-z][a-z0-9+.-]*://[^/\s:@]*:)[^/\s@]+(?=@)"),
)
#: Line breaks and terminal commands in a name from QuickBooks must not forge a line.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def secrets_of(settings: Settings) -> list[str]:
    """What must never be shown of these settings, each in the forms in which it may turn up."""
    password = urlsplit(settings.database_url).password or ""
    mail = urlsplit(settings.smtp_url).password or "" if "://" in settings.smtp_url else ""
    known = [*settings.key.split(","), settings.client_secret, password, unquote(password), mail, unquote(mail)]
    return sorted({each.strip() for each in known if len(each.strip()) >= 4}, key=len, reverse=True)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the given secrets, and without what looks like one."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    for shape in _SHAPES:
        text = shape.sub(rf"\g<1>{HIDDEN}", text)
    return text


def facts(**values: Any) -> dict[str, Any]:
    """Named values beside a message: `logger.info("cycle ended", extra=facts(company=1))`."""
    return {"facts": values}


class Formatter(logging.Formatter):
    """One line an event: JSON for programs, or time, level, words and `name=value` for people."""

    def __init__(self, secrets: Iterable[str] = (), *, as_json: bool) -> None:
        super().__init__()
        self._secrets = list(secrets)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted as a whole."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        entry.update({name: value for name, value in getattr(record, "facts", {}).items() if name not in entry})
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        line = json.dumps(entry, ensure_ascii=False, default=str) if self._as_json else self._plain(entry)
        return redacted(line, self._secrets)

    def _plain(self, entry: dict[str, Any]) -> str:
        words = [entry.pop("at"), entry.pop("level").upper(), str(entry.pop("message"))]
        entry.pop("logger")
        trace = entry.pop("trace", "")
        line = " ".join([*words, *(f"{name}={value}" for name, value in entry.items())])
        line = _CONTROL.sub(lambda found: repr(found[0])[1:-1], line)
        # A trace keeps its lines for the reader; each is set in, so that none can pass for an event.
        return "\n".join([line, *(f"    {_CONTROL.sub(' ', part)}" for part in trace.splitlines())])


def configure(settings: Settings, level: int = logging.INFO) -> None:
    """Send this process' log to stderr: for people on a terminal, else as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter(secrets_of(settings), as_json=not sys.stderr.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("tieout").setLevel(level)
    # The scheduler warns whenever a tick outlasts its beat, which a waiting database makes ordinary.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
