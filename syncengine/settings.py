"""What the installation is told from outside: a dataclass filled from `TIEOUT_…` environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from syncengine.errors import ConfigurationError


@dataclass(frozen=True)
class Settings:
    """One installation's settings; secrets stay out of `repr`.

    Attributes:
        database_url: SQLAlchemy URL; SQLite in the data folder unless `TIEOUT_DATABASE_URL` is set.
        data: folder for the SQLite file, the key file and the emulator's state (`TIEOUT_DATA`).
        key: the encryption key(s) for tokens, newest first, separated by commas (`TIEOUT_KEY`); when empty, a key
            file in `data` is used and made on first need.
        client_id, client_secret: the Intuit app (`TIEOUT_CLIENT_ID`, `TIEOUT_CLIENT_SECRET`); empty for the emulator.
        bundled: whether a dashboard or command may start the bundled worker and emulator (`TIEOUT_BUNDLED`, 1 or 0).
        sample_day: whether the first company begins with a working day that the worker makes; otherwise a few of its records
            wait, and nothing has been synced yet (`TIEOUT_SAMPLE_DAY`, 1 or 0).
        requestid_memory_hours: how long QuickBooks is trusted to remember a requestid (`TIEOUT_REQUESTID_MEMORY_HOURS`);
            an unanswered write older than this is looked up by its marker before it is sent again.
        owner: who is owner of every company that has no owner of its own yet (`TIEOUT_OWNER`): the name or e-mail address
            that the person is known by. Empty: nobody.
        actor: who is at work on this machine where the database is on another one (`TIEOUT_ACTOR`). Empty: nobody.
        analyst_url: a second PostgreSQL login, which analysts' SQL goes through (`TIEOUT_ANALYST_URL`). Empty: no SQL there.
        session_hours: how long a sign-in to the dashboard lasts, whatever the browser does (`TIEOUT_SESSION_HOURS`).
        smtp_url, smtp_from: the mail server for alerts, with name and password, and the address that they come from
            (`TIEOUT_SMTP_URL`, `TIEOUT_SMTP_FROM`); empty: no mail is sent.
        webhooks_inside: whether webhooks may lead into inside networks, and over plain HTTP (`TIEOUT_WEBHOOKS_INSIDE`, 1 or 0).
        url: where people open the dashboard (`TIEOUT_URL`); stands in alerts.
    """

    database_url: str
    data: Path
    key: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    bundled: bool = True
    sample_day: bool = True
    requestid_memory_hours: float = 24.0
    owner: str = ""
    actor: str = ""
    analyst_url: str = field(default="", repr=False)
    session_hours: float = 12.0
    smtp_url: str = field(default="", repr=False)
    smtp_from: str = ""
    webhooks_inside: bool = False
    url: str = ""


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    try:
        return float(text) if text else default
    except ValueError:
        raise ConfigurationError(f"{name} is {text!r}, which is no number. Set it to a number of hours, such as 24.") from None


#: Streamlit's cookie lives this long; a sign-in that were to last longer would end with it.
LONGEST_SESSION_HOURS = 30 * 24.0


def _session_hours(environment: Mapping[str, str]) -> float:
    hours = _number(environment, "TIEOUT_SESSION_HOURS", 12.0)
    if not 0 < hours <= LONGEST_SESSION_HOURS:
        raise ConfigurationError(
            f"TIEOUT_SESSION_HOURS is {hours:g}. Set it to a number of hours above 0 and up to {LONGEST_SESSION_HOURS:g}, "
            "such as 12."
        )
    return hours


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that `environment` (by default the process's own) asks for."""
    env = os.environ if environment is None else environment
    data = Path(env.get("TIEOUT_DATA") or "data").absolute()
    return Settings(
        database_url=env.get("TIEOUT_DATABASE_URL") or f"sqlite:///{data / 'tieout.db'}",
        data=data,
        key=env.get("TIEOUT_KEY", ""),
        client_id=env.get("TIEOUT_CLIENT_ID", ""),
        client_secret=env.get("TIEOUT_CLIENT_SECRET", ""),
        bundled=env.get("TIEOUT_BUNDLED", "1") not in {"0", "no", "false"},
        sample_day=env.get("TIEOUT_SAMPLE_DAY", "1") not in {"0", "no", "false"},
        requestid_memory_hours=_number(env, "TIEOUT_REQUESTID_MEMORY_HOURS", 24.0),
        owner=env.get("TIEOUT_OWNER", "").strip(),
        actor=env.get("TIEOUT_ACTOR", "").strip(),
        analyst_url=env.get("TIEOUT_ANALYST_URL", "").strip(),
        smtp_url=env.get("TIEOUT_SMTP_URL", "").strip(),
        smtp_from=env.get("TIEOUT_SMTP_FROM", "").strip(),
        webhooks_inside=env.get("TIEOUT_WEBHOOKS_INSIDE", "0") in {"1", "yes", "true"},
        url=env.get("TIEOUT_URL", "").strip(),
        session_hours=_session_hours(env),
    )
