"""The companies that the emulator can set up: an empty one, a well-known sandbox company, a small distributor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syncengine.emulator.companies import abroad, demo, empty, intuit
from syncengine.emulator.companies.build import Builder


@dataclass(frozen=True)
class Kind:
    """One company that can be set up: its name, what fills its books, and whether it is there without being asked for."""

    name: str
    build: Callable[[Builder], None]
    usual: bool = True


KINDS: dict[str, Kind] = {
    "demo": Kind("Harbor Supply Co.", demo.build),
    "intuit": Kind("Craig's Design and Landscaping Services", intuit.build),
    "empty": Kind("New Company", empty.build),
    "british": Kind("Canal Street Trading Ltd", abroad.british, usual=False),
    "french": Kind("Comptoir du Port SARL", abroad.french, usual=False),
}
