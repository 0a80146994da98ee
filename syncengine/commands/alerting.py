"""Who is told of a change of state by mail or webhook, and a test that the way works."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine import settings
from syncengine.chance import SystemChance
from syncengine.commands._session import Session
from syncengine.db.base import Company
from syncengine.errors import Refused
from syncengine.store import audit, notices, people, rights
from syncengine.store.vault import open_vault

#: A company that tells so many is no company that sends alerts, but one that sends mailings.
MOST = 50


@rights.needs(rights.Permission.OWN)
def add_alert(session: Session, channel: str, address: str, changes: Iterable[str]) -> str:
    """Tell an address of changes: `mail` to an e-mail address, or `webhook` to a URL.

    `changes` are names out of x, connection, silence, recovered. Returns the secret with which a webhook's messages are
    signed, which is shown this once; "" for mail. It is kept encrypted, and so is what follows the host in the URL, which is
    often a password. Raises Refused for what is no address or no change.
    """
    kept, wanted = notices.address_of(channel, address), notices.changes_of(changes)
    if channel == notices.WEBHOOK and not kept.startswith("https://") and not settings.load().webhooks_inside:
        raise Refused("A webhook's address must begin with https://.")
    secret, sealed = "", None
    if channel == notices.WEBHOOK:
        vault, way = open_vault(settings.load()), notices.Way(kept, _secret())
        kept, secret, sealed = notices.shown(way.url, vault.fingerprint(way.url)), way.secret, vault.seal(way.packed())
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        if len(notices.recipients(connection, session.company_id)) >= MOST:
            raise Refused(f"{MOST} addresses are told already. Take one out first, or let a mailing list pass it on.")
        notices.add(
            connection, session.company_id, now, by=session.actor, channel=channel, address=kept, changes=wanted, secret=sealed
        )
        _note(connection, session, "alert added", {"channel": channel, "address": kept, "changes": wanted})
    return secret


@rights.needs(rights.Permission.OWN)
def change_alert(session: Session, recipient_id: int, changes: Iterable[str], *, seen: Iterable[str] | None = None) -> None:
    """Choose what somebody is told of; `seen` is what they were told of as the person saw it.

    Raises Refused where nothing would change, or they are told of other changes by now than was seen.
    """
    wanted = notices.changes_of(changes)
    with session.database.writing() as connection:
        row = _known(connection, session, recipient_id)
        if seen is not None and set(seen) != set(row["changes"]):
            moved = f"Somebody has changed what {row['address']} is told of since you saw it."
            raise Refused(f"{moved} Nothing was saved. Look again, then decide.")
        if row["changes"] == wanted:
            raise Refused(f"{row['address']} is told of just these changes already.")
        notices.change(connection, row["id"], changes=wanted)
        _note(connection, session, "alert changed", {"address": row["address"], "from": row["changes"], "to": wanted})


@rights.needs(rights.Permission.OWN)
def renew_alert_secret(session: Session, recipient_id: int) -> str:
    """Give a webhook a new secret and return it, this once. Messages are signed with it from now on."""
    secret, vault = _secret(), open_vault(settings.load())
    with session.database.writing() as connection:
        row = _known(connection, session, recipient_id)
        if row["channel"] != notices.WEBHOOK:
            raise Refused("Only a webhook has a secret.")
        way = notices.Way.unpacked(vault.open(row["secret"]))
        notices.change(connection, row["id"], secret=vault.seal(way._replace(secret=secret).packed()))
        _note(connection, session, "alert secret renewed", {"address": row["address"]})
    return secret


@rights.needs(rights.Permission.OWN)
def remove_alert(session: Session, recipient_id: int) -> None:
    """Tell somebody nothing any more; what is on its way to them is dropped."""
    with session.database.writing() as connection:
        row = _known(connection, session, recipient_id)
        notices.remove(connection, row["id"])
        _note(connection, session, "alert removed", {"channel": row["channel"], "address": row["address"]})


@rights.needs(rights.Permission.OWN)
def test_alert(session: Session, recipient_id: int) -> None:
    """Write a message that is only a test; the worker delivers it within seconds, and what came of it stands in the list."""
    now = session.clock.now()
    with session.database.writing() as connection:
        row = _known(connection, session, recipient_id)
        newest = notices.recent(connection, session.company_id, limit=1)
        company = connection.scalar(select(Company.name).where(Company.id == session.company_id)) or ""
        uid = f"{session.company_id}-{notices.TEST}-{(newest[0]['id'] if newest else 0) + 1}"
        facts = {"change": notices.TEST, "company": company, "title": "a test", "says": "", "remedy": "", "at": now.isoformat()}
        notices.write(
            connection, now, [row], uid, change=notices.TEST, subject=f"{company}: a test of Tieout's alerts",
            body=f"{session.actor} has sent this to see whether alerts arrive. They do.", facts=facts,
        )  # fmt: skip
        _note(connection, session, "alert tested", {"address": row["address"]})


def _secret() -> str:
    """64 hex digits that nobody can guess."""
    chance = SystemChance()
    return chance.token() + chance.token()


def _known(connection: Connection, session: Session, recipient_id: int) -> RowMapping:
    people.lock(connection, session.company_id)
    row = notices.recipient(connection, session.company_id, int(recipient_id))
    if row is None:
        raise Refused("This address is told nothing any more: somebody has taken it out meanwhile.")
    return row


def _note(connection: Connection, session: Session, event: str, detail: dict[str, object]) -> None:
    audit.write(connection, session.company_id, session.clock.now(), [audit.Line(event, session.actor, detail=detail)])
