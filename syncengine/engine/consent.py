"""Sign-in: a person's way to QuickBooks' consent page and back, and the exchange of what it brings (A16).

The page only notes down what the person brings back; the worker exchanges it, for nobody else talks to QuickBooks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from socket import gethostname
from urllib.parse import urlsplit

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import connect, schedule
from syncengine.engine.site import Site
from syncengine.errors import Refused, SyncEngineError, WrongRealm
from syncengine.quickbooks import Endpoints, Grant, read_callback
from syncengine.quickbooks.endpoints import is_loopback
from syncengine.settings import Settings
from syncengine.store import audit, connections, consents
from syncengine.store.tables import Service
from syncengine.store.vault import open_vault

#: What a person does whose journey came to nothing.
_AGAIN = "Press Connect and begin again."


def begin(sql: Connection, settings: Settings, company_id: int, *, state: str, redirect_uri: str, by: str, at: datetime) -> None:
    """Note down that a person sets out. Raises Refused for an address that no code may be sent to, and without an app."""
    check_redirect(redirect_uri)
    connect.app_of(settings, connections.get(sql, company_id), redirect_uri)
    consents.begin(sql, company_id, state=state, by=by, redirect_uri=redirect_uri, at=at)


def check_redirect(redirect_uri: str) -> None:
    """Raise Refused unless it is an address to which a code may be sent."""
    parts = urlsplit(redirect_uri)
    plain = parts.scheme == "http" and is_loopback(redirect_uri)
    if not parts.hostname or parts.fragment or not (parts.scheme == "https" or plain):
        raise Refused("The redirect address must begin with https://, or with http:// on this machine, and have no # in it.")


def consent_address(sql: Connection, settings: Settings, company_id: int, state: str) -> str:
    """Where the person says yes or no; "" while the local QuickBooks is being started. Raises Refused for an old journey."""
    journey = consents.find(sql, state)
    if journey is None or journey["company_id"] != company_id or journey["outcome"] != consents.OPEN:
        raise Refused(f"This sign-in is over. {_AGAIN}")
    row = connections.get(sql, company_id)
    if row["environment"] != "emulator":
        target = Endpoints.production() if row["environment"] == "production" else Endpoints.sandbox()
        return connect.consent_url(target, connect.app_of(settings, row, journey["redirect_uri"]), state)
    here = sql.scalar(select(Service.address).where(Service.name == "emulator", Service.host == gethostname()[:100]))
    if here is None:
        return ""
    # The emulator says yes by itself unless the page is asked for, as OpenID Connect words it.
    url = connect.consent_url(Endpoints.emulator(here), connect.app_of(settings, row, journey["redirect_uri"]), state)
    return f"{url}&prompt=consent"


def come_back(
    sql: Connection, settings: Settings, company_id: int, parameters: Mapping[str, str], *, by: str, at: datetime
) -> int:
    """Take over what the consent page sent; returns the journey. The exchange is the worker's.

    Raises Refused for an answer to no journey of this person and company, one that was given already or came too late, and
    AccessDenied where the person said no.
    """
    state = parameters.get("state", "")
    journey = consents.find(sql, state, hold=True) if state else None
    if journey is None or journey["company_id"] != company_id or journey["actor"] != by:
        raise Refused(f"This answer belongs to no sign-in that you began for this company here. Nothing was connected. {_AGAIN}")
    if journey["outcome"] != consents.OPEN:
        raise Refused(f"This answer was used already; each is good once. {_AGAIN}")
    if at - journey["started_at"] > consents.LIFETIME:
        consents.finish(sql, journey["id"], consents.REFUSED, "It took too long.", at)
        raise Refused(f"The sign-in took longer than {consents.LIFETIME.seconds // 60} minutes. {_AGAIN}")
    grant = read_callback(parameters, state=state)
    sealed = open_vault(settings).seal(json.dumps({"code": grant.code, "realm": grant.realm_id}))
    consents.answer(sql, journey["id"], sealed, at)
    return int(journey["id"])


def deny(sql: Connection, parameters: Mapping[str, str], at: datetime, why: str) -> None:
    """The person said no on the consent page, or brought nothing that could be read: the journey is over."""
    journey = consents.find(sql, parameters.get("state", ""), hold=True)
    if journey is not None and journey["outcome"] == consents.OPEN:
        consents.finish(sql, journey["id"], consents.REFUSED, why, at)


def wanted(site: Site) -> bool:
    """Whether `settle` has anything to do: two small reads."""
    now = site.clock.now()
    with site.database.reading() as sql:
        if consents.to_exchange(sql) or consents.left(sql, now):
            return True
        local = [each for each in consents.under_way(sql, now) if connections.get(sql, each)["environment"] == "emulator"]
        return bool(local) and sql.scalar(select(Service.address).where(Service.name == "emulator")) is None


def settle(site: Site) -> int:
    """Exchange what people brought back, and have the local QuickBooks ready where somebody is on the way to it.

    Returns how many were exchanged. What goes wrong is told to the person by the journey, and raises nothing.
    """
    now = site.clock.now()
    with site.database.reading() as sql:
        waiting, lost, travelling = consents.to_exchange(sql), consents.left(sql, now), consents.under_way(sql, now)
        local = [each for each in travelling if connections.get(sql, each)["environment"] == "emulator"]
    for journey in lost:
        _over(site, journey, f"The exchange was cut off. {_AGAIN}")
    if local:
        site.emulator()
    for journey in waiting:
        with site.database.writing() as sql:
            mine = consents.take(sql, journey["id"])
        if mine:
            _exchange(site, journey)
    return len(waiting)


def _exchange(site: Site, journey: RowMapping) -> None:
    company_id = journey["company_id"]
    try:
        with site.database.reading() as sql:
            row = connections.get(sql, company_id)
        brought = json.loads(open_vault(site.settings).open(journey["answer"]))
        oauth = connect.sign_in(site, connect.endpoints(site, row), connect.app(site, row, journey["redirect_uri"]))
        connect.take_over(site, company_id, oauth, Grant(brought["code"], brought["realm"]))
    except WrongRealm as wrong:
        _over(site, journey, f"{wrong} {_elsewhere(str(wrong))}")
    except SyncEngineError as trouble:
        _over(site, journey, str(trouble))
    else:
        now = site.clock.now()
        with site.database.writing() as sql:
            consents.finish(sql, journey["id"], consents.CONNECTED, "", now)
            schedule.plan_next(sql, company_id, now)
            audit.write(sql, company_id, now, [audit.Line("connected", journey["actor"])])


def _elsewhere(said: str) -> str:
    if said.startswith("Another company"):
        return "Open that company here instead, or choose another one on the consent page."
    return (
        "Choose the company of before on the consent page. To sync the other one as well, add a company of its own for it under "
        "Companies: records of two sets of books never mix."
    )


def _over(site: Site, journey: RowMapping, why: str) -> None:
    now = site.clock.now()
    with site.database.writing() as sql:
        consents.finish(sql, journey["id"], consents.REFUSED, why, now)
        audit.write(sql, journey["company_id"], now, [audit.Line("not connected", journey["actor"], detail={"why": why})])

