"""When a company syncs, what travels, and who wins: the settings of connection, schedule, scope and conflicts."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.store.settings._setting import Group, Needs, Setting, choice, day, flag, matching

#: Which way records travel; names of `direction`.
BOTH, TO_QUICKBOOKS, FROM_QUICKBOOKS, NOTHING = "both", "to quickbooks", "from quickbooks", "nothing"



def _count(label: str, says: str, default: str) -> Setting:
    return matching(Group.CONFLICTS, label, says, "[1-9][0-9]{0,5}", "a whole number from 1 to 999999", default=default)


SETTINGS: Mapping[str, Setting] = {
    "first_sync_done": flag(
        Group.CONNECTION, "First sync done", "Whether a manual sync has ever succeeded. Tieout sets it.", default=False, own=True
    ),
    "automatic_sync": choice(
        Group.SCHEDULE,
        "Automatic sync",
        "How often the company syncs by itself.",
        "never",
        "hourly",
        "daily",
        "weekly",
        default="never",
    ),
    "automatic_time": matching(
        Group.SCHEDULE,
        "Time of automatic syncs",
        "When daily and weekly syncs start, by the clocks of the company's zone.",
        "([01][0-9]|2[0-3]):[0-5][0-9]",
        "a time of day as HH:MM, from 00:00 to 23:59",
        default="02:00",
    ),
    "automatic_weekday": choice(
        Group.SCHEDULE,
        "Day of weekly syncs",
        "The day on which weekly syncs start.",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        default="sunday",
    ),
    "direction": choice(
        Group.SCOPE,
        "Directional sync",
        "Which way records travel. What does not travel waits, and nothing of it is lost; the lists of QuickBooks that are for "
        "viewing only are read while anything travels at all.",
        BOTH,
        TO_QUICKBOOKS,
        FROM_QUICKBOOKS,
        NOTHING,
        default=BOTH,
    ),
    "sync_purchase_orders": flag(
        Group.SCOPE, "Sync purchase orders", "Whether purchase orders travel, either way.", default=True
    ),
    "post_cogs": flag(
        Group.SCOPE,
        "Post cost of goods sold",
        "Whether shipments and returns post their costs. Switch it off where QuickBooks tracks the stock of the same items: "
        "it would post the costs a second time. While it is off these postings wait.",
        default=True,
    ),
    "post_cogs_from": day(
        Group.SCOPE,
        "Post cost of goods sold from",
        "Postings of costs that are dated earlier are left out. Switching the posting of costs on again without naming a day "
        "sets it to the same day.",
    ),
    "not_before": day(
        Group.SCOPE,
        "Do not sync before",
        "Documents dated earlier travel neither way. Names travel in any case.",
    ),
    "closing_date": day(
        Group.SCOPE,
        "Closing date",
        "Nothing dated on or before it is changed here, nor sent to QuickBooks. A change that was made in QuickBooks comes in "
        "all the same. Keep it equal to the closing date in QuickBooks.",
        needs=Needs.CLOSING_DATE,
    ),
    "stop_at_first_error": flag(
        Group.CONFLICTS,
        "Stop at first error",
        "Send nothing more in a cycle once a record was refused. Otherwise a failing record holds back only what depends on it.",
        default=False,
    ),
    "guard_emptied": _count(
        "A list that becomes empty",
        "From how many records on a list or kind of document that is suddenly empty on one side stops the sync, which then asks.",
        "20",
    ),
    "guard_least": _count(
        "A run that changes much: from how many records on",
        "A sync that would change or delete fewer records of one side is never taken for a mistake.",
        "20",
    ),
    "guard_share": _count(
        "A run that changes much: from which share on",
        "From which share in percent of the records that both sides have a sync stops and asks before it changes or deletes them.",
        "50",
    ),
    "conflict_policy": choice(
        Group.CONFLICTS,
        "Both sides changed the same field",
        "Who wins when both sides changed the same field.",
        "ask",
        "quickbooks",
        "inventory",
        default="ask",
    ),
}
