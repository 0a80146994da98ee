"""The notebooks run from top to bottom, on an empty machine and on the sample company's working day."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.support.source import ROOT, relative

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def run(path, folder, monkeypatch) -> dict:
    """What the names of a notebook stand for once all of its cells have run over the data in a folder."""
    monkeypatch.setenv("TIEOUT_DATA", str(folder))
    monkeypatch.delenv("TIEOUT_DATABASE_URL", raising=False)
    names: dict = {}
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{path.name} {cell['id']}", "exec"), names)
    finally:
        names["db"].database.close()
    return names


@pytest.fixture
def day(sample_folder, tmp_path):
    """The sample company's working day, to be written to."""
    return shutil.copytree(sample_folder, tmp_path / "day")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_runs_from_top_to_bottom_on_an_empty_machine(path, tmp_path, monkeypatch):
    assert run(path, tmp_path, monkeypatch)["queue"]["record"].tolist()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_runs_on_the_sample_company(path, day, monkeypatch):
    assert run(path, day, monkeypatch)["queue"]["record"].tolist()


def test_the_month_end_finds_the_bill_that_was_changed_in_quickbooks(day, monkeypatch):
    names = run(ROOT / "notebooks" / "month_end.ipynb", day, monkeypatch)
    differing = names["differing"]
    assert "IR-702" in " ".join(differing["label"])
    assert len(names["documents"]) > len(differing)
    assert names["worth"]["total_theirs"] > 0
    assert len(names["open_balances"]) >= 7


def test_the_errors_of_the_day_are_there_by_cause_and_those_that_healed_with_their_time(day, monkeypatch):
    names = run(ROOT / "notebooks" / "why_not_synced.ipynb", day, monkeypatch)
    assert len(names["errors"]) > len(names["healed"]) > 0
    assert (names["hours"]["hours"] > 0).all()
    assert names["by_day"].shape[1] > 3
    assert names["runs"]["metered_reads"].sum() > 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_is_kept_without_results(path):
    """Results are somebody's data, and differ with each run."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_there_is_a_notebook():
    assert NOTEBOOKS
