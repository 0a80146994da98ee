"""The table that every row refers to."""

from __future__ import annotations

from typing import Final

COMPANY: Final = "company.id"
