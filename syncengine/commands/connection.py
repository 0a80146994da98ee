"""The connection of a company with QuickBooks: made with a person's consent, cut, made again, or never wanted (A16)."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine import settings as installation
from syncengine.chance import SystemChance
from syncengine.commands._session import Session
from syncengine.engine import consent, schedule
from syncengine.errors import AccessDenied, Refused
from syncengine.settings import Settings
from syncengine.store import audit, connections, people, rights
from syncengine.store.vault import open_vault

#: Keys of an app are long words of letters, digits and a few signs.
_LONGEST = 500


@rights.needs(rights.Permission.OWN)
def keep_app_keys(session: Session, client_id: str, client_secret: str) -> None:
    """Keep the keys of the Intuit app that this company is connected through, sealed; they are never shown again.

    Raises Refused for a company at the local QuickBooks, which asks for none, and for keys that cannot be any.
    """
    keys = {"client_id": client_id.strip(), "client_secret": client_secret.strip()}
    for name, value in keys.items():
        if not value or len(value) > _LONGEST or not value.isascii() or any(each.isspace() for each in value):
            raise Refused(f"The {name.replace('_', ' ')} must be one word, as Intuit's developer portal shows it.")
    now = session.clock.now()
    with session.database.writing() as connection:
        if connections.get(connection, session.company_id)["environment"] == "emulator":
            raise Refused("This company talks to the local QuickBooks, which asks for no keys.")
        connections.keep_app(connection, open_vault(_settings()), session.company_id, **keys)
        audit.write(connection, session.company_id, now, [audit.Line("app keys kept", session.actor)])


@rights.needs(rights.Permission.OWN)
def begin_connecting(session: Session, redirect_uri: str) -> str:
    """Set out for QuickBooks' consent page; returns the state, with which `queries.consent_address` gives its address.

    `redirect_uri` is where the consent page sends the person back to, letter for letter as it is entered for the app at Intuit.

    Raises Refused for an address that no code may be sent to, ConfigurationError where the keys of the app are missing.
    """
    now, state = session.clock.now(), f"{session.company_id}-{SystemChance().token()}"
    with session.database.writing() as connection:
        consent.begin(
            connection, _settings(), session.company_id, state=state, redirect_uri=redirect_uri.strip(), by=session.actor, at=now
        )
        audit.write(connection, session.company_id, now, [audit.Line("connecting begun", session.actor)])
    return state


@rights.needs(rights.Permission.OWN)
def finish_connecting(session: Session, parameters: Mapping[str, str]) -> None:
    """Hand over what the consent page sent back (its address' parameters); the worker exchanges it within a second or two.

    What became of it is told by `queries.connection`. Raises Refused for an answer to no sign-in of this person and company, for
    one that was used already or came too late, and AccessDenied where the person said no.
    """
    now, settings = session.clock.now(), _settings()
    try:
        with session.database.writing() as connection:
            consent.come_back(connection, settings, session.company_id, parameters, by=session.actor, at=now)
            audit.write(connection, session.company_id, now, [audit.Line("consent brought back", session.actor)])
    except AccessDenied as denied:
        with session.database.writing() as connection:
            consent.deny(connection, parameters, now, str(denied))
        raise


@rights.needs(rights.Permission.OWN)
def never_connect(session: Session) -> None:
    """Say that the company is not to be connected: it is no longer asked for, and nothing syncs. Connecting takes it back.

    Raises Refused while the company is connected, and where it was said already.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        row = connections.get(connection, session.company_id)
        if row["state"] != connections.DISCONNECTED:
            raise Refused("This company is connected to QuickBooks. Disconnect it first.")
        if row["declined"]:
            raise Refused("This has been said already.")
        connections.decline(connection, session.company_id)
        audit.write(connection, session.company_id, now, [audit.Line("never to connect", session.actor)])


@rights.needs(rights.Permission.OWN)
def disconnect(session: Session) -> None:
    """Cut the company off: its tokens are thrown away here, and nothing syncs until it is connected again.

    What waits stays in the queue, and records go on being queued. A sync that is under way ends with what it has begun.
    Raises Refused where the company is cut off already.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        if connections.get(connection, session.company_id)["state"] == connections.DISCONNECTED:
            raise Refused("This company is disconnected from QuickBooks already.")
        connections.cut(connection, session.company_id)
        schedule.plan_next(connection, session.company_id, now)
        audit.write(connection, session.company_id, now, [audit.Line("disconnected", session.actor)])


@rights.needs(rights.Permission.OWN)
def reconnect(session: Session) -> None:
    """Let a company of the emulator sign in again with its next sync. A real one needs a person's consent at Intuit.

    Raises Refused for a company of Intuit's, with the way to go, and where the company is not cut off.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        row = connections.get(connection, session.company_id)
        if row["environment"] != "emulator":
            raise Refused(
                "Only consent at Intuit connects this company again: Settings > Connection, or "
                f"python -m syncengine company connect NAME --environment {row['environment']}"
            )
        if row["state"] != connections.DISCONNECTED:
            raise Refused("This company is not disconnected.")
        connections.restore(connection, session.company_id)
        schedule.plan_next(connection, session.company_id, now)
        audit.write(connection, session.company_id, now, [audit.Line("connected again", session.actor)])


def _settings() -> Settings:
    """The installation's own: where its key lies, and its app's keys."""
    return installation.load()
