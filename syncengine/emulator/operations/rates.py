"""Exchange rates: read by currency and date, and set; they have no Id."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.kinds import Visit
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import keys
from syncengine.emulator.operations.memory import answered_once
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern, json_body
from syncengine.emulator.rules import currency

_RATE = ENTITIES["ExchangeRate"]


def read(books: Books, asked: Asked) -> Outcome:
    """The rate of `sourcecurrencycode` on `asofdate`, today's without one."""
    wish = {name.lower(): value for name, value in asked.request.query.items()}
    if not wish.get("sourcecurrencycode"):
        raise faults.required("sourcecurrencycode")
    visit = Visit()
    given = _RATE.record.check({"AsOfDate": wish.get("asofdate") or books.today}, "", visit)
    rate = currency.asked(books, wish["sourcecurrencycode"].upper(), given["AsOfDate"])
    return Outcome(f'{{"ExchangeRate":{currency.shown(rate)},"time":"{asked.time}"}}', coreplus=1, rows=1)


def write(books: Books, asked: Asked) -> Outcome:
    """Set the rate of a currency for a date."""
    return answered_once(books, asked, "ExchangeRate", lambda: set_rate(books, json_body(asked.request.body)))


def set_rate(books: Books, payload: object) -> str:
    """Keep a rate, in the place of one for the same day; returns its JSON text.

    Raises:
        Refusal: 2020, 2090, 2220 or 5030.
    """
    wish = {name: value for name, value in _RATE.record.check(payload, "", Visit()).items() if value is not None}
    for name in _RATE.required:
        if name not in wish:
            raise faults.required(name)
    source, target = wish["SourceCurrencyCode"].upper(), wish.get("TargetCurrencyCode", currency.home(books)).upper()
    day = wish.get("AsOfDate", books.today)
    currency.asked(books, source, day)
    if target != currency.home(books):
        raise faults.currency("TargetCurrencyCode", target)
    if not wish["Rate"] or (source == target and wish["Rate"] != 1):
        raise faults.invalid_number("Rate", str(wish["Rate"]))
    id_ = f"{source}{day.replace('-', '')}"
    old = books.known(_RATE.name, id_)
    rate = {"SourceCurrencyCode": source, "TargetCurrencyCode": target, "Rate": wish["Rate"], "AsOfDate": day, "Id": id_}
    if old is None:
        rate = {**rate, "SyncToken": "0"}
        books.insert(_RATE.name, rate, keys(_RATE, rate))
    else:
        rate = {**rate, "SyncToken": str(int(old["SyncToken"]) + 1), "MetaData": old["MetaData"]}
        books.replace(_RATE.name, rate, keys(_RATE, rate))
    return currency.shown(rate)


PATTERNS: tuple[Pattern, ...] = (
    ("GET", "exchangerate", Operation("read", read, reads=True)),
    ("POST", "exchangerate", Operation("write", write)),
)
