"""CSV and XLSX into the inventory: columns are mapped, every bad row is named, and the second time changes nothing.

>>> from syncengine.db.engine import Database
>>> from syncengine.imports import apply, prepare
>>> database = Database("sqlite:///data/tieout.db")                              # doctest: +SKIP
>>> found = prepare(database, 1, "customer", "customers.csv")                    # doctest: +SKIP
>>> found.counts                                                                 # doctest: +SKIP
Counts(new=91, changed=0, unchanged=0, bad=0)
>>> apply(database, found).created                                               # doctest: +SKIP
91
"""

from syncengine.imports.fields import line_targets, targets, template
from syncengine.imports.guess import guess, guess_header, guess_lines
from syncengine.imports.options import Closed, Options
from syncengine.imports.passes import Counts, Looked, Prepared, Result
from syncengine.imports.problems import ImportRefused, ImportStopped, Matching, Problem, Unmatched, problems_csv
from syncengine.imports.run import apply, prepare

__all__ = [
    "Closed",
    "Counts",
    "ImportRefused",
    "ImportStopped",
    "Looked",
    "Matching",
    "Options",
    "Prepared",
    "Problem",
    "Result",
    "Unmatched",
    "apply",
    "guess",
    "guess_header",
    "guess_lines",
    "line_targets",
    "prepare",
    "problems_csv",
    "targets",
    "template",
]
