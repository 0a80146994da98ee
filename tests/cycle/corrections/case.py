"""What a case of the catalogue consists of, and the parts that many of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from syncengine import commands
from tests.cycle.corrections.scene import Scene

Part = Callable[[Scene], object]


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes:
        code: QuickBooks' code, or `local`.
        cause: what makes a record fail.
        holds: what is to be seen once it was corrected; for NO, once a person has acted.
        mend: what a person does, where nobody else can do anything.
        injected: where the emulator was told to refuse: why no state of a company, a connection or a record makes QuickBooks
            answer so. Everywhere else the refusal arises by itself.
    """

    code: str
    cause: Part
    holds: Part
    mend: Part | None = None
    injected: str = ""


def retry(scene: Scene) -> None:
    """Press Retry on all that failed."""
    commands.retry(scene.session, [(row["id"], row["version"]) for row in scene.rows if row["state"] in {"parked", "retryable"}])


def edit(**values: Any) -> Part:
    """Put the record itself right."""

    def mend(scene: Scene) -> None:
        kind, record = scene.kept["record"]
        scene.save(kind, id=record, **values)

    return mend


def arrived(entity: str, where: str = "", **values: Any) -> Part:
    """QuickBooks has exactly one such object, with these values."""

    def check(scene: Scene) -> None:
        found = scene.there(entity, where)
        assert len(found) == 1, found
        for path, value in values.items():
            assert found[0].get(path) == value, (path, found[0].get(path))

    return check


def both(*parts: Part) -> Part:
    """One after the other."""

    def every(scene: Scene) -> None:
        for part in parts:
            part(scene)

    return every


def quiet(scene: Scene) -> None:
    """Everything has arrived, and its echo is over; the record that fails is saved after this."""
    assert scene.sync().result == "ok", scene.story()
    assert scene.sync().result == "ok", scene.story()
    scene.world.clock.advance(300)
    scene.kept.pop("record", None)
