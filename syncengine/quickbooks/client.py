"""The client of one QuickBooks company: every operation, each under a total deadline."""

from __future__ import annotations

from syncengine.quickbooks.batches import Batches
from syncengine.quickbooks.company import Company
from syncengine.quickbooks.files import Files
from syncengine.quickbooks.lists import Lists
from syncengine.quickbooks.objects import Objects
from syncengine.quickbooks.reports import Reports


class Client(Objects, Lists, Batches, Files, Reports, Company):
    """Talks to one company. Safe to share between threads; holds no state but connections and the token pair.

    Reads are repeated inside the deadline when no usable answer came. A write is sent once (and once more, the same bytes
    under the same requestid, after a renewed sign-in), because only the caller knows what an unanswered write means.

    Every operation raises, beside what it names itself:
        FaultError: QuickBooks refused this request; nothing was written.
        TransportLost, ServiceDown: no usable answer; whether a write took effect is unknown.
        Throttled: the quotas leave no room before the deadline, or QuickBooks asked for a pause.
        ConnectionRevoked, AccessDenied: nothing works until a person acts.
    `outcomes.outcome` sorts all of them, and every answer, into done, refused and unknown.

    Args:
        endpoints: where QuickBooks is.
        realm_id: the company's id.
        app: who asks, for renewing tokens.
        tokens, quota: where the token pair and the sent calls are kept; hand the same ones to all who share a realm.
        clock, chance: time and jitter.
        session: gives a new `requests.Session`; none is ever used by two threads at once.
        deadline_seconds: how long one operation may take as a whole, waiting for quotas and repeats included.
        on_call: told about each HTTP exchange, renewals too; may be called from several threads.
    """
