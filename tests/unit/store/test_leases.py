"""One owner syncs a company at a time, and whoever lost it writes nothing more."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from syncengine.clock import SystemClock
from syncengine.errors import LeaseLost, LockBusy
from syncengine.store import leases
from syncengine.store.leases import LEASE_SECONDS


def claim(database, owner, at, **keywords) -> int:
    with database.writing() as connection:
        return leases.claim(connection, 1, owner, at, **keywords)


def test_a_company_without_a_lease_row_gets_one_on_first_need(database, company):
    with database.writing() as connection:
        assert leases.row(connection, company)["fence"] == 0
        assert leases.row(connection, company, lock=True)["owner"] is None


def test_a_second_owner_is_told_who_holds_the_company(database, company, now):
    assert claim(database, "ada", now) == 1
    with pytest.raises(LockBusy, match="ada"):
        claim(database, "bob", now + timedelta(seconds=LEASE_SECONDS - 1))
    with database.writing() as connection:
        assert leases.claim(connection, 2, "bob", now) == 1


def test_each_new_owner_gets_a_higher_fence(database, company, now):
    fences = [claim(database, f"owner {turn}", now + timedelta(seconds=turn * LEASE_SECONDS)) for turn in range(5)]
    assert fences == [1, 2, 3, 4, 5]


def test_an_owner_that_comes_back_starts_anew_and_its_old_fence_is_stale(database, company, now):
    old = claim(database, "ada", now)
    new = claim(database, "ada", now)
    with database.writing() as connection:
        leases.check(connection, company, new)
        with pytest.raises(LeaseLost):
            leases.check(connection, company, old)


def test_an_expired_lease_is_taken_over_and_the_sleeper_can_neither_write_renew_nor_release(database, company, now):
    old = claim(database, "sleeper", now)
    later = now + timedelta(seconds=LEASE_SECONDS)
    new = claim(database, "bob", later)
    with database.writing() as connection:
        with pytest.raises(LeaseLost):
            leases.check(connection, company, old)
        with pytest.raises(LeaseLost):
            leases.renew(connection, company, old, later)
        leases.release(connection, company, old)
        assert leases.row(connection, company)["owner"] == "bob"
        leases.check(connection, company, new)


def test_renewal_keeps_others_out_beyond_the_first_end(database, company, now):
    fence = claim(database, "ada", now)
    later = now + timedelta(seconds=LEASE_SECONDS - 1)
    with database.writing() as connection:
        leases.renew(connection, company, fence, later)
    with pytest.raises(LockBusy):
        claim(database, "bob", later + timedelta(seconds=LEASE_SECONDS - 1))


def test_a_dead_owners_lease_is_free_at_once_and_a_living_ones_is_not(database, company, now):
    claim(database, "ada", now)
    with pytest.raises(LockBusy):
        claim(database, "bob", now, dead=lambda owner: owner != "ada")
    assert claim(database, "bob", now, dead=lambda owner: owner == "ada") == 2


def test_a_released_company_is_free_at_once_and_its_fence_goes_on_growing(database, company, now):
    fence = claim(database, "ada", now)
    with database.writing() as connection:
        leases.release(connection, company, fence)
    assert claim(database, "bob", now) == fence + 1


def test_a_check_without_any_lease_is_lost(database, company):
    with pytest.raises(LeaseLost), database.writing() as connection:
        leases.check(connection, company, 1)


def test_of_many_threads_that_claim_at_once_one_wins(database, company, now):
    """The lease row does not exist yet: making it is part of the race."""

    def attempt(number: int) -> int | None:
        try:
            return claim(database, f"thread {number}", now)
        except LockBusy:
            return None

    with ThreadPoolExecutor(8) as pool:
        won = [fence for fence in pool.map(attempt, range(8)) if fence is not None]
    assert won == [1]


_CLAIM = """
import sys
from datetime import datetime
from syncengine.db.engine import Database
from syncengine.errors import LockBusy
from syncengine.store import leases
database = Database(sys.argv[1])
with database.reading() as connection:      # the engine is warm before the race begins
    connection.exec_driver_sql("SELECT 1")
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
try:
    with database.writing() as connection:
        print("won", leases.claim(connection, 1, sys.argv[2], datetime.fromisoformat(sys.argv[3])))
except LockBusy:
    print("busy")
"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_of_two_processes_that_claim_at_once_one_wins(database, company):
    at = SystemClock().now().isoformat()
    racers = [
        subprocess.Popen([sys.executable, "-c", _CLAIM, database.url, name, at], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    try:
        for racer in racers:
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert sorted(racer.communicate(timeout=60)[0] for racer in racers) == ["busy\n", "won 1\n"]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()
