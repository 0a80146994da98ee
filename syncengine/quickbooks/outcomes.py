"""What became of a write: done, refused or unknown. One rule for everything that a call can give or raise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from syncengine.errors import AccessDenied, ConfigurationError, ConnectionRevoked, LockBusy, ServiceDown, SyncEngineError, Throttled
from syncengine.quickbooks.faults import Fault, FaultClass, FaultError, classify


class Effect(StrEnum):
    """What a write did to the company's books."""

    #: It took effect, and the answer says how.
    DONE = "done"
    #: It had no effect; `Outcome.meaning` says what to do about it.
    REFUSED = "refused"
    #: It may have had its effect: ask again with the same payload under the same requestid.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What became of one write.

    Attributes:
        effect: done, refused or unknown.
        meaning: the class of the trouble; None for what is done, and where no answer came at all.
        fault: what QuickBooks said, where it said something about this very write.
    """

    effect: Effect
    meaning: FaultClass | None = None
    fault: Fault | None = None


#: What the errors mean that are not about one record: whether nothing was written, and the class of the trouble.
_ERRORS: tuple[tuple[type[SyncEngineError], bool, FaultClass | None], ...] = (
    (Throttled, True, FaultClass.THROTTLE),
    (ConnectionRevoked, True, FaultClass.TOKEN),
    (AccessDenied, True, FaultClass.ACCESS),
    (ServiceDown, False, FaultClass.TRANSIENT),
    (ConfigurationError, True, FaultClass.ACCESS),
    (LockBusy, True, None),
)


def outcome(result: object) -> Outcome:
    """What became of the write that gave `result`: what it returned, the fault of its item in a batch, or what it raised.

    An exception that the client does not document is taken for unknown, since that is the harmless mistake.
    """
    if isinstance(result, FaultError):
        return _of_fault(result.fault)
    if isinstance(result, Fault):
        return _of_fault(result)
    if isinstance(result, BaseException):
        return _of_error(result)
    return Outcome(Effect.DONE)


def _of_fault(fault: Fault) -> Outcome:
    """A fault is a refusal, but for one that says that QuickBooks itself failed: it may have failed after the write."""
    meaning = classify(fault)
    return Outcome(Effect.UNKNOWN if meaning is FaultClass.TRANSIENT else Effect.REFUSED, meaning, fault)


def _of_error(error: BaseException) -> Outcome:
    nothing, meaning = next(((nothing, meaning) for kind, nothing, meaning in _ERRORS if isinstance(error, kind)), (False, None))
    if isinstance(error, SyncEngineError) and error.wrote_nothing is not None:
        nothing = error.wrote_nothing
    return Outcome(Effect.REFUSED if nothing else Effect.UNKNOWN, meaning)
