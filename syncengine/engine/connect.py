"""Connect: the client of one company, with its tokens and quotas; a sample company signs in by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests
from sqlalchemy.engine import RowMapping

from syncengine.clock import SystemClock
from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError, ConnectionRevoked, TransportLost
from syncengine.quickbooks import App, Call, Client, Endpoints, Grant, OAuth, Tokens, read_callback, session_factory
from syncengine.quickbooks.transport import Transport
from syncengine.settings import Settings
from syncengine.store import connections, errors
from syncengine.store.connections import DatabaseTokenStore
from syncengine.store.journal import TokenJournal
from syncengine.store.quota import DatabaseQuotaLog
from syncengine.store.vault import Vault, open_vault

#: What Tieout calls itself where no app of Intuit's is involved.
_LOCAL_APP = App(client_id="tieout", client_secret="local")  # noqa: S106 -- the emulator's, and no secret
#: A sign-in at the emulator is answered at once or not at all.
_CONNECT_SECONDS = 30.0


def endpoints(site: Site, row: RowMapping) -> Endpoints:
    """Where this connection leads."""
    if row["environment"] == "emulator":
        return Endpoints.emulator(site.emulator())
    return Endpoints.production() if row["environment"] == "production" else Endpoints.sandbox()


def app(site: Site, row: RowMapping, redirect_uri: str = "") -> App:
    """Who asks: see `app_of`."""
    return app_of(site.settings, row, redirect_uri)


def app_of(settings: Settings, row: RowMapping, redirect_uri: str = "") -> App:
    """Who asks: the company's own Intuit app, else the installation's; nobody in particular at the emulator.

    Raises ConfigurationError where the keys of an app are kept nowhere.
    """
    if row["environment"] == "emulator":
        return replace(_LOCAL_APP, redirect_uri=redirect_uri)
    kept = connections.app_keys(open_vault(settings), row) if row["app"] else None
    client_id, client_secret = kept or (settings.client_id, settings.client_secret)
    if not client_id or not client_secret:
        raise ConfigurationError(
            "The keys of the Intuit app that asks are not known: enter them under Settings > Connection, or set TIEOUT_CLIENT_ID "
            "and TIEOUT_CLIENT_SECRET."
        )
    return App(client_id=client_id, client_secret=client_secret, redirect_uri=redirect_uri)


def consent_url(target: Endpoints, asker: App, state: str) -> str:
    """The address on which a person lets the app in."""
    transport = Transport(session_factory(target), SystemClock(), count_nothing)  # it carries nothing: an address is only made
    return OAuth(endpoints=target, app=asker, transport=transport, clock=SystemClock()).authorize_url(state)


def client(site: Site, company_id: int, quota: DatabaseQuotaLog, on_call: Any) -> tuple[Client, int]:
    """The company's client and its connection's generation. Raises ConnectionRevoked where a person has to connect."""
    vault = open_vault(site.settings)
    with site.database.reading() as connection:
        row = connections.get(connection, company_id)
    if row["state"] == connections.DISCONNECTED:
        raise ConnectionRevoked(connections.CUT_OFF)
    target = endpoints(site, row)
    if row["environment"] == "emulator" and (row["tokens"] is None or row["state"] == "broken"):
        _sign_in_to_sample(site, target, company_id, row, vault)
        with site.database.reading() as connection:
            row = connections.get(connection, company_id)
    if row["realm"] is None:
        raise ConnectionRevoked(connections.NOT_YET)
    store = DatabaseTokenStore(
        site.database, vault, TokenJournal(site.settings.data / "tokens.journal", vault), company_id, site.clock, site.chance
    )
    made = Client(
        endpoints=target,
        realm_id=vault.open(row["realm"]),
        app=app(site, row),
        tokens=store,
        quota=quota,
        clock=site.clock,
        chance=site.chance,
        session=site.http(target),
        on_call=on_call,
    )
    return made, row["generation"]


def sign_in(site: Site, target: Endpoints, asker: App) -> OAuth:
    """The conversation with the token endpoint in which a person's consent becomes a token pair."""
    return OAuth(endpoints=target, app=asker, transport=Transport(site.http(target), site.clock, count_nothing), clock=site.clock)


def accept(site: Site, company_id: int, oauth: OAuth, parameters: Mapping[str, str], state: str) -> None:
    """Take over what the consent page's redirect brings; from then on the company syncs with that realm.

    Raises Refused for the answer to another question, AccessDenied where the person said no, ConnectionRevoked for a code
    that was used or ran out, WrongRealm where the company was tied to another realm before.
    """
    take_over(site, company_id, oauth, read_callback(parameters, state=state))


def take_over(site: Site, company_id: int, oauth: OAuth, grant: Grant) -> None:
    """Exchange a consent's code for tokens and keep them. Raises as `accept`, but for the answers that it never sees."""
    tokens = oauth.exchange(grant.code)
    now = site.clock.now()
    with site.database.writing() as connection:
        connections.connect(connection, open_vault(site.settings), company_id, realm_id=grant.realm_id, tokens=tokens, at=now)
        errors.close_connection(connection, company_id, now)


def _sign_in_to_sample(site: Site, target: Endpoints, company_id: int, row: RowMapping, vault: Vault) -> None:
    """What a person does on Intuit's consent page, the emulator grants at once; one sample company for each of ours."""
    wish = {"client_id": _LOCAL_APP.client_id, "client_secret": _LOCAL_APP.client_secret}
    session = site.http(target)()
    try:
        if row["realm"] is None:
            made = _ask(session, f"{target.api}/_emulator/companies", {"kind": row["sample"] or "empty"})
            realm_id = str(made["realm_id"])
        else:
            realm_id = vault.open(row["realm"])
        granted = _ask(session, f"{target.api}/_emulator/connect", {**wish, "realm_id": realm_id})
    finally:
        session.close()
    now = site.clock.now()
    tokens = Tokens(
        access=granted["access_token"],
        refresh=granted["refresh_token"],
        access_expires_at=now + timedelta(seconds=int(granted["expires_in"])),
        refresh_expires_at=now + timedelta(seconds=int(granted["x_refresh_token_expires_in"])),
    )
    with site.database.writing() as connection:
        connections.connect(connection, vault, company_id, realm_id=realm_id, tokens=tokens, at=now)


def _ask(session: requests.Session, url: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        reply = session.post(url, json=body, timeout=_CONNECT_SECONDS)
        reply.raise_for_status()
        answer: dict[str, Any] = reply.json()
    except (requests.RequestException, ValueError) as error:
        raise TransportLost(f"The local QuickBooks emulator does not answer: {error}") from error
    return answer


def count_nothing(_: Call) -> None:
    """For clients whose calls nobody counts."""
