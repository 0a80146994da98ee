"""A report for support: everything that helps to find a fault, and nothing of what the company keeps in its books."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

from sqlalchemy import Connection, select

from syncengine import __version__
from syncengine.db import migrate
from syncengine.engine.configure import CONSENTS
from syncengine.errors import Refused
from syncengine.queries.events import timeline
from syncengine.queries.groups import attempt_of
from syncengine.queries.health import overview
from syncengine.queries.redacting import People, as_shape, scrubbed
from syncengine.queries.session import Session
from syncengine.store import errors, rights, settings
from syncengine.store.audit import ENGINE
from syncengine.store.tables import Cycle, Error

#: What the report never holds, told to who sends it.
LEFT_OUT = (
    "names of customers, vendors, employees, items, accounts and people",
    "amounts, prices, quantities and numbers of documents",
    "e-mail and postal addresses, telephone numbers, notes",
    "tokens, secrets, passwords and keys",
    "which QuickBooks company this is, and what it is called here",
)
#: What it does hold.
KEPT = (
    "versions of Tieout, Python and the database",
    "settings that are a choice, on or off; of all others only whether they are set",
    "error codes, QuickBooks' own words, and its trace ids",
    "the names of the fields in requests and answers, not what stands in them",
    "times and counts of the last syncs",
)
_PACKAGES = ("sqlalchemy", "requests", "apscheduler", "streamlit", "pandas", "psycopg")
_RUNS, _ERRORS, _EVENTS = 20, 20, 200
_OWN = (ENGINE, "schedule", "inventory", "import", "QuickBooks")


@rights.needs(rights.Permission.SEE_SYNC)
def support_address(session: Session) -> str:
    """Whom people are sent to with what nobody here can put right: an e-mail address or a page; "" where none is set."""
    with session.database.reading() as connection:
        return str(settings.all_of(connection, session.company_id)["support_address"])


@rights.needs(rights.Permission.SEE_SYNC)
def support_report(session: Session, error_id: int | None = None) -> dict[str, Any]:
    """The report, ready for JSON: about one error with its record's history, or about the newest open ones.

    Texts are reduced to the words that Tieout and QuickBooks themselves use, payloads to the names of their properties,
    people to numbers. Raises Refused for an error that there is not.
    """
    people = People(*_OWN)
    with session.database.reading() as connection:
        found = _errors(connection, session.company_id, error_id)
        runs = _runs(connection, session.company_id, people)
        chosen = _settings(connection, session.company_id)
    return {
        "about": "A report from Tieout for support, without what the company keeps in its books.",
        "made_at": session.clock.now().isoformat(timespec="seconds"),
        "left_out": list(LEFT_OUT),
        "versions": _versions(session),
        "state": _state(session),
        "settings": chosen,
        "errors": [_error(row) for row in found],
        "attempts": {str(row["id"]): _attempt(session, row["id"]) for row in found[:5] if row["outbox_id"]},
        "history": _history(session, found[0], people) if error_id is not None else [],
        "last_syncs": runs,
    }


def _versions(session: Session) -> dict[str, str]:
    found = {"tieout": __version__, "python": platform.python_version(), "system": platform.system()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    found["tables"] = migrate.revision_of(session.database) or ""
    with session.database.reading() as connection:
        version = connection.dialect.server_version_info or ()
        found["database"] = f"{connection.dialect.name} {'.'.join(str(part) for part in version)}"
    return found


def _state(session: Session) -> dict[str, Any]:
    seen = overview(session)
    return {
        "environment": seen.environment,
        "light": seen.light,
        "health": str(seen.health),
        "parts": [{"name": part.name, "health": str(part.health), "says": scrubbed(part.says)} for part in seen.parts],
        "waiting": seen.queue.sending,
        "need_attention": seen.queue.attention,
        "errors": seen.troubles.errors,
        "conflicts": seen.troubles.conflicts,
        "drifts": seen.troubles.drifts,
        "not_taken_in": seen.troubles.inbox,
    }


def _settings(connection: Connection, company_id: int) -> dict[str, Any]:
    values = settings.all_of(connection, company_id)
    found: dict[str, Any] = {}
    for name in [*settings.SETTINGS, *sorted(CONSENTS)]:
        setting, value = settings.of(name), values[name]
        changed = "not set" if value in {None, ""} else "as it comes" if value == setting.default else "set"
        found[name] = value if setting.flag or setting.choices else changed
    return found


def _errors(connection: Connection, company_id: int, error_id: int | None) -> list[Any]:
    if error_id is not None:
        row = errors.by_ids(connection, company_id, [int(error_id)]).get(int(error_id))
        if row is None:
            raise Refused("There is no such error any more.")
        return [row]
    wanted = select(Error.__table__).where(Error.company_id == company_id, Error.closed_at.is_(None)).order_by(Error.id.desc())
    return list(connection.execute(wanted.limit(_ERRORS)).mappings())


def _error(row: Any) -> dict[str, Any]:
    exact = ("id", "entity", "kind", "klass", "correction", "tries", "tid")
    return {
        **{name: row[name] for name in exact},
        "code": scrubbed_code(row["code"]),
        "message": scrubbed(row["message"]),
        "cause": scrubbed(row["cause"]),
        "element": scrubbed(row["element"] or ""),
        "opened_at": _at(row["opened_at"]),
        "closed_at": _at(row["closed_at"]),
    }


def scrubbed_code(code: str) -> str:
    """A code of QuickBooks, which is a short number, or a word of ours."""
    return code if code.isdigit() and len(code) <= 6 else scrubbed(code)


def _attempt(session: Session, error_id: int) -> dict[str, Any] | None:
    found = attempt_of(session, error_id)
    if found is None:
        return None
    return {
        **{name: found[name] for name in ("entity", "http_status", "tid", "requestid")},
        "code": scrubbed_code(found["code"]),
        "message": scrubbed(found["message"]),
        "request": as_shape(found["request"] or ""),
        "answer": as_shape(found["answer"] or ""),
        "sent_at": _at(found["sent_at"]),
        "answered_at": _at(found["answered_at"]),
    }


def _history(session: Session, row: Any, people: People) -> list[dict[str, Any]]:
    if row["record_id"] is None:
        return []
    events = timeline(session, row["kind"], row["record_id"]).tail(_EVENTS).to_dict("records")
    return [
        {
            "at": _at(event["at"]),
            "event": scrubbed(event["event"]),
            "actor": people(event["actor"]),
            "sync": int(event["cycle_id"]) if event["run"] else None,
            **{name: event[name] for name in ("entity", "requestid", "tid", "correction")},
            **{name: as_shape(event[name]) for name in ("request", "answer")},
            "detail": _detail(event["detail"]),
        }
        for event in events
    ]


def _detail(text: str) -> Any:
    found = as_shape(text)
    return scrubbed(text) if isinstance(found, str) else found


def _runs(connection: Connection, company_id: int, people: People) -> list[dict[str, Any]]:
    wanted = select(Cycle.__table__).where(Cycle.company_id == company_id).order_by(Cycle.id.desc()).limit(_RUNS)
    counts = ("id", "trigger", "result", "sent", "received", "failed", "metered_reads", "calls", "retry")
    return [
        {
            **{name: row[name] for name in counts},
            "by": people(row["requested_by"]),
            "started_at": _at(row["started_at"]),
            "seconds": None if row["seconds"] is None else float(row["seconds"]),
            "message": scrubbed(row["message"] or ""),
        }
        for row in connection.execute(wanted).mappings()
    ]


def _at(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


__all__ = ["KEPT", "LEFT_OUT", "support_address", "support_report"]
