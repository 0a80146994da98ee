"""Alerts in a real browser: a mail and a webhook are added, an X arrives at both of them, and one is taken out."""

from __future__ import annotations

import hashlib
import hmac
import json

from playwright.sync_api import expect
from sqlalchemy import select, update

from syncengine import queries
from syncengine.engine.news import SETTLE
from syncengine.store.notices import Change
from syncengine.store.tables import Standing
from tests.browser.conftest import until
from tests.browser.hands import save, sync, table
from tests.support.receivers import hook

MAIL = "ada@books.example"


def add(page, channel, address):
    form = page.get_by_test_id("stForm")
    form.get_by_role("radio", name=channel, exact=True).click()
    form.get_by_role("textbox", name="Address").fill(address)
    form.get_by_role("button", name="Add").click()


def proves(secret, signed, body):
    """Whether a receiver that has the secret finds the signature right."""
    stamp, _, made = signed.removeprefix("t=").partition(",v1=")
    return hmac.compare_digest(made, hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest())


def told(installation):
    """The mails that have come, the first one first."""
    return [mail for mail in installation.mails if mail["To"] == MAIL]


def standing(session):
    """How the X was last told; nothing before the worker has looked at the company once."""
    with session.database.reading() as connection:
        found = select(Standing.__table__).where(Standing.company_id == session.company_id, Standing.condition == "x")
        return connection.execute(found).mappings().first()


def two_minutes_pass(session):
    """An X is told once it has stood for two minutes; its clock is put back instead."""
    row = until(lambda: (held := standing(session)) and held["since"] and held)
    with session.database.writing() as connection:
        of = update(Standing).where(Standing.company_id == session.company_id, Standing.condition == "x")
        connection.execute(of.values(since=row["since"] - SETTLE[Change.X]))


def test_a_mail_and_a_webhook_are_told_of_an_x_and_one_that_was_taken_out_of_nothing_more(installation, visit):
    session = installation.company("Told")
    page = visit("settings", company="Told", tab="Alerts")
    expect(page.get_by_text("Nobody yet. Add an address")).to_be_visible()
    with hook() as web:
        add(page, "E-mail", MAIL)
        expect(page.get_by_text("is told from now on.")).to_be_visible()
        add(page, "Webhook", web.url)
        secret = page.locator(".st-key-alerts-secret").get_by_test_id("stCode")
        expect(secret).to_be_visible()
        kept = secret.inner_text()
        page.get_by_role("button", name="I have copied it").click()
        expect(secret).to_have_count(0)
        assert kept not in page.content()

        # A test goes out at once.
        page.get_by_role("button", name="Send a test").last.click()
        until(lambda: web.got)
        _, headers, body = web.got.pop()
        assert proves(kept, headers["Tieout-Signature"], body)

        until(lambda: standing(session))
        customer = save(session, "customer", {"name": "Mistyped", "email": "mistyped@b"})
        assert sync(session)["result"] == "errors"
        two_minutes_pass(session)
        until(lambda: web.got and told(installation))
        assert [json.loads(body)["company"] for _, _, body in web.got] == ["Told"]
        assert ["Told" in mail["Subject"] for mail in told(installation)] == [True]
        # Nobody touches the page: the list tells what became of the messages.
        expect(table(page)).to_contain_text("✓ Sent")

        page.get_by_role("button", name="Take out").last.click()
        expect(page.get_by_text("Taken out: nothing is told to this address any more.")).to_be_visible()
        assert queries.alerts(session)["channel"].tolist() == ["mail"]
        # It is well again: the mail says so, and the webhook hears nothing.
        save(session, "customer", {"id": customer, "email": "mended@books.example"})
        sync(session)
        until(lambda: len(told(installation)) == 2)
        assert len(web.got) == 1
