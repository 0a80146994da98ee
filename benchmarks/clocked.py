"""Streamlit's server with a stop-watch on each run of a script: `python -m benchmarks.clocked LOG run dashboard.py ...`.

Everything after LOG is what `streamlit` itself takes. Each run of a page's script, with the runs that it asks for itself, is a
line of LOG in JSON: `cpu`, the milliseconds of processor time of the thread that ran it; `wall`, those of the clock; `page`.
Afterwards the process is the same as without: nothing is kept.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner import script_runner
from streamlit.web import cli


def clocked(log: Path) -> None:
    """Have each run of a script noted down in `log`."""
    run = script_runner.ScriptRunner._run_script  # noqa: SLF001 -- where a run begins and ends; there is no public place

    def timed(self: Any, rerun_data: Any) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        try:
            run(self, rerun_data)
        finally:
            took = {"cpu": (time.thread_time() - cpu) * 1000, "wall": (time.perf_counter() - wall) * 1000}
            with log.open("a") as out:
                out.write(json.dumps({**took, "page": rerun_data.page_name}) + "\n")

    script_runner.ScriptRunner._run_script = timed  # type: ignore[method-assign] # noqa: SLF001


if __name__ == "__main__":
    clocked(Path(sys.argv[1]))
    sys.argv = ["streamlit", *sys.argv[2:]]
    cli.main()
