"""Notices: who is told of a change of state, and the messages on their way: written once, delivered at least once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from syncengine.errors import Refused
from syncengine.store.tables import Notice, Recipient


class Change(StrEnum):
    """What somebody can be told of."""

    X = "x"
    CONNECTION = "connection"
    SILENCE = "silence"
    RECOVERED = "recovered"


MAIL, WEBHOOK = "mail", "webhook"
WAITING, SENT, GIVEN_UP, DROPPED = "waiting", "sent", "given up", "dropped"
TEST = "test"
#: Pauses after the first, second, ... try that failed; the last one is repeated.
PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180))
#: A message that could not be delivered for so long is given up: it is no news any more.
PATIENCE = timedelta(days=1)
#: So long a worker is believed to be at a message that it took; delivering one is over in less.
TAKEN = timedelta(minutes=2)
#: Messages that have arrived, or never will, are kept so long for who wonders.
KEPT = timedelta(days=90)
#: Characters of an address.
_LONGEST = 400
_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def address_of(channel: str, text: str) -> str:
    """An address in the form in which it is kept. Raises Refused where it is none."""
    said = text.strip()
    if channel == MAIL:
        if not _MAIL.fullmatch(said):
            raise Refused(f"{said!r} is no e-mail address. It looks like name@example.com.")
        return said
    if channel != WEBHOOK:
        raise Refused(f"There is no way {channel!r} to tell somebody. The ways are: {MAIL}, {WEBHOOK}.")
    try:
        parts = urlsplit(said)
        usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f\x7f]", said) or len(said) > _LONGEST or not said.isascii():
        raise Refused("A webhook needs a whole address in plain letters, such as https://hooks.example.com/tieout.")
    if parts.username is not None or parts.password is not None:
        raise Refused("A webhook's address holds no name and password: whoever sees the settings would read them.")
    return said


class Way(NamedTuple):
    """What is known of a webhook and kept encrypted: the whole address, and the secret that signs its messages."""

    url: str
    secret: str

    def packed(self) -> str:
        """As one text, to be encrypted."""
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, text: str) -> Way:
        """From that text."""
        return cls(**json.loads(text))


def shown(url: str, mark: str) -> str:
    """A webhook's address as it may be read by others: what follows the host is often a password, and only a mark of it remains.

    >>> shown("https://hooks.example.com/T01/p4ssw0rd", "3f2a9c1b77e0")
    'https://hooks.example.com/… (3f2a9c1b)'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/… ({mark[:8]})"


def changes_of(names: Iterable[str]) -> list[str]:
    """The names of changes, in their own order. Raises Refused where one is unknown or there is none."""
    wanted = set(names)
    if unknown := wanted - set(Change):
        raise Refused(f"There is no change {min(unknown)!r}. The changes are: {', '.join(Change)}.")
    if not wanted:
        raise Refused("Choose at least one change to be told of.")
    return [str(each) for each in Change if each in wanted]


def recipients(connection: Connection, company_id: int) -> list[RowMapping]:
    """Who is told, in the order in which they were added."""
    wanted = select(Recipient.__table__).where(Recipient.company_id == company_id).order_by(Recipient.id)
    return list(connection.execute(wanted).mappings())


def recipient(connection: Connection, company_id: int, recipient_id: int) -> RowMapping | None:
    """One of them; None where there is none (any more)."""
    wanted = select(Recipient.__table__).where(Recipient.company_id == company_id, Recipient.id == recipient_id)
    return connection.execute(wanted).mappings().first()


def watched(connection: Connection) -> list[int]:
    """The companies of which somebody is told anything."""
    return list(connection.scalars(select(Recipient.company_id).distinct().order_by(Recipient.company_id)))


def add(connection: Connection, company_id: int, at: datetime, *, by: str, **values: Any) -> int:
    """Add somebody; raises Refused where the address is there already."""
    same = (Recipient.company_id == company_id, Recipient.channel == values["channel"], Recipient.address == values["address"])
    if connection.scalar(select(Recipient.id).where(*same)) is not None:
        raise Refused(f"{values['address']} is told already. Change what it is told of instead.")
    row = {"company_id": company_id, "added_at": at, "added_by": by, **values}
    return int(connection.execute(insert(Recipient).values(row).returning(Recipient.id)).scalar_one())


def change(connection: Connection, recipient_id: int, **values: Any) -> None:
    """Change what somebody is told of, or a webhook's secret."""
    connection.execute(update(Recipient).where(Recipient.id == recipient_id).values(values))


def remove(connection: Connection, recipient_id: int) -> None:
    """Tell somebody nothing any more; what is on its way to them is dropped."""
    connection.execute(delete(Recipient).where(Recipient.id == recipient_id))
    waiting = (Notice.recipient_id == recipient_id, Notice.state == WAITING)
    connection.execute(update(Notice).where(*waiting).values(state=DROPPED, trouble="Its recipient was taken out."))


def write(connection: Connection, at: datetime, told: Sequence[RowMapping], uid: str, **message: Any) -> None:
    """One message for each recipient in `told`; `uid` names what is told, and with the recipient's id the message."""
    said = {**message["facts"], "text": f"{message['subject']}\n{message['body']}"}
    message["facts"] = said  # `text` is what the usual chat programs show of a request
    rows = [
        {
            "company_id": each["company_id"], "recipient_id": each["id"], "channel": each["channel"], "address": each["address"],
            "uid": f"{uid}-{each['id']}", "made_at": at, "due_at": at, "state": WAITING, "tries": 0, **message,
        }
        for each in told
    ]  # fmt: skip
    if rows:
        connection.execute(insert(Notice), rows)


def take(connection: Connection, at: datetime) -> RowMapping | None:
    """Take the message that is due longest, so that no other worker delivers it meanwhile; None where none is due."""
    free = or_(Notice.taken_until.is_(None), Notice.taken_until < at)
    due = (Notice.state == WAITING, Notice.due_at <= at, free)
    wanted = select(Notice.id).where(*due).order_by(Notice.due_at, Notice.id).limit(1).with_for_update(skip_locked=True)
    chosen = connection.scalar(wanted)
    if chosen is None:
        return None
    taken = update(Notice).where(Notice.id == chosen).values(taken_until=at + TAKEN, tries=Notice.tries + 1)
    connection.execute(taken)
    return connection.execute(select(Notice.__table__).where(Notice.id == chosen)).mappings().one()


def arrived(connection: Connection, notice_id: int, at: datetime) -> None:
    """The message was delivered."""
    values = {"state": SENT, "sent_at": at, "taken_until": None, "trouble": None}
    connection.execute(update(Notice).where(Notice.id == notice_id, Notice.state == WAITING).values(values))


def failed(connection: Connection, notice: Mapping[Any, Any], at: datetime, why: str) -> bool:
    """The message could not be delivered: it is tried again after a pause, or given up. Whether it was given up."""
    pause = PAUSES[min(notice["tries"], len(PAUSES)) - 1]
    over: bool = at + pause > notice["made_at"] + PATIENCE
    values: dict[str, Any] = {"trouble": why[:1000], "taken_until": None, "due_at": at + pause}
    if over:
        values["state"] = GIVEN_UP
    connection.execute(update(Notice).where(Notice.id == notice["id"], Notice.state == WAITING).values(values))
    return over


def recent(connection: Connection, company_id: int, limit: int = 20) -> list[RowMapping]:
    """A company's newest messages, newest first."""
    wanted = select(Notice.__table__).where(Notice.company_id == company_id).order_by(Notice.id.desc()).limit(limit)
    return list(connection.execute(wanted).mappings())


def sweep(connection: Connection, now: datetime) -> None:
    """Drop old messages."""
    connection.execute(delete(Notice).where(Notice.state != WAITING, Notice.made_at < now - KEPT))
