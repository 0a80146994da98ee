"""The developer's tool for new database versions: finds every table, and refuses to write a version without a name."""

from __future__ import annotations

import pytest

from tools import migration


def test_every_family_of_tables_is_found():
    names = migration.table_modules()
    assert {f"{family}.tables" for family in migration.FAMILIES} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("arguments", [[], [""], ["  "]])
def test_a_version_without_a_name_is_refused_with_the_right_call(arguments, capsys):
    assert migration.main(arguments) == 2
    assert "make migration m=" in capsys.readouterr().err
