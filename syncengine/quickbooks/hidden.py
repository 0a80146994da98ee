"""What must not be seen: values without a readable `repr`, and objects that no pickle takes along."""

from __future__ import annotations

from typing import Any, NoReturn, SupportsIndex


class Unpicklable:
    """Something that holds secrets: a pickle would carry them to wherever pickles go, so it is refused."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError(f"a {type(self).__name__} holds secrets and is never pickled")


class Hidden(Unpicklable):
    """A value that shows in no `repr`, not even in that of a traceback's local variables; `value` gives it out."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "(hidden)"
