"""Everything about QuickBooks that is unknown, or differs between companies: one named switch each, with its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Switch:
    """One switch: what it turns, what it may be set to (None: any value of the default's type), and why that default."""

    default: Any
    meaning: str
    choices: tuple[Any, ...] | None = None


#: Name -> switch. docs/emulator.md shows this table; a test keeps the two the same.
SWITCHES: dict[str, Switch] = {
    "quotas": Switch(True, "Enforce rate limits and the monthly read limit; off for raw speed tests."),
    "requests_per_minute": Switch(500, "Requests a realm may send in a minute."),
    "requests_per_second": Switch(10, "Requests a realm and app may send in a second."),
    "ten_means": Switch(
        "second", "How the limit of 10 is read: per second, or at the same time.", ("second", "concurrent", "both")
    ),
    "reports_per_minute": Switch(200, "Reports a realm and app may ask for in a minute (an older page of the documents)."),
    "others_per_minute": Switch(800, "Requests other than batches that a realm and app may send in a minute."),
    "batches_per_minute": Switch(120, "Batch requests a realm may send in a minute; a client should stay at 40.", None),
    "batch_counts_as": Switch("request", "What a batch takes from the requests of a minute.", ("nothing", "request", "items")),
    "time_limit_seconds": Switch(
        120, "Seconds after which a request is cut with a 504, whether it took effect or not; 0 is never."
    ),
    "body_limit_bytes": Switch(0, "Bytes that a body may have before a 413; 0 is no limit, for none is documented."),
    "lone_request": Switch(
        "refused", "A request over a limit while no other is in flight; held, as by QuickBooks' slowness.", ("refused", "held")
    ),
    "quota_window": Switch("sliding", "Whether quota windows slide or start anew each minute and second.", ("sliding", "fixed")),
    "batch_max_items": Switch(30, "Items a batch may hold; other pages say 10 and 50."),
    "batch_order": Switch(
        "given", "Order in which the items of a batch are executed; answers keep the request's.", ("given", "shuffled")
    ),
    "batch_reply_order": Switch("given", "Order of the answers of a batch.", ("given", "shuffled")),
    "batch_object_cap": Switch(1000, "Objects that the queries of a batch give at most in all; the rest is cut."),
    "environment": Switch(
        "production", "Whether reads are metered, as in production, or not, as in a sandbox.", ("production", "sandbox")
    ),
    "coreplus_per_month": Switch(500_000, "Metered reads an app may make in a calendar month; 0 is no limit."),
    "coreplus_blocked_status": Switch(429, "How a used-up month is answered.", (429, 403)),
    "batch_metered": Switch("item", "Metered reads of a batch with queries: one per query, or one in all.", ("item", "call")),
    "cdc_weight": Switch(1, "Metered reads of one CDC call."),
    "throttle_body": Switch("xml", "Body of a 429.", ("xml", "json")),
    "retry_after_seconds": Switch(0, "Retry-After of a 429; 0 sends none, as QuickBooks does."),
    "default_order": Switch(
        "recorded",
        "Order of a query without ORDERBY: as recorded (lists by full name, transactions newest first), or another. "
        "A client relies on none.",
        ("recorded", "shuffled", "name", "newest", "oldest"),
    ),
    "orderby_id": Switch("allowed", "Whether ORDERBY Id is answered or refused with 4001, as announced.", ("allowed", "refused")),
    "paging": Switch(
        "live", "What later pages of a query show: the list as it then is, or as the first page found it.", ("live", "snapshot")
    ),
    "projection": Switch(
        "ignored",
        "Properties that a query selects by name: whole objects come all the same, or only these.",
        ("ignored", "answered"),
    ),
    "bare_numbers": Switch(
        "refused", "A number without quotes behind <, >, <= or >=: a parse error (4000), or taken.", ("refused", "taken")
    ),
    "unlisted_operators": Switch(
        "refused",
        "NOT, OR and CONTAINS, which the parser knows and the documents do not: 4001, or answered.",
        ("refused", "answered"),
    ),
    "minor_version": Switch(
        "75",
        "Properties that objects get as they are written: with those of minor version 75, the least since August 2025, "
        "or as they were recorded without one in 2019 and 2020.",
        ("75", "none"),
    ),
    "create_time": Switch("queryable", "MetaData.CreateTime in WHERE and ORDERBY.", ("queryable", "refused")),
    "total_count": Switch(
        "count", "Which queries tell totalCount: COUNT(*) alone, or those for objects as well.", ("count", "always")
    ),
    "taxcode_extras": Switch(True, "A TaxCode query gives the pseudo codes on top of its first page."),
    "entity_case": Switch("insensitive", "Entity names in queries.", ("insensitive", "sensitive")),
    "maxresults_over_1000": Switch("clamp", "MAXRESULTS above 1000.", ("clamp", "refuse")),
    "visibility_lag_seconds": Switch(0, "Queries and CDC show a change up to so many seconds late, differently for each row."),
    "cdc_look_back_days": Switch(30, "How far back changedSince may lie; 0 is without limit."),
    "cdc_too_old_code": Switch("500", "Code of the refusal of an older changedSince (its text is known, its code is not)."),
    "cdc_excluded": Switch("error", "CDC for an entity that has none.", ("error", "empty")),
    "cdc_time_activity": Switch("excluded", "Whether CDC knows TimeActivity.", ("excluded", "supported")),
    "cdc_preferences": Switch("excluded", "Whether CDC knows Preferences.", ("excluded", "supported")),
    "cdc_cap": Switch(1000, "Objects a CDC answer holds at most; the rest is silently cut, deletions first."),
    "cdc_cap_scope": Switch("response", "What the cap holds for.", ("response", "entity")),
    "cdc_inactive_names": Switch(
        "payload", "CDC of a deactivated name: the object, or a stub that says Deleted.", ("payload", "stub")
    ),
    "requestid_memory_seconds": Switch(-1, "How long a requestid is remembered; -1 is for ever, 0 not at all."),
    "requestid_other_body": Switch("replay", "The same requestid with other content.", ("replay", "600")),
    "requestid_replays_errors": Switch(False, "Whether refusals are remembered and replayed as well."),
    "inactive_reference": Switch("610", "Code of a reference to something inactive.", ("610", "2500")),
    "system_accounts": Switch("kept", "Deactivating receivables, payables and their like.", ("kept", "deactivatable")),
    "inactive_with_balance": Switch(
        "refused", "Deactivating a customer or vendor with a balance (6220) or unbilled charges (6280).", ("refused", "allowed")
    ),
    "inactive_name_taken": Switch(False, "Whether the name of an inactive row stays taken (6240)."),
    "auto_apply_credit": Switch(
        "at_once",
        "When the preference AutoApplyCredit links credit memos and invoices of a customer: as one is created, or never.",
        ("at_once", "never"),
    ),
    "bill_number_scope": Switch("company", "Where a bill's DocNumber is unique.", ("company", "vendor", "off")),
    "tracking_off_lists": Switch(
        "refused", "A new class or location while its tracking is off: 6000, or taken.", ("refused", "taken")
    ),
    "merge_by_rename": Switch(
        "refused", "Renaming an account onto another of its type: 6240, or the two become one.", ("refused", "accounts")
    ),
    "book_close_date": Switch("present", "Whether Preferences show the closing date.", ("present", "absent")),
    "foreign_realm": Switch("130", "A valid token at another company: wrong cluster (XML), or no authorization.", ("130", "3100")),
    "unauthorized_body": Switch("json", "Body of a 401 where JSON was asked for.", ("json", "xml")),
    "content_types": Switch("checked", "A body of a kind that the operation does not read: refused, or tried.", ("checked", "any")),
    "accept_default": Switch("xml", "Form of the answer when the request does not ask for JSON.", ("xml", "json")),
    "rotate_every_refresh": Switch(False, "Each refresh gives a new refresh token; otherwise about once a day, as Intuit does."),
    "refresh_rotation_seconds": Switch(86_400, "Age at which a refresh token's value changes."),
    "refresh_grace_seconds": Switch(0, "How long a superseded refresh token still works."),
    "invalid_grant_description": Switch(True, "Whether invalid_grant says what is wrong (since December 2025)."),
    "code_reuse": Switch(
        "refused", "An authorization code that comes again: refused, or its grant ends as well.", ("refused", "revokes")
    ),
    "unknown_clients": Switch(
        "registered",
        "An app that is not known yet: its first secret counts from then on, or it is refused.",
        ("registered", "refused"),
    ),
    "auto_approve": Switch(True, "The consent page answers yes by itself, but where `prompt=consent` asks for it."),
    "subscription": Switch(
        "active", "The company's subscription; writes are refused with 6190 once it has ended.", ("active", "ended")
    ),
    "line_amounts": Switch(
        "half_up", "How a line's Amount must agree with Qty times UnitPrice, else 6070.", ("half_up", "within_a_cent")
    ),
    "untracked": Switch(
        "ignored", "A class or location on a transaction while its tracking is off: ignored, or 6000.", ("ignored", "refused")
    ),
    "property_text": Switch(
        "named", "Whether a 2010 names the property that does not fit, or says no more than newer ones do.", ("named", "plain")
    ),
    "negative_totals": Switch("refused", "A form whose total is below zero: 6000, or taken.", ("refused", "taken")),
    "stale_text": Switch("short", "Whether a 5010 ends by naming the entity, as newer ones do.", ("short", "entity")),
    "closed_books_code": Switch(
        "by_password",
        "Code of closed books: 6210 with a closing password and 6200 without, or always one.",
        ("by_password", "6200", "6210"),
    ),
    "sales_customer": Switch(
        "2500", "Code of a CustomerRef that leads nowhere or to someone inactive: as any reference, or 6250.", ("2500", "6250")
    ),
    "user": Switch(
        "admin",
        "Who connected the app; a limited user is refused with 5020 where only administrators write, one who was removed from the "
        "company with 120 everywhere.",
        ("admin", "limited", "removed"),
    ),
    "plan": Switch(
        "plus",
        "The company's plan; what it does not have is refused with 5030.",
        ("simple_start", "essentials", "plus", "advanced"),
    ),
    "currency_required": Switch(
        "refused", "A form without CurrencyRef where there are several currencies: 2020, or the name's own.", ("refused", "taken")
    ),
    "class_limit": Switch(
        -1, "Classes and departments together: as the plan allows (-1: 40, on Advanced without limit), or so many; 0 is any number."
    ),
    "upload_max_bytes": Switch(104_857_600, "Bytes that an upload request may have."),
    "upload_types": Switch("approved", "Files that an upload takes: those that QuickBooks lists, or any.", ("approved", "any")),
    "upload_content_length": Switch(
        "optional", "Whether an upload without a Content-Length is refused with 6020.", ("optional", "required")
    ),
    "pdf_accept": Switch("any", "Who gets the PDF of a form: anybody, or who accepts application/pdf.", ("any", "pdf")),
    "mails_per_day": Switch(40, "Forms that a company may send by e-mail in a day (a sandbox's limit); 0 is without limit."),
    "send_moves_token": Switch(True, "Whether sending a form gives it a new SyncToken."),
    "invoice_link": Switch(
        "online", "Invoices that have a link to share: those with online payment and an address, or all.", ("online", "all")
    ),
    "report_cells": Switch(400_000, "Cells that a report shows at most; a last row says that there are more."),
    "report_columns": Switch(
        "typed", "Columns of detail reports: a general type and the key beside it, or the key as type.", ("typed", "keyed")
    ),
    "latency": Switch("none", "Answer at once, or as slowly as QuickBooks (the emulator's clock sleeps).", ("none", "realistic")),
    "latency_scale": Switch(1.0, "Factor on realistic latency."),
    "latency_clock": Switch("slept", "Realistic latency is slept, or the clock is moved on at once.", ("slept", "advanced")),
    "webhook_delay_seconds": Switch(3.0, "How long events are gathered before they are told; QuickBooks takes 0 to 5 minutes."),
    "webhook_coalescing": Switch(True, "An update of what has an update waiting already gives no event of its own."),
    "webhook_mixes_realms": Switch(True, "CloudEvents of several companies may come together; the older form keeps them apart."),
    "webhook_withholding": Switch(True, "Nothing further is sent to an endpoint until it has acknowledged what came before."),
    "webhook_acknowledgement": Switch("200", "Which answers acknowledge a delivery.", ("200", "2xx")),
    "webhook_retry_scale": Switch(1.0, "Factor on the pauses between attempts (10 s, 20 s, 30 s, 5 min, 20 min, 2 h, 4 h, 6 h)."),
    "webhook_give_up_days": Switch(0.0, "Age at which a delivery is given up; 0 is never, for QuickBooks names no end."),
    "webhook_policy": Switch(
        "ladder", "Attempts without end, or the obsolete 20, 30, 50 minutes and a blacklisted endpoint.", ("ladder", "blacklist")
    ),
    "webhook_deactivation": Switch("updated", "The event of a deactivated list member.", ("updated", "deleted")),
    "webhook_balances": Switch(False, "Names and items of which only a balance moved (no new SyncToken) are told as updated."),
    "webhook_void": Switch("void", "How types spell a void.", ("void", "voided")),
    "webhook_event_id": Switch("uuid", "Ids of CloudEvents: a uuid, or one with entity and id behind it.", ("uuid", "with_object")),
    "webhook_time": Switch("nanoseconds", "Precision of a CloudEvent's time; both were seen.", ("nanoseconds", "seconds")),
    "webhook_empty_data": Switch(
        "empty", "CloudEvents without data: an empty object, or neither data nor datacontenttype.", ("empty", "absent")
    ),
    "webhook_merged_key": Switch("deletedid", "What CloudEvents call the id that a merge made vanish.", ("deletedid", "deletedId")),
    "webhook_employee_ids": Switch(
        "plain", "Whether CloudEvents of employees carry data.alternative_ids, as where payroll is on.", ("plain", "alternative")
    ),
    "webhook_content_type": Switch(
        "json", "Content-Type of CloudEvents: application/json or one of their own.", ("json", "cloudevents", "cloudevents-batch")
    ),
    "webhook_last_updated": Switch(
        "offset", "Times of the older form: the company's offset, or UTC with milliseconds.", ("offset", "utc")
    ),
    "journal": Switch(True, "Keep a journal of requests."),
    "history": Switch(True, "Keep every version of every object, for the pages; off for raw speed tests."),
}


class Switches(Mapping[str, Any]):
    """The switches as they are set now; reading one is a dict access."""

    def __init__(self, changes: Mapping[str, Any] | None = None) -> None:
        self._values = {name: switch.default for name, switch in SWITCHES.items()}
        self.update(changes or {})
        self._first = dict(self._values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def reset(self) -> None:
        """As they were at the start."""
        self._values.update(self._first)

    def update(self, changes: Mapping[str, Any]) -> None:
        """Set switches.

        Raises:
            ValueError: there is no such switch, or it may not be set to that; nothing is changed then.
        """
        for name, value in changes.items():
            _check(name, value)
        self._values.update(changes)


def _check(name: str, value: Any) -> None:
    """ValueError throughout, also for a wrong type: the caller shows the sentence to whoever sent the JSON."""
    switch = SWITCHES.get(name)
    if switch is None:
        raise ValueError(f"there is no switch {name!r}; there are: {', '.join(SWITCHES)}")
    if switch.choices is not None:
        if value not in switch.choices:
            raise ValueError(f"switch {name} may be one of {', '.join(map(str, switch.choices))}, not {value!r}")
        return
    wanted = (int, float) if isinstance(switch.default, float) else type(switch.default)
    if not isinstance(value, wanted) or (isinstance(value, bool) and not isinstance(switch.default, bool)):
        raise ValueError(f"switch {name} takes a value like {switch.default!r}, not {value!r}")  # noqa: TRY004 -- see above
