"""Sign-ins: each counts until its age or until its person signs out, on every act and in every copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from syncengine import commands, queries
from syncengine.commands import signing
from syncengine.errors import Forbidden, SignedOut
from syncengine.queries import Session
from syncengine.store import people, signins
from syncengine.store.signins import SignIn
from syncengine.store.tables import SignIn as Row
from tests.unit.queries import seed

ADA = "ada@example.com"
HOURS = timedelta(hours=12)


def made(key: str = "k1", person: str = ADA, at=seed.NOON) -> SignIn:
    return SignIn(key, person, at, at + HOURS)


@pytest.fixture
def ada(database) -> Session:
    """The owner of a company, here by a sign-in."""
    session = seed.company(database)
    with database.writing() as connection:
        people.put(connection, session.company_id, ADA, "owner", seed.NOON, "seed")
    return replace(session, actor=ADA, signed_in=True, sign_in=made())


def test_a_sign_in_counts_up_to_its_age_and_not_one_act_longer(ada):
    ada.clock.advance(HOURS.total_seconds() - 1)
    commands.sync_now(ada)
    ada.clock.advance(1)
    for act in (queries.overview, commands.sync_now, queries.my_rights):
        with pytest.raises(SignedOut, match=r"come of age\. Sign in again"):
            act(ada)
    with pytest.raises(SignedOut):
        commands.set_role(ada, "bob@example.com", "owner")


def test_signing_out_ends_the_sign_in_for_every_holder_of_its_cookie_and_no_other(ada, database):
    other = replace(ada, sign_in=made("k2"))
    assert signing.arrive(database, ada.sign_in)
    assert signing.arrive(database, other.sign_in)
    signing.sign_out(database, ada.clock, ada.sign_in)
    copy = replace(ada, sign_in=made())
    assert not signing.arrive(database, copy.sign_in)
    for act in (queries.overview, commands.sync_now):
        with pytest.raises(SignedOut, match="You have signed out"):
            act(copy)
    queries.overview(other)


def test_signing_out_counts_though_the_sign_in_was_never_noted(ada, database):
    signing.sign_out(database, ada.clock, ada.sign_in)
    assert not signing.arrive(database, ada.sign_in)


def test_a_sign_in_counts_on_a_local_database_though_the_session_forgot_to_say_so(ada):
    forgetful = replace(ada, signed_in=False, actor="stranger@example.com")
    with pytest.raises(Forbidden, match="no right"):
        queries.overview(forgetful)


def test_each_sign_in_is_noted_once_and_forgotten_when_it_is_long_over_but_for_a_persons_last(ada, database):
    for key, person, days in (("old", ADA, 0), ("bobs", "bob@example.com", 0), ("new", ADA, 1), ("now", ADA, 40)):
        for _ in range(2):
            assert signing.arrive(database, made(key, person, seed.NOON + timedelta(days=days)))
    with database.reading() as connection:
        assert set(connection.scalars(select(Row.key))) == {"bobs", "now"}
        assert signins.last(connection, [ADA.upper(), "bob@example.com", "carol@example.com"]) == {
            ADA: seed.NOON + timedelta(days=40),
            "bob@example.com": seed.NOON,
        }
        assert connection.scalar(select(func.count()).select_from(Row)) == 2
