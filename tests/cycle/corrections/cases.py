"""One case for each row of the catalogue that waits, with its real cause, and what holds at its end; by the correction's name."""

from __future__ import annotations

from tests.cycle.corrections.case import Case
from tests.cycle.corrections.documents import DOCUMENTS
from tests.cycle.corrections.injected import INJECTED
from tests.cycle.corrections.references import REFERENCES
from tests.cycle.corrections.values import VALUES

CASES: dict[str, Case] = {**REFERENCES, **DOCUMENTS, **VALUES, **INJECTED}
