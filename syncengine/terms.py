"""The words that every part of Tieout shares: states, directions, operations."""

from __future__ import annotations

from enum import StrEnum

#: The largest id that a column of the database holds; PostgreSQL breaks off at a question about a larger one.
LARGEST = 2**31 - 1


class OutboxState(StrEnum):
    """Where one outbox row stands; the legal moves are in `store.outbox`."""

    #: Waiting to be sent in the next cycle.
    AVAILABLE = "available"
    #: Claimed by a cycle; an attempt is, or is about to be, on the wire.
    RUNNING = "running"
    #: Sent and refused, or sent and never answered; the next cycle tries again.
    RETRYABLE = "retryable"
    #: QuickBooks holds it, or there was nothing to send.
    COMPLETED = "completed"
    #: Set aside for a person, with a sentence that says what to do.
    PARKED = "parked"
    #: Taken out of the queue by a person, or overtaken by a deletion.
    CANCELLED = "cancelled"


#: States in which a row is still to be dealt with and is listed in the preview.
WAITING = (OutboxState.AVAILABLE, OutboxState.RETRYABLE, OutboxState.PARKED)


class Direction(StrEnum):
    """Which way an entity travels."""

    #: Changes on either side reach the other.
    BOTH = "both"
    #: Only from the inventory side to QuickBooks.
    PUSH = "push"
    #: Only from QuickBooks into the view-only copies.
    PULL = "pull"


class Operation(StrEnum):
    """What a write does to the QuickBooks object."""

    CREATE = "create"
    UPDATE = "update"
    #: For name lists this is an update to `Active: false`, since QuickBooks deletes no names.
    DELETE = "delete"


class Outcome(StrEnum):
    """What became of one attempt item."""

    #: Committed before the request left; no answer is recorded yet.
    OPEN = "open"
    #: QuickBooks accepted the write.
    ACCEPTED = "accepted"
    #: QuickBooks answered with a Fault: nothing was written.
    REFUSED = "refused"
    #: No usable answer came: the write may or may not stand, so the same requestid is sent again.
    UNKNOWN = "unknown"


class Trigger(StrEnum):
    """Why a cycle ran."""

    #: A person pressed Sync now.
    MANUAL = "manual"
    #: The company's schedule was due.
    AUTOMATIC = "automatic"
    #: The `sync` command in the foreground.
    COMMAND = "command"
