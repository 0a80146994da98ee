"""What can go wrong, sorted by remedy: the class says what the catcher does, never the message.

```
SyncEngineError
  ConfigurationError    fix the settings, then try again
  NeedsPerson           a person acts: ConnectionRevoked, AccessDenied, WrongRealm, SideEmpty
  Retriable             the next cycle tries again: TransportLost, Throttled, LockBusy, LeaseLost, ServiceDown
  RecordError           this one record cannot be carried; all others can
  Refused               a person's command does not apply (the row moved on, nothing changed): Forbidden, SignedOut
  Bug                   stop: IllegalMove, BrokenInvariant
```

A QuickBooks `Fault` is not in this tree: it is data from the wire, raised by the client as
`quickbooks.faults.FaultError` and sorted by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass


class SyncEngineError(Exception):
    """The root of everything Tieout raises on purpose.

    Attributes:
        wrote_nothing: whether a write that ended in this error is known to have had no effect; None where the class says
            it (`quickbooks.outcomes` is the rule), set where a single error is surer, or less sure, than its class.
    """

    wrote_nothing: bool | None = None


class ConfigurationError(SyncEngineError):
    """The installation is set up wrongly; the message names the setting and the remedy."""


class NeedsPerson(SyncEngineError):  # noqa: N818 -- named for its remedy, like its siblings
    """Nothing but a person's act helps; the message says which."""


class ConnectionRevoked(NeedsPerson):
    """QuickBooks no longer accepts our sign-in: the company has to be connected again."""


class AccessDenied(NeedsPerson):
    """QuickBooks refuses the whole connection (rights, subscription, wrong cluster), not one record."""


class WrongRealm(NeedsPerson):
    """The connection leads to another QuickBooks company than the one this company was tied to."""


class SideEmpty(NeedsPerson):
    """One side suddenly looks empty, or a run would touch an implausible share of it."""


class Retriable(SyncEngineError):  # noqa: N818 -- named for its remedy, like its siblings
    """A passing trouble: the next cycle tries again and no record is to blame."""


class TransportLost(Retriable):
    """No usable answer came; whether the request took effect is unknown."""


class ServiceDown(Retriable):
    """QuickBooks answered that it is out of order (5xx, code 10000); the effect of a write is unknown."""


class Throttled(Retriable):
    """QuickBooks or our own quota log asks for a pause of `seconds`."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class LockBusy(Retriable):
    """Another process holds what we need (a company's lease, a token refresh)."""


class LeaseLost(Retriable):
    """Our lease on a company ran out and another worker took it: stop at once, write nothing more."""


@dataclass
class RecordError(SyncEngineError):
    """One inventory or QuickBooks record cannot be carried; all others can.

    Attributes:
        field: the column or QuickBooks property that is wrong, in the user's words.
        value: the offending value as text ("" where something is missing).
        cause: one plain sentence: why the record cannot be carried.
        remedy: one plain sentence: what a person does about it.
    """

    field: str
    value: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        shown = f" ({self.value!r})" if self.value else ""
        return f"{self.field}{shown}: {self.cause} {self.remedy}"


class Refused(SyncEngineError):  # noqa: N818 -- an answer to a person, not a failure
    """A person's command does not apply any more: the row moved on, or nothing would change."""


class Forbidden(Refused):
    """This person may not do or see this; the message says what is lacking and who can give it."""


class SignedOut(Forbidden):
    """The sign-in by which this person was here is over: by its age, or because they signed out."""


class Bug(SyncEngineError):  # noqa: N818 -- the word is the remedy
    """A promise of our own is broken: stop and report it."""


class IllegalMove(Bug):
    """An outbox row was asked to make a move that the table of legal moves does not hold."""


class BrokenInvariant(Bug):
    """The database holds something that cannot be."""
