"""Time, chance, the network, the database driver and the end of a process are reached through their seams only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.source import ROOT, Use, face_files, package_files, relative, tree, uses

#: What nobody but a seam may use, each with the way that is handed in instead.
GUARDED = {
    r"time(\..+)?": "the clock that is handed in",
    r"datetime\.datetime\.(now|utcnow|today)": "clock.now()",
    r"datetime\.date\.today": "clock.now()",
    r"asyncio\.sleep|threading\.Timer": "clock.sleep()",
    r"(random|secrets)(\..+)?": "the chance that is handed in",
    r"uuid\.uuid[14]|os\.urandom|tempfile\.mktemp": "chance.token()",
    r"requests\.(get|post|put|patch|delete|head|options|request|api)(\..+)?": "the requests session that is handed in",
    r"(urllib\.request|httpx|aiohttp|ftplib)(\..+)?|urllib3\.(?!exceptions\b|response\b).+|http\.client\.HTTPS?Connection": "the requests session that is handed in",
    r"socket\.(socket|create_connection|create_server|getaddrinfo|gethostbyname)": "the requests session that is handed in",
    r"sqlalchemy\.(create_engine|engine\.create_engine)|(sqlite3|psycopg)(\..+)?": "syncengine.db.engine.Database",
    r"os\.(_exit|abort|fork|kill|killpg)": "an ordinary return, or a failpoint",
    r"(pickle|marshal|shelve|dill|cloudpickle)(\..+)?": "JSON: what is unpickled can run code",
}

#: What may be named (a type, say) but not called.
GUARDED_CALLS = {r"requests\.([Ss]ession|sessions\.Session)": "the requests session that is handed in"}

#: Who may, and why. A reason that is no longer needed fails the last test.
SEAMS: dict[str, dict[str, str]] = {
    "syncengine/clock.py": {r"time\..+|datetime\.datetime\.now": "it is the clock"},
    "syncengine/chance.py": {r"random\..+|uuid\.uuid4": "it is the source of chance"},
    "syncengine/failpoints.py": {r"os\.kill": "a failpoint ends the process as a power cut would"},
    "syncengine/db/engine.py": {r"sqlalchemy\.create_engine": "it is the database handle"},
    "syncengine/db/sandbox.py": {r"sqlite3(\..+)?": "an authorizer is the driver's own", r"psycopg(\..+)?": "a login that is not the installation's"},
    "syncengine/db/migrations/env.py": {r"sqlalchemy\.create_engine": "a migration needs foreign keys off and a pool of its own"},
    "syncengine/quickbooks/sessions.py": {
        r"requests\.Session|urllib3\..+|socket\.socket": "it makes the sessions that are handed in, each with a total deadline",
    },
    "syncengine/worker/channels.py": {
        r"http\.client\..+|socket\..+": "a webhook goes to the very address that was looked at, which no session of requests can be told; a line is cut by a handle of its own",
        r"threading\.Timer": "it cuts off a real conversation that takes too long as a whole, whatever the clock says",
    },
    "syncengine/worker/supervisor.py": {r"socket\.create_connection": "it looks whether the dashboard's port takes connections, without asking anything"},
    "syncengine/emulator/clock.py": {r"time\..+|datetime\.datetime\.now": "it is the emulator's clock, which knows nothing of ours"},
    "syncengine/emulator/webhooks/post.py": {
        r"http\.client\.HTTPConnection": "it is the one way out of the emulator, to this machine only",
    },
    "syncengine/emulator/pages/guard.py": {r"secrets\..+": "the token of the forms must not be guessed by whoever knows the seed"},
    "syncengine/emulator/state.py": {r"sqlite3\..+": "the emulator keeps its state itself, since it knows nothing of ours"},
}


def guarded(use: Use) -> str:
    """What is to be used instead, or nothing where the use is free."""
    rules = {**GUARDED, **GUARDED_CALLS} if use.called else GUARDED
    return next((instead for pattern, instead in rules.items() if re.fullmatch(pattern, use.name)), "")


def allowed(use: Use) -> bool:
    """Whether the file is a seam for this name, or for something of the module that it imports here."""
    patterns = SEAMS.get(use.file, {})
    return any(re.fullmatch(pattern, name) for pattern in patterns for name in (use.name, f"{use.name}.any"))


@pytest.mark.parametrize("path", [*package_files(), *face_files()], ids=relative)
def test_nothing_reaches_past_a_seam(path):
    wrong = [f"{use}: use {guarded(use)}" for use in uses(path) if guarded(use) and not allowed(use)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [*package_files(), *face_files()], ids=relative)
def test_no_page_writes_raw_html(path):
    lines = [node.value.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html"]
    assert not lines, f"unsafe_allow_html in {relative(path)}, lines {lines}: names from QuickBooks would be run as HTML"


@pytest.mark.parametrize("path", [*package_files(), *face_files()], ids=relative)
def test_markdown_tables_are_drawn_in_one_place_that_escapes_them(path):
    lines = [use.line for use in uses(path) if use.name == "streamlit.table"]
    mine = relative(path) == "syncengine/ui/tables.py"
    assert len(lines) == mine, f"st.table in {relative(path)}, lines {lines}: it reads cells as Markdown; use tables.plain_table"


@pytest.mark.parametrize("file", SEAMS)
def test_each_seam_still_needs_what_it_may_use(file):
    path = ROOT / file
    assert path.exists(), f"{file} is gone: take it out of SEAMS"
    for pattern, reason in SEAMS[file].items():
        assert any(re.fullmatch(pattern, use.name) and guarded(use) for use in uses(path)), f"{file} no longer needs {pattern} ({reason})"


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("import time\ntime.sleep(1)", "time.sleep"),
        ("from time import monotonic as m\nm()", "time.monotonic"),
        ("from datetime import datetime\nf = datetime.now", "datetime.datetime.now"),
        ("import datetime as dt\ndt.datetime.utcnow()", "datetime.datetime.utcnow"),
        ("def f():\n    import random\n    return random.random()", "random.random"),
        ("from uuid import uuid4\nuuid4()", "uuid.uuid4"),
        ("import requests\nrequests.Session()", "requests.Session"),
        ("import requests\nrequests.post('x')", "requests.post"),
        ("import urllib.request\nurllib.request.urlopen('x')", "urllib.request.urlopen"),
        ("import os\nos._exit(1)", "os._exit"),
        ("import pickle", "pickle"),
        ("import sqlalchemy as sa\nsa.create_engine('x')", "sqlalchemy.create_engine"),
    ],
)
def test_the_guard_sees_through_every_way_to_import(tmp_path, monkeypatch, source, caught):
    file = tmp_path / "sample.py"
    file.write_text(source)
    monkeypatch.setattr("tests.support.source.ROOT", tmp_path)
    assert caught in {use.name for use in uses(Path(file)) if guarded(use)}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import time\ntime(2, 0)",
        "import requests\ndef f(http: requests.Session) -> None: ...",
        "import socket\nsocket.gethostname()",
        "import urllib3\nfrom http.client import HTTPException, IncompleteRead\nfrom urllib3.response import HTTPResponse\ntry: ...\nexcept (urllib3.exceptions.HTTPError, HTTPException): ...",
        "clock.sleep(1)\nself.random.random()",
        "from datetime import datetime\ndatetime.fromisoformat('2026-01-01')",
    ],
)
def test_the_guard_lets_the_harmless_pass(tmp_path, monkeypatch, source):
    file = tmp_path / "sample.py"
    file.write_text(source)
    monkeypatch.setattr("tests.support.source.ROOT", tmp_path)
    assert [str(use) for use in uses(Path(file)) if guarded(use)] == []
