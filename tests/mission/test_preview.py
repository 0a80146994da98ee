"""Preview sync: S16 to S19."""

from __future__ import annotations

import ast
import json
from dataclasses import replace

from syncengine import commands, queries
from tests.support.source import ROOT


def holds(there, sent):
    """Whether everything that was sent stands in what QuickBooks holds."""
    if isinstance(sent, dict):
        return isinstance(there, dict) and all(holds(there.get(name), value) for name, value in sent.items())
    return there == sent


def test_s16_what_is_sent_is_what_the_preview_showed(synced):
    synced.save("customer", name="Harbour Supply", email="a@b.example", bill_city="Lyon", phone="555 0100")
    synced.save("vendor", name="Northbank Pottery")
    shown = synced.queue()
    assert shown[["entity", "operation"]].to_numpy().tolist() == [["Customer", "create"], ["Vendor", "create"]]
    assert synced.sync()["sent"] == len(shown)
    for entity, payload in shown[["entity", "payload"]].itertuples(index=False):
        assert holds(synced.there(entity)[0], json.loads(payload)), payload
    assert synced.queue().empty


def test_s17_preview_sync_is_the_queue(synced):
    """One page only shows the queue; its title is Preview sync, and it lists what the counts of the queue count."""
    synced.save("customer", name="One")
    assert len(synced.queue()) == queries.queue_counts(synced.session).total == 1
    asking = [path.stem for path in (ROOT / "syncengine" / "ui").glob("*.py") if "queries.queue(" in path.read_text(encoding="utf-8")]
    assert asking == ["preview"]
    titles = [node.args[0].value for node in ast.walk(ast.parse((ROOT / "pages/preview.py").read_text())) if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)]
    assert titles == ["Preview sync"]


def test_s18_records_are_sent_in_the_order_in_which_they_are_listed(synced):
    """QuickBooks counts its names up, so that its Ids tell the order; a record stands after those that it names.

    One call at a time: of several that are under way at once, one that left later may arrive before another.
    """
    synced.world.site = replace(synced.world.site, senders=1)
    names = ["Delta", "Alpha", "Echo", "Bravo", "Charlie"]
    for name in names:
        synced.save("customer", name=name)
    shown = synced.queue()
    commands.move_to_bottom(synced.session, [tuple(shown.loc[1, ["id", "version"]])])
    synced.invoice("N-1")
    shown = synced.queue()
    synced.sync()
    arrived = [each["DisplayName"] for each in sorted(synced.there("Customer"), key=lambda each: int(each["Id"]))]
    assert arrived == shown.loc[shown["kind"] == "customer", "label"].tolist()
    assert arrived != [*names, "Customer of N-1"]
    assert shown["kind"].tolist().index("invoice") == len(shown) - 1


def test_s19_a_removed_line_is_not_sent(synced):
    synced.save("customer", name="Stays")
    gone = synced.save("customer", name="Goes")
    shown = synced.queue().set_index("label")
    commands.remove(synced.session, [tuple(shown.loc["Goes", ["id", "version"]])])
    assert synced.queue()["label"].tolist() == ["Stays"]
    synced.sync()
    synced.settle()
    assert [each["DisplayName"] for each in synced.there("Customer")] == ["Stays"]
    assert queries.record_state(synced.session, "customer", gone)["state"].tolist() == ["not in QuickBooks"]
