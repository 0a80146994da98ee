"""Holding a company: its lease is renewed while the work lasts, and given back at the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from syncengine.engine.site import Site
from syncengine.errors import LeaseLost
from syncengine.store import leases

log = logging.getLogger(__name__)


@contextmanager
def kept(site: Site, company_id: int, fence: int, lost: threading.Event) -> Iterator[None]:
    """Renew the lease every third of its length; where it goes to another owner, set `lost`."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(leases.LEASE_SECONDS / 3):
            try:
                with site.database.writing() as connection:
                    leases.renew(connection, company_id, fence, site.clock.now())
            except LeaseLost:
                lost.set()
                return
            except DBAPIError:
                log.warning("the lease of company %s could not be renewed; trying again", company_id, exc_info=True)

    thread = threading.Thread(target=renew, name=f"lease-{company_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def give_back(site: Site, company_id: int, fence: int) -> None:
    """Let others have the company; nothing happens where another owner has it already."""
    try:
        with site.database.writing() as connection:
            leases.release(connection, company_id, fence)
    except DBAPIError:
        log.warning("the lease of company %s could not be given back; it runs out by itself", company_id, exc_info=True)
