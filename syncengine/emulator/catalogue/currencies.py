"""Money of other countries: CompanyCurrency, the currencies that a company deals in, and ExchangeRate."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Day, Number, Text
from syncengine.emulator.rules import currency

COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    record=record("CompanyCurrency", "Code Name Active", {"Code": Text(100)}),
    sequence="CompanyCurrency",
    element="CompanyCurrency",
    required=("Code",),
    read_only=words("Name"),
    fixed=words("Code"),
    defaults={"Active": True},
    shown_name="Name",
    plan="essentials",
    cdc=False,
    filterable=words("Code Name Active"),
    sortable=words("Code Name Active"),
    prepare=currency.company_currency,
)
#: Its Id is ours alone: QuickBooks shows none, a rate is named by its currency and date.
EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    record=record(
        "ExchangeRate",
        "SourceCurrencyCode TargetCurrencyCode Rate AsOfDate",
        {
            "SourceCurrencyCode": Text(3, 3),
            "TargetCurrencyCode": Text(3, 3),
            "Rate": Number(low=0),
            "AsOfDate": Day(),
        },
    ),
    sequence="ExchangeRate",
    required=("SourceCurrencyCode", "Rate"),
    creatable=False,
    updatable=False,
    cdc=False,
    filterable=words("SourceCurrencyCode TargetCurrencyCode AsOfDate"),
    sortable=words("SourceCurrencyCode TargetCurrencyCode AsOfDate"),
    shown=currency.shown_rate,
    rows=currency.rates,
)

ENTITIES = (COMPANY_CURRENCY, EXCHANGE_RATE)
