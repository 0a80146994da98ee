"""Pictures of the dashboard's pages, as a browser draws them: `python -m tools.screenshots --to FOLDER`.

Everything by one command: each page of the menu and what opens on it (`tools/scenes.py`), full and empty, in both themes, at a
desk's width and a phone's. The pictures lie in FOLDER by state, width and theme, such as `full/1280-light/preview-row.png`;
`index.html` beside them shows all of them. `--docs` renews the pictures of README and docs instead.

Without `--url` an installation of its own is started in a folder that is thrown away afterwards: its sample company for full
pages, a company with nothing in it for empty ones, one in more trouble (`tools/troubled.py`), and the door of an installation
with sign-in. Needs Chromium on the path.
"""

from __future__ import annotations

import argparse
import html
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import requests
from PIL import Image
from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from syncengine import commands, queries
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import setup
from syncengine.queries import Session
from syncengine.ui import menu
from tools import chromium, scenes, troubled
from tools.scenes import EMPTY, FULL, TROUBLED, Scene

ROOT = Path(__file__).parents[1]
#: Heights that go with widths: a phone's is tall.
_HEIGHTS = {390: 844}
#: Up to so many pixels a page is a phone's: Streamlit folds its menu away.
_PHONE = 768
_HEIGHT, _TALLEST = 860, 3200
#: How tall what is looked at is, in pixels: of a drawer, else of the page.
_HOLDS = """() => {
  const drawer = document.querySelector("[role=dialog]");
  const held = drawer ? [drawer, ...drawer.querySelectorAll("*")] : [document.querySelector("[data-testid=stMainBlockContainer]")];
  return Math.max(...held.map(each => each.scrollHeight));
}"""
#: Milliseconds for what is painted, tables and charts, once the page has come to rest; and after another theme was put on.
_DRAWN, _REDRAWN = 600, 700
_START_SECONDS = 90
#: So long is waited for what a step wants to press, or for a page to open.
_STEP_SECONDS = 30
_DAY_SECONDS = 180
#: The company of the empty pages in an installation of the tool's own.
_EMPTY_COMPANY = "Northgate Tools"
_STATES = [FULL, EMPTY, TROUBLED]
#: Who works at the sample company, beside the person who set it up, and who of them is told when its sync needs somebody.
_ROLES = {
    "tomas@harbor.example.com": "manager",
    "priya@harbor.example.com": "operator",
    "ruth@ledgerworks.example.com": "accountant",
}
_TOLD = "priya@harbor.example.com"
#: The pictures of README and docs: file, picture, width, theme.
DOCS = (
    ("sync", "sync", 1280, "light"),
    ("preview", "preview-row", 1280, "light"),
    ("errors", "errors", 1280, "light"),
    ("fix", "errors-fix", 1280, "dark"),
    ("import", "importing-file", 1280, "light"),
    ("bills", "bills", 1280, "light"),
    ("conflicts", "conflicts-staged", 1280, "light"),
    ("record", "records-record", 1280, "light"),
    ("explore", "explore-chart", 1280, "light"),
    ("classes", "classes-staged", 1280, "light"),
    ("phone", "sync", 390, "light"),
    ("phone-error", "errors", 390, "dark"),
)
#: Of these the page is shown to its end, of all others the first screen.
_WHOLE = {"explore"}
#: A dashboard without sign-in that listens to others, too, lets nobody in: just that is to be seen.
_EVERYWHERE = "0.0.0.0"  # noqa: S104
#: A sign-in service that nobody asks: only the door before it is looked at.
_SIGN_IN = """[auth]
redirect_uri = "{url}/oauth2callback"
cookie_secret = "a secret that is of no use to anybody at all"
client_id = "pictures"
client_secret = "a secret of no use to anybody"
server_metadata_url = "{url}/none"
"""
_GALLERY = """<style>
body { font-family: sans-serif }
figure { display: inline-block; margin: .5rem; max-width: 47%; vertical-align: top }
img { max-width: 100% }
</style>"""
#: So many colours hold a page's: a third of the size, and no difference to the eye.
_COLOURS = 256


@dataclass(frozen=True)
class Place:
    """A dashboard to take pictures of.

    Attributes:
        url: its address.
        companies: the company for each state, "" for the first one.
        doors: addresses over the same data where somebody stands before the door, by what is to be seen there.
    """

    url: str
    companies: Mapping[str, str]
    doors: Mapping[str, str] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures that the arguments ask for; prints each file's name. 1 where one could not be made."""
    wanted = _parser().parse_args(arguments)
    try:
        found = scenes.wanted([*wanted.page])
    except ValueError as unknown:
        sys.stderr.write(f"{unknown}\n")
        return 2
    wanted.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program(), args=[*chromium.ARGUMENTS])
        with _place(browser, wanted, found) as place:
            missed = _docs(browser, place, wanted.to) if wanted.docs else _all(browser, place, found, wanted)
        browser.close()
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.screenshots", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, required=True, help="the folder for the pictures")
    parser.add_argument("--page", nargs="*", default=[], help="only these: pages by file name, or pictures by name (preview-row)")
    parser.add_argument("--state", nargs="*", choices=_STATES, default=_STATES)
    parser.add_argument("--width", nargs="*", type=int, default=[1280, 390])
    parser.add_argument("--scheme", nargs="*", choices=["light", "dark"], default=["light", "dark"])
    parser.add_argument("--url", default="", help="a dashboard that runs already")
    parser.add_argument("--company", default="", help="with --url: the company of the full pages (the first one)")
    parser.add_argument("--empty-company", default="", help="with --url: the company of the empty pages; without it there are none")
    parser.add_argument("--query", default="", help="more for the address, such as kind=invoice")
    parser.add_argument("--fold", action="store_true", help="just the first screen, not the whole page")
    parser.add_argument("--docs", action="store_true", help="the pictures of README and docs: --to docs/screenshots")
    return parser


@contextmanager
def _place(browser: Browser, wanted: argparse.Namespace, found: list[Scene]) -> Iterator[Place]:
    """The dashboard that was named; else one of the tool's own, with the sample company's day and an empty company."""
    if wanted.url:
        yield Place(wanted.url, {FULL: wanted.company, **({EMPTY: wanted.empty_company} if wanted.empty_company else {})})
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        secrets = Path(folder) / "secrets.toml"
        with _serving(TIEOUT_DATA=str(data)) as url:
            in_trouble = any(TROUBLED in each.states for each in found) and TROUBLED in wanted.state and not wanted.docs
            _prepare(browser, url, data, in_trouble=in_trouble)
            secrets.write_text(_SIGN_IN.format(url=url))
            beside = {"TIEOUT_DATA": str(data), "TIEOUT_BUNDLED": "0"}
            with (
                _serving(_EVERYWHERE, **beside) as closed,
                _serving(**beside, STREAMLIT_SECRETS_FILES=str(secrets)) as door,
            ):
                yield Place(url, {FULL: "", EMPTY: _EMPTY_COMPANY, TROUBLED: troubled.COMPANY}, {"closed": closed, "sign-in": door})


def _prepare(browser: Browser, url: str, data: Path, *, in_trouble: bool) -> None:
    """Look at it, which starts its worker; wait for the sample company's day, and add its people and the other companies."""
    page = _tab(browser, 1280, "light")
    page.goto(url)
    scenes.settle(page)
    database, clock = Database(f"sqlite:///{data / 'tieout.db'}"), SystemClock()
    first = int(queries.companies(database)["id"].iloc[0])
    session = Session(database, "Maya Okafor", first, clock)
    end = time.monotonic() + _DAY_SECONDS
    while (day := queries.overview(session).day) is None or day.state != "there":
        if time.monotonic() > end:
            raise TimeoutError(f"The sample company's day was not made within {_DAY_SECONDS} s")
        time.sleep(0.5)
    for person, role in _ROLES.items():
        commands.set_role(session, person, role)
    commands.add_alert(session, "mail", _TOLD, ["x", "recovered"])
    setup.add_company(database, clock, _EMPTY_COMPANY, sample="empty")
    if in_trouble:
        troubled.make(database, clock, data)
    database.close()
    page.close()


def _all(browser: Browser, place: Place, found: list[Scene], wanted: argparse.Namespace) -> list[str]:
    """Every picture that is wanted, and the page that shows them; gives what could not be made."""
    missed = []
    for width in wanted.width:
        page = _tab(browser, width, wanted.scheme[0])
        for state in (each for each in wanted.state if each in place.companies):
            for scene in (each for each in found if state in each.states and (width <= _PHONE or not each.narrow)):
                files = {scheme: wanted.to / state / f"{width}-{scheme}" / f"{scene.name}.png" for scheme in wanted.scheme}
                try:
                    _open(page, place, scene, state, wanted.query)
                    _take(page, files, whole=not wanted.fold)
                except Error as failed:
                    missed.append(scene.name)
                    sys.stderr.write(f"{scene.name}, {state}, {width}: {str(failed).splitlines()[0]}\n")
                if missed[-1:] == [scene.name] or scene.narrow:  # the browser would keep the menu unfolded over the next page
                    page.close()
                    page = _tab(browser, width, wanted.scheme[0])
        if not wanted.page or scenes.DOOR in wanted.page:
            try:
                _doors(page, place, wanted.to, width, wanted.scheme)
            except Error as failed:
                missed.append(scenes.DOOR)
                sys.stderr.write(f"{scenes.DOOR}, {width}: {str(failed).splitlines()[0]}\n")
        page.close()
    _gallery(wanted.to)
    return missed


def _docs(browser: Browser, place: Place, folder: Path) -> list[str]:
    known = {each.name: each for each in scenes.SCENES}
    for name, scene, width, scheme in DOCS:
        page = _tab(browser, width, scheme)
        _open(page, place, known[scene], FULL)
        _take(page, {scheme: folder / f"{name}.png"}, whole=name in _WHOLE)
        _shrink(folder / f"{name}.png")
        page.close()
    return []


def _tab(browser: Browser, width: int, scheme: str) -> Page:
    page = browser.new_page(viewport=_size(width), color_scheme=scheme)  # type: ignore[arg-type] # one of two literals
    page.set_default_timeout(_STEP_SECONDS * 1000)
    return page


def _size(width: int) -> ViewportSize:
    return {"width": width, "height": _HEIGHTS.get(width, _HEIGHT)}


def _open(page: Page, place: Place, scene: Scene, state: str, query: str = "") -> None:
    """Open the page and do what the scene does."""
    company = place.companies[state]
    told = {**({"company": company} if company else {}), **scene.query, **dict(parse_qsl(query))}
    page.goto(f"{place.url}/{'' if scene.page == menu.HOME.name else scene.page}?{urlencode(told)}")
    scenes.settle(page)
    page.wait_for_timeout(_DRAWN)
    for step in scene.steps:
        step(page)
    if scene.opens:
        scenes.opened(page, scene.opens)
    if scene.steps:
        page.wait_for_timeout(_REDRAWN)


def _take(page: Page, files: Mapping[str, Path], *, whole: bool) -> None:
    """One picture a theme: the theme is put on in place, so that a page is opened only once."""
    size = page.viewport_size or {"width": 1280, "height": _HEIGHT}
    if whole:
        # Streamlit scrolls inside the page, so the window itself must be as tall as what it holds; an open drawer covers the page.
        tall = int(page.evaluate(_HOLDS))
        page.set_viewport_size({"width": size["width"], "height": min(max(size["height"], tall), _TALLEST)})
    page.get_by_test_id("stMain").evaluate("each => each.scrollTo(0, 0)")
    for scheme, file in files.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two literals
        page.wait_for_timeout(_REDRAWN)
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file)
        sys.stdout.write(f"{file}\n")
        sys.stdout.flush()
    page.emulate_media(color_scheme=next(iter(files)))  # type: ignore[arg-type] # one of two literals
    page.set_viewport_size({"width": size["width"], "height": size["height"]})


def _shrink(file: Path) -> None:
    """Keep a picture with a palette, the rare colours of signs and badges in it."""
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


def _doors(page: Page, place: Place, folder: Path, width: int, schemes: Sequence[str]) -> None:
    """What is seen from outside: where nobody can sign in, and where people do."""
    for name, url in place.doors.items():
        page.goto(url)
        page.wait_for_selector(f"{scenes.IDLE} [data-testid=stMain] :is([data-testid=stAlert], [data-testid=stButton])")
        page.wait_for_timeout(_DRAWN)
        _take(page, {scheme: folder / FULL / f"{width}-{scheme}" / f"{scenes.DOOR}-{name}.png" for scheme in schemes}, whole=False)


def _gallery(folder: Path) -> None:
    """A page with every picture in the folder, by state, width and theme."""
    told = ["<!doctype html><html lang=en><meta charset=utf-8><title>Pictures</title>", _GALLERY]
    for part in sorted({file.parent for file in folder.glob("*/*/*.png")}):
        told.append(f"<h2>{html.escape(str(part.relative_to(folder)))}</h2>")
        for file in sorted(part.glob("*.png")):
            name, address = html.escape(file.stem), html.escape(str(file.relative_to(folder)))
            told.append(f'<figure><figcaption>{name}</figcaption><img loading=lazy src="{address}" alt="{name}"></figure>')
    (folder / "index.html").write_text("\n".join(told), encoding="utf-8")


@contextmanager
def _serving(address: str = "127.0.0.1", **environment: str) -> Iterator[str]:
    """A dashboard of our own that listens on `address`; gives where it is found on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")} | environment
    options = [f"--server.address={address}", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", *options]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=own, stdout=quiet, stderr=quiet) as server:  # noqa: S603 -- our own program
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(url: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {_START_SECONDS} s")


if __name__ == "__main__":
    raise SystemExit(main())
