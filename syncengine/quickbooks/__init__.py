"""The QuickBooks Online client: usable alone, without database or settings."""

from __future__ import annotations

from syncengine.quickbooks.calls import Answer, BatchAnswer, BatchItem, Call, CallKind, Changes, Page
from syncengine.quickbooks.client import Client
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.faults import Fault, FaultClass, FaultDetail, FaultError, classify
from syncengine.quickbooks.oauth import App, Grant, OAuth, read_callback
from syncengine.quickbooks.query import quote, select
from syncengine.quickbooks.quota import IN_FLIGHT_MAX, LIMITS, Limit, MemoryQuotaLog, QuotaLog, seconds_until_free
from syncengine.quickbooks.sessions import BoundedAdapter, session_factory
from syncengine.quickbooks.tokens import InvalidGrant, MemoryTokenStore, Tokens, TokenStore
from syncengine.quickbooks.wire import Payload

__all__ = [
    "IN_FLIGHT_MAX",
    "LIMITS",
    "Answer",
    "App",
    "BatchAnswer",
    "BatchItem",
    "BoundedAdapter",
    "Call",
    "CallKind",
    "Changes",
    "Client",
    "Endpoints",
    "Fault",
    "FaultClass",
    "FaultDetail",
    "FaultError",
    "Grant",
    "InvalidGrant",
    "Limit",
    "MemoryQuotaLog",
    "MemoryTokenStore",
    "OAuth",
    "Page",
    "Payload",
    "QuotaLog",
    "TokenStore",
    "Tokens",
    "classify",
    "quote",
    "read_callback",
    "seconds_until_free",
    "select",
    "session_factory",
]
