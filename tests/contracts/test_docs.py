"""The documents say what is there: links lead somewhere, settings and commands are described, locks are clean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from syncengine import __version__
from tests.support.source import ROOT, face_files, package_files, relative
from tools import reference

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS = {"requirements.lock": "requirements.txt", "requirements-dev.lock": "requirements-dev.txt"}


def prose(page: Path) -> str:
    """The page without its code blocks, in which brackets mean something else."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings make, by GitHub's rule."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> list[tuple[Path, str]]:
    found = [(page, target) for page in PAGES for target in re.findall(r"\]\(([^)\s]+)\)", prose(page))]
    return [(page, target) for page, target in found if not re.match(r"(https?|mailto):", target)]


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda value: relative(value) if isinstance(value, Path) else value)
def test_a_link_leads_somewhere(page, target):
    path, _, fragment = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    assert there.exists(), f"{relative(page)} links to {target}, which is not there"
    if fragment and there.suffix == ".md":
        assert fragment in anchors(there), f"{relative(there)} has no heading for #{fragment}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=relative)
def test_each_page_of_the_docs_is_listed_in_their_index(page):
    assert page.name == "index.md" or f"({page.name})" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


def described() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def variables(text: str) -> set[str]:
    return set(re.findall(r"\bTIEOUT_[A-Z][A-Z_]*[A-Z]\b", text))


def test_every_setting_of_the_code_is_described_and_none_is_invented():
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*package_files(), *face_files()])
    assert variables(code) == variables(described())


def test_the_table_of_settings_names_each_field_once():
    from syncengine import settings

    rows = re.findall(r"^\| `(TIEOUT_\w+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert variables(Path(settings.__file__).read_text(encoding="utf-8")) <= set(rows)


@pytest.mark.parametrize("page", reference.pages(), ids=relative)
def test_a_page_made_from_code_is_up_to_date(page):
    assert page.exists(), "run make docs"
    assert page.read_text(encoding="utf-8") == reference.pages()[page], "run make docs"


def commands() -> list[str]:
    """Every command of the command line, with the group that it lies in."""
    return [words for words, _, _ in reference.commands()]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_described(command):
    assert re.search(rf"python -m syncengine {command}\b", described()), f"no page says what `python -m syncengine {command}` does"


def test_no_page_describes_a_command_that_is_not_there():
    named = set(re.findall(r"python -m syncengine ([a-z][a-z-]*)", described()))
    assert named <= {command.split()[0] for command in commands()}


def test_the_changelog_keeps_its_form_and_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|Unreleased)", version) for version in versions), versions
    assert versions[0].startswith(f"[{__version__}]")
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_version_is_the_same_everywhere():
    declared = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None
    assert declared[1] == __version__


#: Neither pattern holds what it forbids, so that this file may be searched as well.
MACHINES = re.compile(r"(?<![\w.~])/(?:work|root|tmp|home)/\w")
REGISTRIES = re.compile("|".join(["py" + "pi\\.", "python" + "hosted", "index" + "-url", "extra-" + "index", "trusted" + "-host"]), re.IGNORECASE)


def our_texts() -> list[Path]:
    """Every text file that is ours, and none that a tool has made."""
    kept = {".py", ".md", ".toml", ".txt", ".lock", ".ipynb", ".mako", ".yml", ".yaml", ".cfg", ".example", ".csv", ""}
    made = {".git", ".venv", "data", "__pycache__", "node_modules"}
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        cache = any(part in made or part.endswith("_cache") or part == ".hypothesis" for part in parts)
        if path.is_file() and path.suffix in kept and not cache:
            found.append(path)
    return found


@pytest.mark.parametrize("forbidden", [MACHINES, REGISTRIES], ids=["paths of a machine", "package registries"])
def test_no_file_names(forbidden):
    wrong = []
    for path in our_texts():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                wrong.append(f"{relative(path)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines)
    return {pin[1]: pin[2] for pin in found if pin}


def ranges(listing: str) -> list[Requirement]:
    wanted = []
    for line in (ROOT / listing).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            wanted += ranges(line.removeprefix("-r ").strip())
        elif line.strip() and not line.startswith("#"):
            wanted.append(Requirement(line))
    return wanted


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock):
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.+!]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), f"{lock}: {line}"


@pytest.mark.parametrize(("lock", "listing"), LOCKS.items())
def test_a_lock_satisfies_its_ranges(lock, listing):
    pinned = pins(lock)
    for wanted in ranges(listing):
        version = pinned.get(wanted.name.lower().replace("_", "-"))
        assert version, f"{lock} lacks {wanted}: run make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{lock} has {wanted.name} {version}, not {wanted.specifier}: run make lock"


def test_both_locks_hold_the_same_versions():
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_the_drawing_of_the_outbox_shows_exactly_the_legal_moves():
    from syncengine.store.outbox import MOVES

    drawing = (ROOT / "docs" / "outbox.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^    (\w+) --> (\w+):", drawing, re.MULTILINE))
    assert drawn == {(str(old), str(new)) for old, moves in MOVES.items() for new in moves}


def test_the_pages_name_only_targets_that_make_has_and_each_has_a_sentence():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    targets = set(phony[1].split())
    assert targets == set(re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", described(), re.MULTILINE)) <= targets


@pytest.mark.parametrize("face", ["queries", "commands"])
def test_the_page_about_python_names_every_function(face):
    """Whoever adds a question or a command says there what it is for."""
    import importlib
    import inspect

    module = importlib.import_module(f"syncengine.{face}")
    page = (ROOT / "docs" / "jupyter.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:syncengine\.)?(\w+)\(", page)) | {"connect", "first_run"}
    lacks = sorted(name for name in module.__all__ if inspect.isfunction(getattr(module, name)) and name not in named)
    assert not lacks, f"docs/jupyter.md does not say what these of syncengine.{face} are for, each as `name(...)`: {', '.join(lacks)}"
