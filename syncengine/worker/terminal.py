"""Text for a terminal: aligned tables cut to its width, JSON for programs, times and progress for people."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

#: Between two columns.
GAP = "  "
#: A column is not cut below this, or nothing could be read in it.
NARROWEST = 6
#: Unicode's control, format, surrogate, private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

Row = Mapping[str, Any]


def table(rows: Sequence[Row], columns: Mapping[str, str], *, width: int | None = None) -> str:
    """`rows` under a head line, columns aligned; `columns` gives each column's head by its key, in order.

    Numbers stand to the right. With a `width` the widest columns are cut, marked by an ellipsis; without one nothing is.
    """
    cells = [[cell(row.get(key)) for key in columns] for row in rows]
    heads = list(columns.values())
    widths = [max(measure(text) for text in column) for column in zip(heads, *cells, strict=True)]
    if width is not None:
        widths = _squeezed(widths, width - len(GAP) * (len(widths) - 1))
    numeric = [bool(rows) and all(isinstance(row.get(key), int | float) for row in rows) for key in columns]
    lines = [
        GAP.join(_placed(text, size, right=right) for text, size, right in zip(line, widths, numeric, strict=True)).rstrip()
        for line in [heads, *cells]]
    return "\n".join(lines)


def screen_width(stream: TextIO | None = None) -> int | None:
    """How many columns the terminal has; None where nobody looks, so that nothing is cut for a pipe."""
    stream = stream or sys.stdout
    return shutil.get_terminal_size().columns if stream.isatty() else None


def as_json(value: Any) -> str:
    """JSON for programs: Decimals and times as text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def cell(value: Any) -> str:
    """A value as one line of visible text: what could move the cursor or forge a line is shown, not sent."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(str(value).split())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(each) in _UNSEEN else each for each in text)


def moment(value: datetime) -> str:
    """A time for people, to the second, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M:%SZ")


def measure(text: str) -> int:
    """How many columns `text` takes on a terminal."""
    return sum(_span(each) for each in text)


def cut(text: str, size: int) -> str:
    """`text` in at most `size` columns, with an ellipsis where something is missing."""
    if measure(text) <= size:
        return text
    kept, used = [], 1
    for each in text:
        used += _span(each)
        if used > size:
            break
        kept.append(each)
    return "".join(kept).rstrip() + "…"


def _span(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _placed(text: str, size: int, *, right: bool) -> str:
    text = cut(text, size)
    room = " " * (size - measure(text))
    return room + text if right else text + room


def _squeezed(widths: list[int], room: int) -> list[int]:
    """`widths` with the widest taken down until they fit, none below `NARROWEST`."""
    widths = list(widths)
    while sum(widths) > room:
        widest = max(widths)
        if widest <= NARROWEST:
            break
        widths[widths.index(widest)] -= 1
    return widths


def _plain(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


class Progress:
    """One line on a terminal that is written over as work goes on; silent where nobody looks."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = False
        #: Whether anybody looks.
        self.lively = self._stream.isatty()

    def say(self, text: str) -> None:
        """Show `text` in place of what was shown before."""
        if self.lively:
            self._stream.write("\r\x1b[K" + cut(cell(text), (screen_width(self._stream) or 80) - 1))
            self._stream.flush()
            self._shown = True

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
