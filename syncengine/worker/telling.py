"""Telling: looks for news and delivers the messages that are due, a few at a time, each by one worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from syncengine.engine import news
from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError
from syncengine.failpoints import failpoint
from syncengine.store import notices
from syncengine.store.vault import open_vault
from syncengine.worker import channels
from syncengine.worker.channels import Undelivered
from syncengine.worker.logs import facts

logger = logging.getLogger("tieout.alerts")

#: How often a worker looks for news and for messages that are due.
TELL_SECONDS = 10.0
#: So many messages are delivered in a row; the rest waits for the next look.
AT_ONCE = 20


def look(site: Site) -> int:
    """Write down what has changed, for those who want to know; how many changes there were."""
    return news.look(site.database, site.clock.now())


def deliver_all(site: Site) -> None:
    """Deliver what is due, one message after the other."""
    for _ in range(AT_ONCE):
        if not deliver(site):
            return


def deliver(site: Site) -> bool:
    """Deliver the message that is due longest; whether there was one.

    A worker that dies in between leaves it to the next one, so that it may arrive twice, under the same id, but not never.
    """
    with site.database.writing() as connection:
        notice = notices.take(connection, site.clock.now())
    if notice is None:
        return False
    failpoint("notice.taken")
    try:
        _send(site, notice)
    except Undelivered as reason:
        _failed(site, notice, str(reason))
    except Exception:  # a message that breaks its own delivery must not be tried for ever, nor hold up the others
        logger.exception("an unforeseen error while an alert was sent", extra=facts(company=notice["company_id"]))
        _failed(site, notice, "An unforeseen error, which is in the worker's log.")
    else:
        failpoint("notice.sent")
        with site.database.writing() as connection:
            notices.arrived(connection, notice["id"], site.clock.now())
        logger.info("alert sent", extra=facts(company=notice["company_id"], change=notice["change"], channel=notice["channel"]))
    return True


def _send(site: Site, notice: Mapping[Any, Any]) -> None:
    if notice["channel"] == notices.MAIL:
        channels.send_mail(site.settings, notice)
        return
    with site.database.reading() as connection:
        recipient = notices.recipient(connection, notice["company_id"], notice["recipient_id"])
    if recipient is None or not recipient["secret"]:
        raise Undelivered("The webhook was taken out meanwhile.")
    try:
        way = notices.Way.unpacked(open_vault(site.settings).open(recipient["secret"]))
    except ConfigurationError as reason:
        raise Undelivered(
            "The webhook's address was encrypted with another key. Restore TIEOUT_KEY, or the key file in the data folder."
        ) from reason
    channels.send_webhook(site.settings, {**notice, "address": way.url}, way.secret, site.clock.now())


def _failed(site: Site, notice: Mapping[Any, Any], why: str) -> None:
    with site.database.writing() as connection:
        over = notices.failed(connection, notice, site.clock.now(), why)
    logger.warning("alert given up" if over else "alert not sent", extra=facts(company=notice["company_id"], why=why))
