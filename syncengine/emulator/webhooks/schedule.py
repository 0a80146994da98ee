"""When a delivery that was not acknowledged is tried again."""

from __future__ import annotations

from syncengine.emulator.switches import Switches

#: Seconds until the next attempt after the first, second... one that failed; from then on always the last (quickbooks: 10 s, 20 s,
#: 30 s, 5 min, 20 min, 2 h, 4 h, 6 h and every 6 h).
LADDER = (10, 20, 30, 300, 1200, 7200, 14_400, 21_600)
#: The obsolete policy: three more attempts, only where the receiver seemed out of order, and the endpoint is blacklisted.
OBSOLETE = (1200, 1800, 3000)
OUT_OF_ORDER = frozenset({408, 500, 502, 503, 504})
#: With a scale of 0 an attempt still comes later than the one before it.
_LEAST_SECONDS = 0.001
_DAY = 86_400


def acknowledged(switches: Switches, status: int | None) -> bool:
    """Whether an answer counts as an acknowledgement."""
    return status == 200 or (status is not None and switches["webhook_acknowledgement"] == "2xx" and 200 <= status < 300)


def pause_seconds(switches: Switches, tries: int, status: int | None, age_seconds: float) -> float | None:
    """Seconds until the next attempt after `tries` failed ones; None where there is none.

    Args:
        switches: policy, scale and the age at which a delivery is given up.
        tries: attempts so far.
        status: what the receiver answered last, None where it did not.
        age_seconds: how old the delivery is.
    """
    if switches["webhook_policy"] == "blacklist":
        if tries > len(OBSOLETE) or (status is not None and status not in OUT_OF_ORDER):
            return None
        pause = OBSOLETE[tries - 1]
    else:
        pause = LADDER[min(tries, len(LADDER)) - 1]
    scaled = max(_LEAST_SECONDS, pause * switches["webhook_retry_scale"])
    limit = switches["webhook_give_up_days"]
    return None if limit and age_seconds + scaled > limit * _DAY else scaled


def blacklists(switches: Switches, tries: int) -> bool:
    """Whether an endpoint that failed so often is told nothing more."""
    return bool(switches["webhook_policy"] == "blacklist" and tries > len(OBSOLETE))
