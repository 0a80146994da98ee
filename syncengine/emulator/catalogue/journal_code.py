"""JournalCode: what French companies group their journal entries by."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Choice, Text
from syncengine.emulator.rules import journal_code

JOURNAL_CODE = Entity(
    name="JournalCode",
    record=record(
        "JournalCode",
        "Name Type Description Active JournalCodeEx",
        {
            "Name": Text(20, 2),
            "Type": Choice(frozenset({"Expenses", "Sales", "Bank", "Nouveaux", "Report A Nouveaux", "Wages", "Cash", "Others"})),
        },
    ),
    sequence="JournalCode",
    element="JournalCode",
    required=("Name",),
    fixed=words("Type"),
    defaults={"Active": True, "Type": "Others"},
    name_property="Name",
    shown_name="Name",
    unique_with=("JournalCode",),
    deletable=True,
    cdc=False,
    filterable=words("Name Type Active"),
    sortable=words("Name Type"),
    prepare=journal_code.journal_code,
    buries=journal_code.unused,
)

ENTITIES = (JOURNAL_CODE,)
