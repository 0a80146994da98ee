"""What people ask of the sync, answered with DataFrames: for the dashboard's pages and for Jupyter, without either.

>>> import syncengine
>>> from syncengine import queries
>>> db = syncengine.connect()                 # doctest: +SKIP
>>> queries.queue(db)[["record", "operation"]]  # doctest: +SKIP

Every question takes a `Session` first. Money stays Decimal and times are aware, in UTC.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncengine.queries.accounting import ledger, ledger_counts
    from syncengine.queries.alerting import alert_messages, alerts, sends_mail
    from syncengine.queries.asking import sql, sql_views
    from syncengine.queries.automatic import Schedule, coming_slots, schedule, slots
    from syncengine.queries.beating import pulse
    from syncengine.queries.company import settings
    from syncengine.queries.corrected import GroupFix, correction_of, error_corrections, group_correction
    from syncengine.queries.decided import decisions
    from syncengine.queries.details import Record, record
    from syncengine.queries.drifted import brake, drifts
    from syncengine.queries.events import timeline
    from syncengine.queries.exchanges import acts, received, run, sends
    from syncengine.queries.filed import KeptImport, kept_import, kept_import_problems, kept_imports
    from syncengine.queries.finding import find
    from syncengine.queries.firm import companies_overview
    from syncengine.queries.foreseen import Foreseen, foresee_settings, settings_history
    from syncengine.queries.grouping import grouped
    from syncengine.queries.groups import GroupCounts, attempt_of, error_causes, error_group_counts, error_groups
    from syncengine.queries.health import Health, Overview, Part, overview
    from syncengine.queries.history import Progress, RunsTotals, progress, runs, runs_totals
    from syncengine.queries.holding import held_back, held_back_counts
    from syncengine.queries.inventory import (
        KindFacts,
        RecordsWanted,
        kind_facts,
        kinds,
        queued_targets,
        record_kinds,
        record_states,
        records,
        records_count,
        records_extent,
        records_moment,
        records_page,
        records_surplus,
    )
    from syncengine.queries.linked import Journey, Linked, connection, consent_address
    from syncengine.queries.lists import (
        Narrowed,
        accounting_count,
        accounting_entry,
        accounting_list,
        accounting_lists,
        accounting_page,
        accounting_totals,
    )
    from syncengine.queries.longacts import LongAct, long_act, long_removal
    from syncengine.queries.persons import my_rights, people, people_changes, people_changes_count, people_count
    from syncengine.queries.places import view_in_quickbooks
    from syncengine.queries.reading import Reads, reads
    from syncengine.queries.reconciling import reconcile
    from syncengine.queries.sample import MissingInvoice, SampleDay, missing_invoice, sample_day
    from syncengine.queries.sending import (
        Mark,
        QueueCounts,
        Wanted,
        queue,
        queue_and_row,
        queue_authors,
        queue_counts,
        queue_mark,
        queued,
        waiting_counts,
    )
    from syncengine.queries.session import Session, companies, connect, first_run
    from syncengine.queries.shaping import MEASURES, MOST, OPERATORS, narrow, summarise, whole
    from syncengine.queries.standings import record_state
    from syncengine.queries.support import support_address, support_report
    from syncengine.queries.tracked import Tracking, classes, classes_count, departments, departments_count, tracking
    from syncengine.queries.troubles import (
        TroubleCounts,
        conflict_records,
        conflicts,
        error,
        errors,
        inbox,
        top_error,
        trouble_counts,
    )

#: Where each name lives. Loaded on first use, because most of them bring pandas along and the worker must not.
_HOMES = {
    "accounting": ("ledger", "ledger_counts"),
    "alerting": ("alert_messages", "alerts", "sends_mail"),
    "automatic": ("Schedule", "coming_slots", "schedule", "slots"),
    "company": ("settings",),
    "details": ("Record", "record"),
    "corrected": ("GroupFix", "correction_of", "error_corrections", "group_correction"),
    "decided": ("decisions",),
    "drifted": ("brake", "drifts"),
    "filed": ("KeptImport", "kept_import", "kept_import_problems", "kept_imports"),
    "firm": ("companies_overview",),
    "foreseen": ("Foreseen", "foresee_settings", "settings_history"),
    "grouping": ("grouped",),
    "groups": ("GroupCounts", "attempt_of", "error_causes", "error_group_counts", "error_groups"),
    "health": ("Health", "Overview", "Part", "overview"),
    "holding": ("held_back", "held_back_counts"),
    "history": ("Progress", "RunsTotals", "progress", "runs", "runs_totals"),
    "inventory": (
        "KindFacts", "RecordsWanted", "kind_facts", "kinds", "queued_targets", "record_kinds", "record_states", "records",
        "records_count", "records_extent", "records_moment", "records_page", "records_surplus",
    ),
    "linked": ("Journey", "Linked", "connection", "consent_address"),
    "lists": (
        "Narrowed", "accounting_count", "accounting_entry", "accounting_list", "accounting_lists", "accounting_page",
        "accounting_totals",
    ),
    "longacts": ("LongAct", "long_act", "long_removal"),
    "persons": ("my_rights", "people", "people_changes", "people_changes_count", "people_count"),
    "tracked": ("Tracking", "classes", "classes_count", "departments", "departments_count", "tracking"),
    "sample": ("MissingInvoice", "SampleDay", "missing_invoice", "sample_day"),
    "sending": (
        "Mark", "QueueCounts", "Wanted", "queue", "queue_and_row", "queue_authors", "queue_counts", "queue_mark", "queued",
        "waiting_counts",
    ),
    "session": ("Session", "companies", "connect", "first_run"),
    "places": ("view_in_quickbooks",),
    "beating": ("pulse",),
    "support": ("support_address", "support_report"),
    "reading": ("Reads", "reads"),
    "reconciling": ("reconcile",),
    "standings": ("record_state",),
    "events": ("timeline",),
    "asking": ("sql", "sql_views"),
    "shaping": ("MEASURES", "MOST", "OPERATORS", "narrow", "summarise", "whole"),
    "exchanges": ("acts", "received", "run", "sends"),
    "finding": ("find",),
    "troubles": (
        "TroubleCounts", "conflict_records", "conflicts", "error", "errors", "inbox", "top_error", "trouble_counts",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "MEASURES",
    "MOST",
    "OPERATORS",
    "Foreseen",
    "GroupCounts",
    "GroupFix",
    "Health",
    "Journey",
    "KeptImport",
    "KindFacts",
    "Linked",
    "LongAct",
    "Mark",
    "MissingInvoice",
    "Narrowed",
    "Overview",
    "Part",
    "Progress",
    "QueueCounts",
    "Reads",
    "Record",
    "RecordsWanted",
    "RunsTotals",
    "SampleDay",
    "Schedule",
    "Session",
    "Tracking",
    "TroubleCounts",
    "Wanted",
    "accounting_count",
    "accounting_entry",
    "accounting_list",
    "accounting_lists",
    "accounting_page",
    "accounting_totals",
    "acts",
    "alert_messages",
    "alerts",
    "attempt_of",
    "brake",
    "classes",
    "classes_count",
    "coming_slots",
    "companies",
    "companies_overview",
    "conflict_records",
    "conflicts",
    "connect",
    "connection",
    "consent_address",
    "correction_of",
    "decisions",
    "departments",
    "departments_count",
    "drifts",
    "error",
    "error_causes",
    "error_corrections",
    "error_group_counts",
    "error_groups",
    "errors",
    "find",
    "first_run",
    "foresee_settings",
    "group_correction",
    "grouped",
    "held_back",
    "held_back_counts",
    "inbox",
    "kept_import",
    "kept_import_problems",
    "kept_imports",
    "kind_facts",
    "kinds",
    "ledger",
    "ledger_counts",
    "long_act",
    "long_removal",
    "missing_invoice",
    "my_rights",
    "narrow",
    "overview",
    "people",
    "people_changes",
    "people_changes_count",
    "people_count",
    "progress",
    "pulse",
    "queue",
    "queue_and_row",
    "queue_authors",
    "queue_counts",
    "queue_mark",
    "queued",
    "queued_targets",
    "reads",
    "received",
    "reconcile",
    "record",
    "record_kinds",
    "record_state",
    "record_states",
    "records",
    "records_count",
    "records_extent",
    "records_moment",
    "records_page",
    "records_surplus",
    "run",
    "runs",
    "runs_totals",
    "sample_day",
    "schedule",
    "sends",
    "sends_mail",
    "settings",
    "settings_history",
    "slots",
    "sql",
    "sql_views",
    "summarise",
    "support_address",
    "support_report",
    "timeline",
    "top_error",
    "tracking",
    "trouble_counts",
    "view_in_quickbooks",
    "waiting_counts",
    "whole",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'syncengine.queries' has no attribute {name!r}")
    from syncengine.store import rights

    found = rights.insist(name, getattr(importlib.import_module(f"syncengine.queries.{home}"), name))
    globals()[name] = found
    return found
