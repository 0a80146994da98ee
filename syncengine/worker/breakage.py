"""What is left of a cycle that broke on something unforeseen: its row is closed, so that nobody believes it still runs.

A slot of the schedule is begun again after a pause, as after an outage. A person has seen the X and asks again.
"""

from __future__ import annotations

from syncengine.engine import schedule
from syncengine.engine.site import Site
from syncengine.store import cycles, leases
from syncengine.worker import opening

#: For the history, where no better words are known.
UNFORESEEN = "The sync broke off on an unforeseen error, which is in the log."


def record(site: Site, company_id: int, error: BaseException) -> None:
    """Close the company's running cycle as failed, saying why, unless somebody else has the company by now."""
    sentence = opening.explained(error, site.settings) or UNFORESEEN
    now = site.clock.now()
    with site.database.writing() as connection:
        row = cycles.last(connection, company_id, finished=False)
        fence = leases.row(connection, company_id, lock=True)["fence"]
        if row is not None and row["result"] == "running" and row["fence"] == fence:
            seconds = (now - row["started_at"]).total_seconds()
            cycles.finish(connection, row["id"], now, result="failed", message=sentence, seconds=seconds)
            schedule.retry_later(connection, company_id, row["id"], now)
