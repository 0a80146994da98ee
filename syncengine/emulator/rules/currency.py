"""Rules of currencies: which one a name or form is in, at which rate, and the lists that say so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from syncengine.emulator import currencies, faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Draft, value_of


def several(books: Books) -> bool:
    """Whether the company deals in more than one currency."""
    return bool(books.preference("CurrencyPrefs", "MultiCurrencyEnabled"))


def home(books: Books) -> str:
    """The code of the company's own currency."""
    return str((books.preference("CurrencyPrefs", "HomeCurrency") or {}).get("value") or "USD")


def reference(code: str) -> dict[str, str]:
    """A reference to a currency as QuickBooks shows it."""
    return {"value": code, "name": currencies.NAMES[code]}


def of_name(draft: Draft) -> None:
    """A customer, vendor or account is in the company's currency, or in one that it deals in (2220)."""
    draft.default("CurrencyRef", reference(home(draft.books)))
    _dealt_in(draft, str(draft.reference("CurrencyRef")))


def of_form(draft: Draft, party: dict[str, Any]) -> None:
    """A transaction is in the currency of whom it is with; the rate is shown only where there are several currencies.

    Where there are, CurrencyRef is required (a switch; the other reading takes the customer's or vendor's own).
    """
    books, obj = draft.books, draft.obj
    if not several(books):
        draft.default("CurrencyRef", reference(home(books)))
        obj.pop("ExchangeRate", None)
        _dealt_in(draft, str(draft.reference("CurrencyRef")))
        return
    own = value_of(party, "CurrencyRef") or home(books)
    if obj.get("CurrencyRef") is None and books.switches["currency_required"] == "refused":
        raise faults.required("CurrencyRef")
    draft.default("CurrencyRef", reference(own))
    code = str(draft.reference("CurrencyRef"))
    _dealt_in(draft, code)
    if party and own != code:
        raise faults.business("The currency of the transaction is invalid for customer / vendor / account.")
    if code == home(books):
        obj["ExchangeRate"] = Decimal(1)
    else:
        draft.default("ExchangeRate", rate_on(books, code, obj["TxnDate"])["Rate"])


def _dealt_in(draft: Draft, code: str) -> None:
    books = draft.books
    if code == home(books):
        return
    if not several(books) or not any(each.get("Active") for each in of_company(books) if each["Code"] == code):
        raise faults.currency("CurrencyRef", code)


def of_company(books: Books) -> list[dict[str, Any]]:
    """The currencies that the company deals in besides its own, inactive ones included."""
    rows = books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = 'CompanyCurrency' AND deleted = 0 ORDER BY id", (books.company.key,)
    )
    return [wire.loads(body) for (body,) in rows]


def company_currency(draft: Draft) -> None:
    """CompanyCurrency: one that exists (2220), once (630), where several are switched on (5030); its name is QuickBooks' own."""
    books, obj = draft.books, draft.obj
    if not several(books):
        raise faults.feature("Multicurrency is not enabled.")
    code = str(obj["Code"]).upper()
    if code not in currencies.NAMES:
        raise faults.currency("Code", str(obj["Code"]))
    if draft.old is None and any(each["Code"] == code for each in of_company(books)):
        raise faults.duplicate_object(f"CompanyCurrency {code}")
    if code == home(books) and obj.get("Active") is False:
        raise faults.business("The home currency cannot be made inactive.")
    obj.update(Code=code, Name=currencies.NAMES[code])


def rate_on(books: Books, code: str, day: str) -> dict[str, Any]:
    """The rate of a currency to the company's own on a day: the last one that was set, else the market's."""
    row = books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = 'ExchangeRate' AND deleted = 0"
        " AND json_extract(body, '$.SourceCurrencyCode') = ? AND json_extract(body, '$.AsOfDate') <= ?"
        " ORDER BY json_extract(body, '$.AsOfDate') DESC LIMIT 1",
        (books.company.key, code, day),
    ).fetchone()
    if row:
        found: dict[str, Any] = wire.loads(row[0])
        return found
    target = home(books)
    company = books.known("CompanyInfo", "1") or {}
    since = company.get("MetaData", {}).get("CreateTime", "")
    rate = wire.plain(currencies.market_rate(code, target))
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": target,
        "Rate": int(rate) if rate == int(rate) else rate,
        "AsOfDate": day,
        "MetaData": {"LastUpdatedTime": since},
    }


def asked(books: Books, code: str, day: str) -> dict[str, Any]:
    """A rate that a client asks for (2220 for a currency that there is not, 5030 for a foreign one where there is but one)."""
    if code not in currencies.NAMES:
        raise faults.currency("SourceCurrencyCode", code)
    if code != home(books) and not several(books):
        raise faults.feature("Multicurrency is not enabled.")
    return rate_on(books, code, day)


def shown(rate: dict[str, Any]) -> str:
    """A rate as it travels: without Id, SyncToken and domain (recorded)."""
    kept = {name: rate[name] for name in ("SourceCurrencyCode", "TargetCurrencyCode", "Rate", "AsOfDate")}
    return wire.dumps({**kept, "MetaData": {"LastUpdatedTime": rate["MetaData"]["LastUpdatedTime"]}})


def shown_rate(body: str) -> str:
    """The same from the text in which it is kept."""
    return shown(wire.loads(body))


def rates(books: Books, conditions: Sequence[Any]) -> list[str]:
    """The rates that a query asks for: of the currencies and days that it names, else of all of the company's for today."""
    wanted = {condition.property.lower(): condition for condition in conditions}
    codes, days = wanted.get("sourcecurrencycode"), wanted.get("asofdate")
    every = [home(books), *(each["Code"] for each in of_company(books) if each.get("Active"))]
    on = list(days.values) if days is not None and days.operator in {"=", "in"} else [books.today]
    named = [code.upper() for code in codes.values] if codes is not None else list(dict.fromkeys(every))
    return [shown(asked(books, code, day)) for day in on for code in named]
