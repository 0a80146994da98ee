"""The examples in docstrings say the truth."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.support.source import ROOT, package_files, relative

WITH_EXAMPLES = [path for path in package_files() if ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=relative)
def test_an_example_gives_what_it_shows(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0, f"{name}: see the captured output"
