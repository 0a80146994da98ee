"""From the page to QuickBooks' consent page and back: the state is good once, for one person, one company and a while."""

from __future__ import annotations

from socket import gethostname
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import insert, select, update

from syncengine import commands, queries
from syncengine.engine import consent, setup
from syncengine.errors import AccessDenied, ConfigurationError, Refused
from syncengine.quickbooks import Endpoints
from syncengine.store import connections
from syncengine.store.tables import Audit, Connection, Consent, Cycle, Service
from tests.support.world import BASE, World

HERE = "http://localhost:8501/settings"


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An installation whose pages and worker share one key, with the emulator in its place."""
    monkeypatch.setenv("TIEOUT_DATA", str(world.site.settings.data))
    for name in ("TIEOUT_KEY", "TIEOUT_CLIENT_ID", "TIEOUT_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with world.site.database.writing() as connection:
        connection.execute(
            insert(Service).values(name="emulator", host=gethostname()[:100], address=BASE, pid=1, started_at=world.clock.now())
        )
    return world


def person(world: World, company: int, name: str = "Ada") -> queries.Session:
    return queries.Session(world.site.database, name, company, world.clock)


def answered(world: World, address: str, realm: str = "", answer: str = "allow") -> dict[str, str]:
    """What a person's browser ends on after the consent page."""
    with world.site.http(Endpoints.emulator(BASE))() as session:
        reply = session.get(f"{address}&emulator_answer={answer}&realmId={realm}", allow_redirects=False, timeout=10)
    assert reply.headers["Location"].startswith(HERE)
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


def travel(world: World, ada: queries.Session, realm: str, **more: str) -> dict[str, str]:
    return answered(world, queries.consent_address(ada, commands.begin_connecting(ada, HERE)), realm, **more)


def new_realm(world: World) -> str:
    return str(world.control("companies", {"kind": "empty"})["realm_id"])


def real(world: World) -> queries.Session:
    company = setup.add_real_company(world.site.database, world.clock, "Real", environment="sandbox")
    ada = person(world, company)
    commands.keep_app_keys(ada, "our-client", "our-secret-0815")
    return ada


def outcome(ada: queries.Session) -> tuple[str, str]:
    journey = queries.connection(ada).journey
    assert journey is not None
    return journey.outcome, journey.message


def test_a_consent_connects_a_company_of_intuit_s_and_it_syncs(site: World) -> None:
    ada = real(site)
    assert queries.connection(ada).state == "new"
    address = queries.consent_address(ada, commands.begin_connecting(ada, HERE))
    assert address.startswith("https://appcenter.intuit.com/connect/oauth2?client_id=our-client")
    brought = answered(site, address, new_realm(site))
    commands.finish_connecting(ada, brought)
    assert outcome(ada) == ("answered", "")
    assert consent.wanted(site.site)
    assert consent.settle(site.site) == 1
    assert outcome(ada) == ("connected", "")
    assert not consent.wanted(site.site)
    assert queries.connection(ada).state == "connected"
    assert site.sync(ada.company_id).result == "ok"
    assert queries.connection(ada).read_at is not None


def test_neither_code_nor_secret_nor_tokens_stand_in_the_database_or_its_trail(site: World) -> None:
    ada = real(site)
    brought = travel(site, ada, new_realm(site))
    commands.finish_connecting(ada, brought)
    with site.site.database.reading() as connection:
        kept = [*connection.execute(select(Consent.__table__)).all(), *connection.execute(select(Connection.__table__)).all()]
    assert brought["code"] not in str(kept)
    assert brought["state"] not in str(kept)
    assert "0815" not in str(kept)
    consent.settle(site.site)
    with site.site.database.reading() as connection:
        assert connection.scalars(select(Consent.answer)).all() == [None]
        trail = str(connection.execute(select(Audit.__table__)).all())
    assert brought["code"] not in trail
    assert "0815" not in trail
    assert "0815" not in repr(queries.connection(ada))


def test_who_says_no_is_told_and_may_begin_again(site: World) -> None:
    ada = real(site)
    brought = travel(site, ada, new_realm(site), answer="deny")
    assert brought["error"] == "access_denied"
    with pytest.raises(AccessDenied, match="allow it"):
        commands.finish_connecting(ada, brought)
    assert outcome(ada)[0] == "refused"
    with pytest.raises(Refused, match="used already"):
        commands.finish_connecting(ada, brought)
    commands.finish_connecting(ada, travel(site, ada, new_realm(site)))
    consent.settle(site.site)
    assert outcome(ada)[0] == "connected"


def test_a_forged_state_another_person_s_and_another_company_s_connect_nothing(site: World) -> None:
    ada, realm = real(site), new_realm(site)
    brought = travel(site, ada, realm)
    other = person(site, site.company("Other"))
    for who, parameters in (
        (ada, {**brought, "state": f"{ada.company_id}-forged"}),
        (ada, {name: value for name, value in brought.items() if name != "state"}),
        (person(site, ada.company_id, "Eve"), brought),
        (other, brought),
    ):
        with pytest.raises(Refused, match="belongs to no sign-in that you began"):
            commands.finish_connecting(who, parameters)
    assert consent.settle(site.site) == 0
    assert queries.connection(ada).state == "new"
    commands.finish_connecting(ada, brought)  # none of that has spoiled the true one


def test_an_answer_is_good_once(site: World) -> None:
    ada = real(site)
    brought = travel(site, ada, new_realm(site))
    commands.finish_connecting(ada, brought)
    with pytest.raises(Refused, match="used already"):
        commands.finish_connecting(ada, brought)
    assert consent.settle(site.site) == 1
    with pytest.raises(Refused, match="used already"):
        commands.finish_connecting(ada, brought)
    # The code alone, under another state of the same person: QuickBooks knows it as used.
    state = commands.begin_connecting(ada, HERE)
    commands.finish_connecting(ada, {**brought, "state": state})
    consent.settle(site.site)
    assert outcome(ada)[0] == "refused"
    assert "Connect to QuickBooks again" in outcome(ada)[1]
    assert queries.connection(ada).state == "connected"


def test_a_sign_in_ages_out(site: World) -> None:
    ada = real(site)
    brought = travel(site, ada, new_realm(site))
    site.clock.advance(31 * 60)
    with pytest.raises(Refused, match="longer than 30 minutes"):
        commands.finish_connecting(ada, brought)
    assert consent.settle(site.site) == 0


def test_another_company_of_quickbooks_than_before_is_refused_with_what_to_do(site: World) -> None:
    ada, first = real(site), new_realm(site)
    commands.finish_connecting(ada, travel(site, ada, first))
    consent.settle(site.site)
    commands.disconnect(ada)
    commands.finish_connecting(ada, travel(site, ada, new_realm(site)))
    consent.settle(site.site)
    assert outcome(ada)[0] == "refused"
    assert "another QuickBooks company" in outcome(ada)[1]
    assert "add a company of its own" in outcome(ada)[1]
    assert queries.connection(ada).state == "disconnected"
    commands.finish_connecting(ada, travel(site, ada, first))
    consent.settle(site.site)
    assert queries.connection(ada).state == "connected"


def test_two_companies_never_share_one_of_quickbooks(site: World) -> None:
    ada, realm = real(site), new_realm(site)
    commands.finish_connecting(ada, travel(site, ada, realm))
    consent.settle(site.site)
    second = person(site, site.company("Second"))
    commands.finish_connecting(second, travel(site, second, realm))
    consent.settle(site.site)
    assert outcome(second)[0] == "refused"
    assert "Open that company here instead" in outcome(second)[1]


def test_after_a_disconnect_nothing_syncs_until_the_consent_is_given_again(site: World) -> None:
    ada, realm = real(site), new_realm(site)
    commands.finish_connecting(ada, travel(site, ada, realm))
    consent.settle(site.site)
    assert site.sync(ada.company_id).result == "ok"
    commands.disconnect(ada)
    site.save(ada.company_id, "customer", {"name": "Alpine"})
    assert site.sync(ada.company_id).result == "failed"
    with pytest.raises(Refused, match="Settings > Connection"):
        commands.reconnect(ada)
    commands.finish_connecting(ada, travel(site, ada, realm))
    consent.settle(site.site)
    result = site.sync(ada.company_id)
    assert (result.result, result.sent) == ("ok", 1)


def test_the_local_quickbooks_asks_on_its_consent_page_too(site: World) -> None:
    ada = person(site, site.company("Harbour"))
    address = queries.consent_address(ada, commands.begin_connecting(ada, HERE))
    with site.site.http(Endpoints.emulator(BASE))() as session:
        page = session.get(address, allow_redirects=False, timeout=10)
    assert page.status_code == 200  # it asks, though it answers others by itself
    commands.finish_connecting(ada, travel(site, ada, new_realm(site)))
    consent.settle(site.site)
    assert site.sync(ada.company_id).result == "ok"


def test_the_local_quickbooks_is_started_for_who_is_on_the_way_to_it(site: World) -> None:
    ada = person(site, site.company("Harbour"))
    with site.site.database.writing() as connection:
        connection.execute(Service.__table__.delete())
    assert not consent.wanted(site.site)
    state = commands.begin_connecting(ada, HERE)
    assert queries.consent_address(ada, state) == ""
    assert consent.wanted(site.site)


def test_a_code_that_a_dead_worker_took_is_given_up(site: World) -> None:
    ada = real(site)
    commands.finish_connecting(ada, travel(site, ada, new_realm(site)))
    with site.site.database.writing() as connection:
        connection.execute(update(Consent).values(outcome="exchanging"))
    assert consent.settle(site.site) == 0
    assert outcome(ada)[0] == "answered"
    site.clock.advance(121)
    assert consent.wanted(site.site)
    consent.settle(site.site)
    assert outcome(ada) == ("refused", "The exchange was cut off. Press Connect and begin again.")


def test_trouble_on_the_way_is_told_and_ends_nothing_else(site: World) -> None:
    ada = real(site)
    site.control("apps", {"client_id": "our-client", "client_secret": "our-secret-0815"})
    brought = travel(site, ada, new_realm(site))
    commands.finish_connecting(ada, brought)
    commands.keep_app_keys(ada, "our-client", "wrong-secret")
    consent.settle(site.site)
    assert outcome(ada)[0] == "refused"
    assert "client" in outcome(ada)[1]
    assert brought["code"] not in outcome(ada)[1]


@pytest.mark.parametrize(
    "address", ["", "settings", "ftp://localhost/", "http://books.example/settings", "https://books.example/settings#x"]
)
def test_no_code_is_sent_to_an_address_that_is_unsafe(site: World, address: str) -> None:
    with pytest.raises(Refused, match="redirect address"):
        commands.begin_connecting(real(site), address)


def test_without_keys_nobody_sets_out_and_wrong_ones_are_refused(site: World, monkeypatch: pytest.MonkeyPatch) -> None:
    company = setup.add_real_company(site.site.database, site.clock, "Real", environment="production")
    ada = person(site, company)
    assert queries.connection(ada).app == ""
    with pytest.raises(ConfigurationError, match="Settings > Connection"):
        commands.begin_connecting(ada, HERE)
    for keys in (("", "x"), ("x", ""), ("a b", "x"), ("x", "é"), ("x" * 501, "y")):
        with pytest.raises(Refused, match="one word"):
            commands.keep_app_keys(ada, *keys)
    monkeypatch.setenv("TIEOUT_CLIENT_ID", "shared")
    monkeypatch.setenv("TIEOUT_CLIENT_SECRET", "shared-secret")
    assert queries.connection(ada).app == "installation"
    assert "client_id=shared&" in queries.consent_address(ada, commands.begin_connecting(ada, HERE))
    commands.keep_app_keys(ada, "own", "own-secret")
    assert queries.connection(ada).app == "company"
    assert "client_id=own&" in queries.consent_address(ada, commands.begin_connecting(ada, HERE))
    with pytest.raises(Refused, match="asks for no keys"):
        commands.keep_app_keys(person(site, site.company("Sample")), "a", "b")


def test_never_connect_is_said_while_not_connected_and_taken_back_by_connecting(site: World) -> None:
    ada = real(site)
    commands.never_connect(ada)
    assert queries.connection(ada).state == "never"
    with pytest.raises(Refused, match="already"):
        commands.never_connect(ada)
    part = next(each for each in queries.overview(ada).parts if each.name == "Connection")
    assert (part.health, "not to be connected" in part.says) == (queries.Health.HEALTHY, True)
    assert site.sync(ada.company_id).result == "failed"
    commands.finish_connecting(ada, travel(site, ada, new_realm(site)))
    consent.settle(site.site)
    assert queries.connection(ada).state == "connected"
    with pytest.raises(Refused, match="Disconnect it first"):
        commands.never_connect(ada)


def test_a_sample_company_that_was_never_to_be_connected_is_let_in_again(site: World) -> None:
    ada = person(site, site.company("Harbour"))
    site.sync(ada.company_id)
    commands.disconnect(ada)
    commands.never_connect(ada)
    commands.reconnect(ada)
    with site.site.database.reading() as connection:
        assert connections.get(connection, ada.company_id)["declined"] is False
    assert site.sync(ada.company_id).result == "ok"


def test_the_connection_is_told_with_company_plan_and_reads(site: World) -> None:
    ada = person(site, site.company("Harbour"))
    site.sync(ada.company_id)
    found = queries.connection(ada)
    assert found.name
    assert "QuickBooks Online" in found.plan
    assert found.connected_at == found.refreshed_at
    with site.site.database.reading() as connection:
        assert found.reads == sum(connection.scalars(select(Cycle.metered_reads)))
    assert found.reads > 0
