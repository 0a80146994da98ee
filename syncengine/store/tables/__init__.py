"""The engine's own tables; every row that is of a company carries it."""

from __future__ import annotations

from syncengine.store.tables.connections import Call, Connection, Consent, Lease, Service, Setting, Worker
from syncengine.store.tables.imports import ImportFile, ImportLeftOut, ImportPiece, ImportProblems
from syncengine.store.tables.longacts import LongAct, LongActPart
from syncengine.store.tables.notices import Notice, Recipient, Standing
from syncengine.store.tables.pairs import Binding, Conflict, Cursor, Drift, Inbox, Number, Override
from syncengine.store.tables.people import Grant, Member, SignIn
from syncengine.store.tables.queue import Attempt, AttemptItem, Foresight, Outbox, Stir
from syncengine.store.tables.runs import Audit, Brake, Correction, Cycle, Error, Reads, Request, Sample, Slot

__all__ = [
    "Attempt",
    "AttemptItem",
    "Audit",
    "Binding",
    "Brake",
    "Call",
    "Conflict",
    "Connection",
    "Consent",
    "Correction",
    "Cursor",
    "Cycle",
    "Drift",
    "Error",
    "Foresight",
    "Grant",
    "ImportFile",
    "ImportLeftOut",
    "ImportPiece",
    "ImportProblems",
    "Inbox",
    "Lease",
    "LongAct",
    "LongActPart",
    "Member",
    "Notice",
    "Number",
    "Outbox",
    "Override",
    "Reads",
    "Recipient",
    "Request",
    "Sample",
    "Service",
    "Setting",
    "SignIn",
    "Slot",
    "Standing",
    "Stir",
    "Worker",
]
