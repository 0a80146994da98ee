"""Connecting a real QuickBooks company from the terminal: a link to Intuit's consent page, and its answer pasted back."""

from __future__ import annotations

import sys
from urllib.parse import parse_qsl, urlsplit

from syncengine.engine import connect, setup
from syncengine.engine.site import Site
from syncengine.errors import Refused
from syncengine.store import connections


def run(site: Site, name: str, *, environment: str, redirect_uri: str) -> int:
    """Lead a person through the consent; returns the exit code.

    `environment` is `sandbox` or `production`; `redirect_uri` has to be one that is entered for the app in Intuit's
    developer portal, letter for letter. Nothing has to listen there: only the address that the browser ends on counts.
    """
    company_id = setup.add_real_company(site.database, site.clock, name, environment=environment)
    with site.database.reading() as connection:
        row = connections.get(connection, company_id)
    target = connect.endpoints(site, row)
    oauth = connect.sign_in(site, target, connect.app(site, row, redirect_uri))
    state = site.chance.token()
    sys.stderr.write("Open this address in a browser, sign in and choose the company:\n")
    sys.stderr.flush()
    sys.stdout.write(f"{oauth.authorize_url(state)}\n")
    sys.stdout.flush()
    sys.stderr.write("Then paste the whole address of the page that the browser ends on, and press Enter:\n")
    answer = sys.stdin.readline().strip()
    if not answer:
        raise Refused("No address was pasted. Nothing was connected.")
    connect.accept(site, company_id, oauth, dict(parse_qsl(urlsplit(answer).query)), state)
    sys.stderr.write(f"{name} is connected. The first sync reads everything: python -m syncengine sync --company {name!r}\n")
    return 0
