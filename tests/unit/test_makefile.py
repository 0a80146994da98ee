"""The Makefile's care for an environment that is not this checkout's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.source import ROOT


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.parametrize("made", [False, True], ids=["empty", "outdated"])
def test_an_environment_that_is_a_link_is_left_alone(tmp_path: Path, made: bool):
    """A second work tree may share an environment by a link; through it, `venv --clear` would empty the first one's."""
    theirs, ours = tmp_path / "theirs" / "bin", tmp_path / "ours"
    theirs.mkdir(parents=True)
    if made:
        (theirs / "python").symlink_to("/bin/true")
    ours.mkdir()
    for name in ("Makefile", "requirements.txt", "requirements.lock"):
        shutil.copyfile(ROOT / name, ours / name)
    (ours / ".venv").symlink_to(theirs.parent)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", "run"], cwd=ours, env=own, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert ".venv is a link to another checkout's environment" in done.stderr
    assert sorted(path.name for path in theirs.parent.rglob("*")) == (["bin", "python"] if made else ["bin"])
