"""What whole pages cost a served dashboard, told by ratios within one run: ten times as much in a company must not show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.served import Dashboard, served
from syncengine.db.engine import Database
from syncengine.engine import foresight, setup
from tests.support.large import fill, fill_more

#: Documents in the queues of the two companies, each a third failed, with ten times as many runs and lines of history.
SIZES = {"Small": 300, "Large": 3_000}
#: What counts every row, for figures or a search, may cost so much more where there are ten times as many.
RATIO = 2.0
PAGES = {
    "the queue": ("preview", {}),
    "errors": ("errors", {}),
}


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A served dashboard with both companies, whose orders are kept."""
    folder: Path = tmp_path_factory.mktemp("pace")
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    setup.prepare(database)
    for name, size in SIZES.items():
        session = fill(database, size, history=size * 10, customers=20, name=name)
        fill_more(session, size, history=size * 10, customers=20)
        foresight.renew(database, session.company_id, session.clock.now())
    with served(database.url, folder) as found:
        yield found
    database.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_hardly_more_in_a_company_ten_times_as_large(dashboard, name):
    page, query = PAGES[name]
    costs = {}
    for company in SIZES:
        runs = [dashboard.visit(page, company=company, **query) for _ in range(3)]
        assert not any(run.trouble for run in runs), runs
        costs[company] = min(run.cpu for run in runs)
    assert costs["Large"] <= RATIO * costs["Small"], costs


def test_the_server_does_little_beside_the_page_itself(dashboard):
    """What it does for each page opened, such as a look at every module's file, shows in no figure of the script's own time."""
    dashboard.visit("people", company="Small")  # what is loaded once
    begun = dashboard.seconds()
    pages = sum(dashboard.visit("people", company="Small").cpu for _ in range(10)) / 1000
    assert dashboard.seconds() - begun <= 3 * pages


def test_the_server_stays_small_after_many_visits(dashboard):
    assert dashboard.megabytes()[1] <= 300
