"""Write the pages that are made from code: `commands`, `entities`, `corrections`, `settings` and `mission` in docs/."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from syncengine.__main__ import _parser
from syncengine.corrections import CORRECTIONS, Correction, Klass
from syncengine.db.sandbox import SQLITE_FUNCTIONS
from syncengine.engine.configure import CONSENTS, told
from syncengine.entities import EVERY, Entity
from syncengine.entities._fields import Field
from syncengine.queries._reading import POSTGRES_FUNCTIONS
from syncengine.queries._views import View
from syncengine.queries._views import every as every_view
from syncengine.store.settings import ALLOW, SETTINGS, Group, Needs, Setting
from syncengine.store.settings.accounts import ACCOUNT_TYPES
from syncengine.terms import Direction
from tools import mission

ROOT = Path(__file__).parents[1]

COMMANDS = """# Commands

Made by `make docs` from the parser in `syncengine/__main__.py`; a test compares the two.

Every command is called as `python -m syncengine COMMAND`, in the environment that `make run` sets up: `.venv/bin/python`. It
ends with 0 when all is well, with 1 when some records need a person, and with 2 when it could not do its work; then the
sentence on stderr says why.
`TIEOUT_...` variables say where the database is: see [the settings](../README.md#deployment).
"""


MAPPINGS = """# Entities

Made by `make docs` from the files in `syncengine/entities/`; a test compares the two.

The kinds of records that sync, in sending order: each comes after those that its references lead to. *Both ways* means that a
change on either side reaches the other; *push* goes to QuickBooks only; *pull* fills the view-only lists.
"""


REMEDIES = """# Corrections

Made by `make docs` from the files in `syncengine/corrections/`; a test compares the two.

What can go wrong with a record or with the connection, by the code and the words of QuickBooks, and what happens then. A
record that QuickBooks refuses is sent again unchanged in three more cycles, which leaves a person time to put it right; if
the third of them fails as well, its correction runs in that cycle. *safe* runs by itself; *policy* runs where the company's
owner has switched on the setting that is named, or when a person presses **Do it**, having been shown what it will do;
*no* means that only a person can help. What is marked *at once* is handled without waiting.

Where several stand for one code, they are asked in this order, and the first that applies is taken.
"""


SETTING_PAGE = """# Settings of a company

Made by `make docs` from `syncengine/store/settings/`; a test compares the two.

Each company has its own. They are shown and changed with `python -m syncengine settings`, with `commands.change_settings` and
`queries.settings` from Python; only owners may. All that are changed together are changed, or none; each change is a line in
the audit trail with the old value and the new one.

```
python -m syncengine settings                                              # all of them
python -m syncengine settings closing_date=2026-01-31 post_cogs=off        # two of them
python -m syncengine settings closing_date=                                # none again
```

*Checked against QuickBooks* says what QuickBooks must have for a value to be taken. Before the first sync nothing is known of
it: the value is kept, *not checked yet*, and checked with the first sync. A value that turns bad later (an account made inactive,
a preference switched off) fails no record: what would use it waits, the preview and the health say which setting it is and what
to do. An account that is renamed in QuickBooks is renamed here.
"""


SQL_PAGE = """# SQL

Made by `make docs` from `syncengine/queries/_views.py`; a test compares the two.

Owners, and whom an owner grants the permission *sql*, may ask in SQL: on the *Explore* page of the dashboard, and from Python with
`queries.sql(db, "SELECT ...")`. One question at a time is answered, which begins with SELECT, WITH or VALUES; it may take 10
seconds and has 10,000 rows at most. Nothing can be written, no token or realm is in any view, and every row is of the company that
is open. Payloads and ledger rows are empty or missing where the accounting list that they belong to is closed to the person; what
corrections say, and the details of the audit trail, are for who may see all seven lists. Each
question is a line in the audit trail, with the name of who asked.

```sql
SELECT cause, count(*) AS n, min(opened_at) AS since FROM errors WHERE closed_at IS NULL GROUP BY cause ORDER BY n DESC;
SELECT entity, sum(total) AS total FROM ledger WHERE NOT deleted GROUP BY entity;
SELECT i.number, l.quantity, l.unit_price FROM lines_invoice l JOIN records_invoice i ON i.id = l.invoice_id;
```

On SQLite a second connection answers, which can only read; an authorizer lets it see these views and call harmless functions.
SQLite adds in binary: sums are rounded to nine places. Times are text such as `2026-01-31T14:00:00.000Z` there, until they stand in
the answer; yes and no are 1 and 0. Exact sums of Decimals are what *Explore*, `queries.summarise` and PostgreSQL give.

On PostgreSQL a second login answers, and SQL is off until there is one. Set `TIEOUT_ANALYST_URL` to it, such as
`postgresql://analyst:secret@host/tieout`, for the dashboard and for notebooks; then run, and again after an upgrade that says so:

```
python -m syncengine analysts
```

The command makes the login where it may (else it says what an administrator is to run), the schema `tieout_analyst` with the
views, and the grants: USAGE on that schema and SELECT on its views, and nothing else. The login sees rows only while the
installation gives its connection the seat of one company. Keep its password as you keep the installation's: it opens no data, but
it could keep the server busy.

PostgreSQL lets every login make temporary tables in a database that it may connect to, which would let this one fill the server's
disk. So the command takes that from PUBLIC (`REVOKE TEMPORARY ON DATABASE ... FROM PUBLIC`) and leaves it to the owner of the
database; another program that makes some there needs `GRANT TEMPORARY ON DATABASE ... TO` its login, which stays when the command
is run again. Where the database belongs to another login than the installation's, the command says which statement its owner is
to run, and SQL is off until then.

There, texts are written `'so'`, names `"so"` and comments `-- so`; what PostgreSQL could read in more than one way is refused:
`/* */`, `$$`, `E''`, backticks, a text right after a word. So are types that look into its catalogue (`regclass`), logins
(`current_user`), and functions of a schema. `format` takes no widths. The question goes to the server as the one statement of its
message, in a transaction that can only read.

## What can be called

On either: SQLITE.

On PostgreSQL also: POSTGRES.

## The views
"""


#: What is said of a cause that nobody who works here can put right.
SUPPORT = "nobody who works here can put it right: the page offers a report for support."


def _sql_page() -> str:
    functions = {"SQLITE.": SQLITE_FUNCTIONS, "POSTGRES.": POSTGRES_FUNCTIONS}
    text = SQL_PAGE
    for mark, names in functions.items():
        text = text.replace(mark, ", ".join(f"`{name}`" for name in sorted(names)) + ".", 1)
    return text + "".join(_sql_view(view) for view in every_view().values())


def _sql_view(view: View) -> str:
    rows = "".join(f"| `{column.name}` | {column.kind} |\n" for column in view.columns)
    return f"\n### {view.name}\n\n{view.says[0].upper()}{view.says[1:]}.\n\n| column | holds |\n| --- | --- |\n{rows}"


def pages() -> dict[Path, str]:
    """Each generated page with the text that it should have."""
    docs = ROOT / "docs"
    return {
        docs / "corrections.md": REMEDIES + "".join(_remedy(each) for each in CORRECTIONS.values()),
        docs / "commands.md": COMMANDS + "".join(_command(*each) for each in commands()),
        docs / "entities.md": MAPPINGS + "".join(_entity(entity) for entity in EVERY),
        docs / "settings.md": SETTING_PAGE + "".join(_group(group) for group in Group),
        docs / "sql.md": _sql_page(),
        docs / "mission.md": mission.page(),
    }


def _remedy(correction: Correction) -> str:
    facts = [f"**{correction.klass}**", f"setting `{correction.setting}`" if correction.klass is Klass.POLICY else ""]
    facts += ["at once" if correction.at_once else "", "" if correction.counts else "never counts against the record"]
    facts += ["a warning, no failure" if correction.warning else ""]
    cause, remedy = (text.replace(": {who}", "").replace(" ({who})", "").replace("{who}", "it") for text in _words(correction))
    text = f"\n## {correction.name}\n\n{correction.row}. {'; '.join(fact for fact in facts if fact)}.\n\n"
    text += f"* *Cause:* {cause}\n* *A person:* {remedy}\n"
    text += f"* *In QuickBooks:* {correction.there}\n" if correction.there else ""
    text += f"* *Here:* {correction.here}\n" if correction.here else ""
    text += "" if correction.solvable else f"* *What now:* {SUPPORT}\n"
    text += f"* *Tieout:* {correction.does}{' ' * bool(correction.idle)}{correction.idle}\n" if correction.does else ""
    text += f"* *Taken back:* {correction.undo}\n" if correction.undo else ""
    return text + f"* *Known from:* {correction.source}\n"


def _words(correction: Correction) -> tuple[str, str]:
    return correction.cause, correction.remedy


def commands() -> list[tuple[str, str, argparse.ArgumentParser]]:
    """Every command as (its words, what it does, its parser), in the order of `--help`."""
    return list(_walk(_parser(), ""))


def _walk(parser: argparse.ArgumentParser, before: str) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:  # noqa: SLF001 -- argparse has no public way to its own commands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- as above
            says = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001 -- as above
            for name, child in action.choices.items():
                inner = list(_walk(child, f"{before}{name} "))
                yield from inner or [(f"{before}{name}", says.get(name, ""), child)]


def _command(words: str, says: str, parser: argparse.ArgumentParser) -> str:
    own = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]  # noqa: SLF001 -- as above
    positional = " ".join(_value(action) for action in own if not action.option_strings)
    call = f"python -m syncengine {words} {positional}".strip()
    text = f"\n## {words}\n\n`{call}`\n\n{says[:1].upper()}{says[1:]}.\n"
    if own:
        text += "\n| argument | meaning |\n| --- | --- |\n"
        text += "".join(f"| {_spelled(action)} | {action.help or ''} |\n" for action in own)
    return text


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_value(action)}`"
    takes = "" if action.nargs == 0 else f" {_value(action)}"
    return f"`{', '.join(action.option_strings)}{takes}`"


def _value(action: argparse.Action) -> str:
    # Within a table cell a bar would end the cell, so choices are parted by commas.
    choices = f"{{{','.join(str(choice) for choice in action.choices)}}}" if action.choices else ""
    name = str(action.metavar or choices or action.dest.upper())
    return {"*": f"[{name}...]", "?": f"[{name}]", "+": f"{name}..."}.get(str(action.nargs), name)


def _entity(entity: Entity) -> str:
    way = "both ways" if entity.direction is Direction.BOTH else str(entity.direction)
    after = ", ".join(sorted(entity.depends_on)) or "nothing"
    facts = [f"**{way}**", f"told apart by `{entity.natural_key}`", f"after {after}"]
    facts += [entity.posts.rstrip(".")] if entity.posts else []
    facts += [f"only where {entity.feature} are tracked in QuickBooks"] if entity.feature else []
    facts += [f"switched by the setting `{entity.switch}`"] if entity.switch else []
    facts += [] if entity.cdc else ["not in the change feed: read with the slow lists"]
    kind = f" from `{entity.kind}`" if entity.kind else ""
    lines = entity.lines.fields if entity.lines else ()
    rows = "".join(_field(field) for field in entity.fields) + "".join(_field(field, "Line: ") for field in lines)
    title = entity.name if entity.primary else f"{entity.name} from {entity.kind}"
    return f"\n## {title}\n\n{entity.name}{kind}: {'; '.join(facts)}.\n" + (
        f"\n| QuickBooks | inventory column | |\n| --- | --- | --- |\n{rows}" if rows else ""
    )


def _field(field: Field, before: str = "") -> str:
    notes = [
        "required" if field.required else "",
        f"at most {longest} characters" if (longest := getattr(field, "longest", None)) else "",
        f"refers to {target}" if (target := getattr(field, "refers_to", "")) else "",
        f"only with {field.when}" if field.when else "",
        "never written back" if field.one_way else "",
        "filled in by QuickBooks where empty" if field.fills else "",
    ]
    column = f"`{field.column}`" if field.column else "computed"
    return f"| {before}`{field.path}` | {column} | {', '.join(note for note in notes if note)} |\n"


#: What a setting is checked against, in words.
_CHECKED = {
    Needs.NOTHING: "",
    Needs.TAX_CODE: "an active tax code, and sales tax on",
    Needs.TAX_RATE: "an active tax rate, and sales tax off",
    Needs.MULTICURRENCY: "the same there",
    Needs.HOME_CURRENCY: "the same there",
    Needs.CLOSING_DATE: "the same there; else a warning",
    Needs.DISCOUNTS: "discounts on, with an account",
}


def _group(group: Group) -> str:
    found = {name: setting for name, setting in SETTINGS.items() if setting.group is group}
    text = f"\n## {str(group).capitalize()}\n"
    if group is Group.CORRECTIONS:
        says = "on or off, off by default: whether that correction, of class policy, may run by itself."
        text += f"\n`{ALLOW}` with the name of a [correction](corrections.md), {says}\n"
        text += "\n| setting | what it would do |\n| --- | --- |\n"
        return text + "".join(f"| `{name}` | {told(name)} |\n" for name in sorted(CONSENTS))
    text += "\n| setting | must be | default | checked against QuickBooks | |\n| --- | --- | --- | --- | --- |\n"
    return text + "".join(_setting(name, setting) for name, setting in found.items())


def _setting(name: str, setting: Setting) -> str:
    types = setting.account_types
    many = "an active account, of any type but " + ", ".join(sorted(set(ACCOUNT_TYPES) - set(types)))
    checked = (many if len(types) > 5 else f"an active account of type {' or '.join(types)}") if types else _CHECKED[setting.needs]
    default = setting.shown(setting.default)
    return f"| `{name}`<br>{setting.label} | {setting.must} | {default} | {checked} | {setting.says} |\n"


def main() -> int:
    """Write every page that has changed and name it."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
