"""The notebooks run from top to bottom on an empty machine."""

from __future__ import annotations

import json

import pytest

from tests.support.source import ROOT, relative

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_DATA", str(tmp_path))
    monkeypatch.delenv("TIEOUT_DATABASE_URL", raising=False)
    names: dict = {}
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{path.name} {cell['id']}", "exec"), names)
    finally:
        names["db"].database.close()
    assert names["queue"]["record"].tolist()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_is_kept_without_results(path):
    """Results are somebody's data, and differ with each run."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_there_is_a_notebook():
    assert NOTEBOOKS
