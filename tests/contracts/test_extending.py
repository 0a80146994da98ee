"""Adding an entity or a correction is adding one file: the examples of docs/extending.md, in a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")

SYNCED = """
import sys
from decimal import Decimal
from pathlib import Path
from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.engine.setup import prepare
from tests.support.world import World

folder = Path(sys.argv[1])
database = Database(f"sqlite:///{folder / 'tieout.db'}")
prepare(database)
world = World.make(database, ManualClock(), folder)
company = world.company()
world.sync(company)
world.set(company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
item = world.save(company, "item", {"name": "Anchor"})
lines = [{"item_id": item, "quantity": Decimal(2), "unit_cost": Decimal("1.255")}]
world.save(company, "transfer", {"number": "T-1", "txn_date": world.clock.now().date()}, lines)
assert world.sync(company).result == "ok", world.errors(company)
[entry] = world.query(company, "SELECT * FROM JournalEntry")
details = [(line["JournalEntryLineDetail"]["PostingType"], line["JournalEntryLineDetail"]["AccountRef"]["name"], str(line["Amount"])) for line in entry["Line"]]
print(entry["PrivateNote"].split(" [")[0], details)
database.close()
"""
ASKED = """
from syncengine.corrections import CORRECTIONS, Facts, Klass, Trouble, fitting
from tools import reference
[first, *_] = fitting(Trouble("9001"))
assert first is CORRECTIONS["moving_house"] and first.klass is Klass.POLICY
facts = Facts("Invoice", "invoice", "N-1", document=True, ours={"PrivateNote": "careful"})
print(first.decide(Trouble("9001"), facts).says)
[text] = [text for path, text in reference.pages().items() if path.name == "corrections.md"]
assert "## moving_house" in text
"""


def example(name: str) -> str:
    [code] = re.findall(rf"```python {name}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package as it stands, in a folder of its own."""
    shutil.copytree(ROOT / "syncengine", tmp_path / "syncengine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(folder: Path, script: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_made_up_entity_is_one_file_and_posts(copy: Path):
    file = copy / "syncengine" / "entities" / "journal_entry" / "transfer.py"
    assert not file.exists(), "the example shows a posting that the package has meanwhile"
    file.write_text(example("entity"), encoding="utf-8")
    said = run(copy, SYNCED, str(copy))
    assert said == "Transfer T-1 [('Debit', 'Inventory Shrinkage', '2.51'), ('Credit', 'Inventory Asset', '2.51')]"


def test_without_the_file_such_a_record_posts_nothing(copy: Path):
    with pytest.raises(AssertionError, match="not enough values to unpack"):
        run(copy, SYNCED, str(copy))


def test_a_made_up_correction_is_one_file_and_decides(copy: Path):
    (copy / "syncengine" / "corrections" / "moving_house.py").write_text(example("correction"), encoding="utf-8")
    assert run(copy, ASKED) == "Sends invoice N-1 without its private note, which stays here."
