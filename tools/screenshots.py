"""Pictures of the dashboard's pages, as a browser draws them: `python -m tools.screenshots --to FOLDER`.

Without `--url` an installation of its own is started in a folder that is thrown away afterwards: its sample company for full
pages, and a company with nothing in it for empty ones. Needs Chromium on the path.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import requests
from playwright.sync_api import Browser, Page, sync_playwright

from syncengine.ui import menu

ROOT = Path(__file__).parents[1]
#: The page's script has run through.
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-background-networking"]
#: Heights that go with widths: a phone's is tall.
_HEIGHTS = {390: 844}
#: Milliseconds for tables and charts to be drawn once the script is done.
_DRAWN = 1200
_START_SECONDS = 90


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the pictures that the arguments ask for; prints each file's name."""
    wanted = _parser().parse_args(arguments)
    wanted.to.mkdir(parents=True, exist_ok=True)
    if wanted.url:
        _shoot(wanted, wanted.url)
        return 0
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder)) as url:
        _shoot(wanted, url)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="the folder for the pictures")
    parser.add_argument("--url", default="", help="a dashboard that runs already")
    parser.add_argument("--page", nargs="*", default=[each.name for each in menu.ENTRIES], help="the pages by file name")
    parser.add_argument("--company", nargs="*", default=[""], help="companies by name; the first one where none is named")
    parser.add_argument("--width", nargs="*", type=int, default=[1280, 390])
    parser.add_argument("--scheme", nargs="*", choices=["light", "dark"], default=["light", "dark"])
    parser.add_argument("--query", default="", help="more for the address, such as kind=invoice")
    parser.add_argument("--whole", action="store_true", help="the whole page, however long, not just the first screen")
    return parser


def _shoot(wanted: argparse.Namespace, url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        for width in wanted.width:
            for scheme in wanted.scheme:
                _pages(browser, wanted, url, width, scheme)
        browser.close()


def _pages(browser: Browser, wanted: argparse.Namespace, url: str, width: int, scheme: str) -> None:
    height = _HEIGHTS.get(width, 860)
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    for company in wanted.company:
        for name in wanted.page:
            query = urlencode({"company": company} if company else {}) + (f"&{wanted.query}" if wanted.query else "")
            page.goto(f"{url}/{'' if name == menu.HOME.name else name}?{query}")
            _settle(page, height, whole=wanted.whole)
            file = wanted.to / "-".join(part for part in (name, company.lower(), str(width), scheme) if part)
            page.screenshot(path=f"{file}.png")
            sys.stdout.write(f"{file}.png\n")
    page.close()


def _settle(page: Page, height: int, *, whole: bool) -> None:
    page.wait_for_selector(f"{_IDLE} h1", timeout=_START_SECONDS * 1000)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")  # a table's code is loaded after the page's
    page.wait_for_timeout(_DRAWN)
    if whole and page.viewport_size:
        # Streamlit scrolls inside the page, so the window itself must be as tall as what it holds.
        tall = int(page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight"))
        page.set_viewport_size({"width": page.viewport_size["width"], "height": max(height, tall)})
        page.wait_for_timeout(_DRAWN)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """An installation that begins on an empty machine; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    own["TIEOUT_DATA"] = str(folder / "data")
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", *options]
    (folder / "data").mkdir()
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
