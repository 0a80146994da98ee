"""A memo or description is longer than QuickBooks takes: the beginning goes, the whole stays here."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Facts, Klass, Trouble, Verdict, Words, listed, override

#: What tells records apart is not cut by itself.
_KEYS = frozenset({"DocNumber", "Name", "DisplayName"})


def too_long(trouble: Trouble) -> bool:
    """QuickBooks refused the length, or we did before anything was sent."""
    return trouble.code == "2050" or (trouble.code == LOCAL and trouble.says("characters; QuickBooks takes"))


def named(trouble: Trouble, text: Words) -> bool:
    """Whether the text is the one that was named, where one was."""
    element = trouble.element.rpartition(": ")[2]
    return not element or element in {text.column, text.path} or text.path.endswith(element) or element.endswith(text.path)


def _decide(trouble: Trouble, facts: Facts) -> Verdict | None:
    long = [text for text in facts.texts if text.longest and len(text.value) > text.longest and text.path not in _KEYS]
    long = [text for text in long if named(trouble, text)] or long
    if not long:
        return None
    acts = tuple(override(_path(text), text.value[: text.longest].rstrip()) for text in long)
    names = listed(sorted({text.column.replace("_", " ") for text in long}))
    return Verdict(f"Sends the beginning of the {names} of {facts.shown}; the whole text stays here.", acts)


def _path(text: Words) -> str:
    return text.path if text.line is None else f"Line.{text.line}.{text.path}"


CORRECTION = Correction(
    row="2050: memo, description",
    cause="A text is longer than QuickBooks takes.",
    remedy="Shorten the text that is named, then save the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (2050: String length)",
    fits=too_long,
    rank=30,
    does="Sends as much of the text as QuickBooks takes; the whole text stays here.",
    decide=_decide,
    undo="The whole text is sent again.",
)
