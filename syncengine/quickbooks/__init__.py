"""The QuickBooks Online client: usable alone, without database or settings."""

from __future__ import annotations

from syncengine.quickbooks.answers import TaxCodeMade
from syncengine.quickbooks.calls import (
    Answer,
    BatchAnswer,
    BatchItem,
    BatchQuery,
    Call,
    CallKind,
    Changes,
    Content,
    Page,
    Record,
    Upload,
    UploadAnswer,
)
from syncengine.quickbooks.client import Client
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.faults import Fault, FaultClass, FaultDetail, FaultError, classify
from syncengine.quickbooks.oauth import IDENTITY_SCOPES, SCOPE, App, Discovery, Grant, OAuth, UserInfo, read_callback
from syncengine.quickbooks.outcomes import Effect, Outcome, outcome
from syncengine.quickbooks.query import count, quote, select
from syncengine.quickbooks.quota import IN_FLIGHT_MAX, LIMITS, Limit, MemoryQuotaLog, QuotaLog, seconds_until_free
from syncengine.quickbooks.reports import Report
from syncengine.quickbooks.sessions import BoundedAdapter, session_factory
from syncengine.quickbooks.tokens import InvalidGrant, MemoryTokenStore, Tokens, TokenStore
from syncengine.quickbooks.wire import Payload

__all__ = [
    "IDENTITY_SCOPES",
    "IN_FLIGHT_MAX",
    "LIMITS",
    "SCOPE",
    "Answer",
    "App",
    "BatchAnswer",
    "BatchItem",
    "BatchQuery",
    "BoundedAdapter",
    "Call",
    "CallKind",
    "Changes",
    "Client",
    "Content",
    "Discovery",
    "Effect",
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
    "Outcome",
    "Page",
    "Payload",
    "QuotaLog",
    "Record",
    "Report",
    "TaxCodeMade",
    "TokenStore",
    "Tokens",
    "Upload",
    "UploadAnswer",
    "UserInfo",
    "classify",
    "count",
    "outcome",
    "quote",
    "read_callback",
    "seconds_until_free",
    "select",
    "session_factory",
]
