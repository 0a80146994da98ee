"""Signing in and out of the dashboard: acts that belong to no company, and that nobody needs a right for."""

from __future__ import annotations

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.store import rights, signins
from syncengine.store.signins import SignIn


@rights.open_to_all
def arrive(database: Database, sign_in: SignIn) -> bool:
    """Remember a sign-in at first sight; whether it still counts, since its person may have signed out of it."""
    with database.reading() as connection:
        stands = signins.stands(connection, sign_in)
    if stands is None:
        with database.writing() as connection:
            signins.note(connection, sign_in)
    return stands is not False


@rights.open_to_all
def sign_out(database: Database, clock: Clock, sign_in: SignIn) -> None:
    """End a sign-in at once: in every tab of the browser, and for whoever holds a copy of its cookie."""
    with database.writing() as connection:
        signins.end(connection, sign_in, clock.now())
