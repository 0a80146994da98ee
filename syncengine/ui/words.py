"""Times, states and counts as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syncengine.queries.health import Health, Overview
from syncengine.queries.said import day, spaced
from syncengine.ui import fields

#: What Streamlit's Markdown gives a meaning to, inside a line; an ampersand only as the beginning of a character's name, and a low
#: line only at the edge of a word. (A field's label is read aloud with what was escaped in it, so no more is than has to be.)
_MARKUP = re.compile(r"[\\`*\[\]<>#|~:$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?[A-Za-z0-9]+;)")
#: What makes a list or a rule of a line that begins with it.
_BLOCK = re.compile(r"^(\s*)(?:([-+])(?=[\s-]|$)|(\d{1,9})([.)])(?=\s|$))", re.MULTILINE)
#: What becomes a link though nothing marks it, escaped or not.
_AUTOMATIC = re.compile(r"@|\bwww(?=\.)|(?<=\\:)//", re.IGNORECASE)
#: What Streamlit draws as one sign where it stands alone, escaped or not: arrows, a dash, comparisons.
_SIGNS = re.compile(r"(?<!\S)(?:\\<-\\>|-\\>|\\<-|--|\\[<>~]=)(?!\S)")
#: Keeps it from that: a part of a line with nothing in it, so that there is nothing of it in what is copied from the page.
UNLINKED = ":small{}"
#: An icon and a word for each health, so that colour never says it alone.
HEALTH = {
    Health.HEALTHY: ("Healthy", ":material/check_circle:", "green"),
    Health.UNKNOWN: ("Unknown", ":material/help:", "gray"),
    Health.WARNING: ("Warning", ":material/warning:", "orange"),
    Health.DEGRADED: ("Degraded", ":material/error:", "red"),
}
#: A QuickBooks path as people say it.
field = fields.field
#: What the Sync button shows.
LIGHTS = {"check": ":material/check_circle:", "x": ":material/cancel:", "none": ":material/sync:"}
RESULTS = {
    "ok": ("Went well", "check"),
    "errors": ("Records failed", "x"),
    "failed": ("Could not run", "x"),
    "interrupted": ("Interrupted", "x"),
    "running": ("Running", "…"),
}
#: Of a company of which nothing is synced until somebody connects it.
CUT = {
    "disconnected": "Disconnected from QuickBooks",
    "new": "Not connected to QuickBooks yet",
    "never": "Not to be connected to QuickBooks",
    "missing": "Not set up for QuickBooks",
}
STATES = {
    "available": "Waiting",
    "running": "Being sent",
    "retryable": "Will be tried again",
    "parked": "Needs a person",
}
TRIGGERS = {"manual": "Sync now", "automatic": "Automatic", "command": "Command line"}


def zone(name: str) -> ZoneInfo:
    """A company's zone; UTC where its name is unknown to this machine."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def plain(text: str) -> str:
    r"""Text of anybody's making as Markdown that shows just this text: no links, colours, icons, lists or formulas.

    >>> print(plain("[x](http://a.example) :red[y] $5"))
    \[x\](http\://:small{}a.example) \:red\[y\] \$5
    >>> print(plain("1. FC"), plain("- none"), plain("-5.00"))
    1\. FC \- none -5.00
    >>> print(plain("AT&T"), plain("AT&amp;T"), plain("&copy;"))
    AT&T AT\&amp;T \&copy;
    >>> print(plain("unit_price"), plain("_so_"), plain("a__b"))
    unit_price \_so\_ a\_\_b
    >>> print(plain("3/4 -> 1/2"), plain("a -- b"), plain(">= 5 mm"))
    3/4 -:small{}\> 1/2 a -:small{}- b \>:small{}= 5 mm
    """
    inline = _AUTOMATIC.sub(rf"\g<0>{UNLINKED}", _MARKUP.sub(r"\\\g<0>", text))
    inline = _SIGNS.sub(lambda sign: UNLINKED.join(re.findall(r"\\?.", sign[0])), inline)
    return _BLOCK.sub(lambda mark: f"{mark[1]}\\{mark[2]}" if mark[2] else f"{mark[1]}{mark[3]}\\{mark[4]}", inline)


def heard(text: str) -> str:
    """Text of anybody's making as the label of a field whose label is hidden: what is read aloud, which nothing can be escaped in.

    What Markdown gives a meaning to is left out, since a hidden label is drawn all the same, its pictures fetched.

    >>> heard("price*_[USD]"), heard("unit_price"), heard("![x](http://a.example/x.png)"), heard("ada@example.com")
    ('price USD', 'unit_price', '! x (http //a.example/x.png)', 'ada@example.com')
    """
    return " ".join(_MARKUP.sub(" ", text).split())


def begun(text: str) -> str:
    """The same with a capital letter in front, as a sentence or a card begins.

    >>> begun("invoice 10279")
    'Invoice 10279'
    """
    return plain(text[:1].upper() + text[1:])


def a(noun: str) -> str:
    """A noun with its article.

    >>> a("viewer"), a("owner")
    ('a viewer', 'an owner')
    """
    return f"{'an' if noun[:1] in set('aeiou') else 'a'} {noun}"


def sentence(name: str) -> str:
    """A name of our own as a heading or a cell says it.

    >>> sentence("credit_memos"), sentence("owner")
    ('Credit memos', 'Owner')
    """
    return name.replace("_", " ").capitalize()


def column(name: str) -> str:
    """A field of the inventory, as a heading says it.

    >>> column("term_id"), column("bill_postal_code"), column("line.unit_price"), column("email")
    ('Term', 'Bill postal code', 'Line: unit price', 'E-mail')
    """
    head, dot, rest = name.rpartition(".")
    said = sentence(rest.removesuffix("_id")) if rest != "email" else "E-mail"
    return f"{sentence(head)}: {said[:1].lower()}{said[1:]}" if dot else said


def entity(name: str) -> str:
    """A QuickBooks entity as people say it.

    >>> entity("JournalEntry"), entity("Bill")
    ('Journal entry', 'Bill')
    """
    return spaced(name)


def ago(moment: datetime | None, now: datetime, zone_name: str) -> str:
    """How long ago, roughly; of what is long past the day, in the company's zone.

    >>> from datetime import UTC, timedelta
    >>> noon = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
    >>> ago(noon - timedelta(seconds=20), noon, "UTC"), ago(noon - timedelta(minutes=5), noon, "UTC")
    ('just now', '5 minutes ago')
    >>> ago(noon - timedelta(hours=30), noon, "UTC"), ago(noon - timedelta(days=31, hours=8), noon, "America/New_York")
    ('yesterday', 'on 14 Dec 2025')
    >>> ago(None, noon, "UTC")
    'never'
    """
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if seconds < 45:
        return "just now"
    for size, limit, name in ((60, 3600, "minute"), (3600, 86400, "hour"), (86400, 86400 * 30, "day")):
        if seconds < limit:
            number = max(1, round(seconds / size))
            return "yesterday" if name == "day" and number == 1 else f"{count(number, name)} ago"
    return f"on {day(moment.astimezone(zone(zone_name)))}"


def when(moment: datetime | None, now: datetime, zone_name: str) -> str:
    """A moment in the company's zone, as it is told near it; with its year where that is another.

    >>> from datetime import UTC, timedelta
    >>> noon = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
    >>> when(noon + timedelta(hours=1), noon, "UTC"), when(noon + timedelta(days=3), noon, "UTC"), when(None, noon, "UTC")
    ('today, 13:00', 'Sun 18 Jan, 12:00', 'not planned')
    >>> when(noon - timedelta(days=1), noon, "UTC"), when(noon - timedelta(days=16), noon, "UTC")
    ('yesterday, 12:00', 'Tue 30 Dec 2025, 12:00')
    """
    if moment is None:
        return "not planned"
    there, here = moment.astimezone(zone(zone_name)), now.astimezone(zone(zone_name))
    days = (there.date() - here.date()).days
    year = "" if there.year == here.year else f" {there.year}"
    day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"{there:%a} {there.day} {there:%b}{year}")
    return f"{day}, {there:%H:%M}"


def short(moment: datetime, zone_name: str) -> str:
    """The clock of a moment, in a few letters where it has such a name.

    >>> from datetime import UTC
    >>> short(datetime(2026, 1, 15, tzinfo=UTC), "America/New_York"), short(datetime(2026, 7, 15, tzinfo=UTC), "America/New_York")
    ('EST', 'EDT')
    >>> short(datetime(2026, 1, 15, tzinfo=UTC), "America/Sao_Paulo")
    '(Sao Paulo)'
    """
    name = moment.astimezone(zone(zone_name)).strftime("%Z")
    return name if name.isalpha() else f"({place(zone_name)})"


def place(zone_name: str) -> str:
    """Whose clock a time is told by, as short as a heading wants it.

    >>> place("America/New_York"), place("America/Argentina/Buenos_Aires"), place("UTC"), place("Nowhere/There")
    ('New York', 'Buenos Aires', 'UTC', 'UTC')
    """
    return zone(zone_name).key.rpartition("/")[2].replace("_", " ")


def clocks(zone_name: str) -> str:
    """The same beside a table whose headings have no room for it.

    >>> clocks("America/New_York")
    'the clocks of New York'
    """
    return f"the clocks of {place(zone_name)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count(1, "record"), count(1200, "record"), count(2, "query", "queries")
    ('1 record', '1,200 records', '2 queries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def times(number: int) -> str:
    """How often.

    >>> times(1), times(2), times(12)
    ('once', 'twice', '12 times')
    """
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def duration(seconds: Any) -> str:
    """Seconds as people say them.

    >>> duration(4.26), duration(59.97), duration(75), duration(7384), duration(None)
    ('4.3 s', '1 min 0 s', '1 min 15 s', '2 h 3 min', '')
    """
    if seconds is None:
        return ""
    tenths = round(float(seconds) * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f} s"
    minutes, left = divmod(tenths // 10, 60)
    return f"{minutes} min {left} s" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60} min"


#: Up to so many seconds an estimate goes by steps of so many: nobody means it to the second.
_STEPS = ((50, 10), (570, 60), (3_300, 300), (float("inf"), 3_600))


def left(seconds: float) -> str:
    """How long something will still take, as roughly as anybody knows it.

    >>> left(3), left(18.04), left(70), left(200)
    ('a few seconds left', 'about 20 seconds left', 'about a minute left', 'about 3 minutes left')
    >>> left(59), left(800), left(3400), left(7000)
    ('about a minute left', 'about 15 minutes left', 'about an hour left', 'about 2 hours left')
    """
    if seconds < 8:
        return "a few seconds left"
    step = next(each for limit, each in _STEPS if seconds < limit)
    near = max(1, round(seconds / step)) * step
    size, name = next((size, name) for size, name in ((3_600, "hour"), (60, "minute"), (1, "second")) if near >= size)
    one = near == size > 1
    return f"about {'an' if name == 'hour' else 'a'} {name} left" if one else f"about {count(near // size, name)} left"


def running(seconds: float) -> str:
    """How long something has been running, in whole seconds, as a clock that is looked at while it runs.

    >>> running(4.26), running(59.97), running(75)
    ('4 s', '59 s', '1 min 15 s')
    """
    return f"{int(seconds)} s" if seconds < 60 else duration(int(seconds))


def operation(name: str, entity: str, *, document: bool) -> str:
    """What a queued row does in QuickBooks.

    >>> operation("create", "Invoice", document=True), operation("delete", "Customer", document=False)
    ('Create invoice', 'Make customer inactive')
    """
    what = spaced(entity).lower()
    if name == "delete" and not document:
        return f"Make {what} inactive"
    return {"create": f"Create {what}", "update": f"Update {what}", "delete": f"Delete {what}"}.get(name, "Nothing to send")


def news(overview: Overview, now: datetime) -> str:
    """What is known of the sync just now, and since when nothing is: the last run, the last success, the next run."""
    if overview.progress:
        return "Syncing" if overview.worker_heard or overview.progress.cycle_id is not None else "A sync is asked for"
    last = overview.last_run
    if overview.is_cut:
        before = f" · last sync {ago(last['finished_at'], now, overview.timezone)}" if last is not None else ""
        return f"{CUT[overview.link]}: nothing is synced{before}"
    if overview.troubles.questions:
        return "The sync has stopped and asks before it goes on. Nothing is sent or taken in until somebody answers."
    if last is None:
        return "Nothing has been synced yet."
    said = [f"{run(last)}, {ago(last['finished_at'], now, overview.timezone)}"]
    late = overview.is_overdue(now)
    if last["result"] in {"failed", "interrupted"}:
        since = ago(overview.last_success_at, now, overview.timezone)
        said.append("no sync has gone well yet" if since == "never" else f"no news from QuickBooks since {since}")
    if late:
        said.append("no news since: the automatic sync is overdue" if last["result"] == "ok" else "the automatic sync is overdue")
    elif overview.automatic != "never" and overview.next_run_at:
        said.append(f"next {when(overview.next_run_at, now, overview.timezone)} {short(overview.next_run_at, overview.timezone)}")
    return " · ".join(said)


def started(row: Mapping[str, Any]) -> str:
    """Who or what began a sync.

    >>> started({"trigger": "manual", "retry": 0, "requested_by": "Ada"})
    'Ada'
    >>> started({"trigger": "automatic", "retry": 1, "requested_by": "schedule"})
    'Schedule, retry 1'
    >>> started({"trigger": "command", "retry": 0, "requested_by": "Ada"})
    'Ada, command line'
    """
    by = row["requested_by"] or TRIGGERS.get(row["trigger"], row["trigger"])
    how = "Schedule" if row["trigger"] == "automatic" else f"{by}, command line" if row["trigger"] == "command" else by
    return f"{how}, retry {row['retry']}" if row["retry"] else how


def told(row: Mapping[str, Any]) -> str:
    """What is to be said of a run beyond its outcome and its counts, which stand beside it: nothing of failed records."""
    return "" if row["result"] == "errors" else str(row["message"] or "")


def sign(result: str) -> str:
    """A run's outcome with its sign.

    >>> sign("ok"), sign("errors"), sign("running")
    ('✓ Went well', '✕ Records failed', '… Running')
    """
    return f"{ {'ok': '✓', 'running': '…'}.get(result, '✕') } {RESULTS.get(result, (result,))[0]}"


def run(row: Any) -> str:
    """One finished run in a sentence.

    >>> run({"result": "errors", "failed": 4}), run({"result": "ok", "failed": 0})
    ('The last sync failed for 4 records', 'The last sync went well')
    """
    said = {
        "ok": "The last sync went well",
        "errors": f"The last sync failed for {count(row['failed'], 'record')}",
        "failed": "The last sync could not run",
        "interrupted": "The last sync was interrupted",
    }
    return said.get(row["result"], "A sync is running")
