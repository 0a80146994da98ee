"""Telling the living from the dead."""

from __future__ import annotations

import os
import subprocess
import sys

from syncengine.worker import identity
from syncengine.worker.identity import Identity


def test_this_process_lives():
    me = identity.mine()
    assert me.pid == os.getpid()
    assert me.started > 0
    assert not identity.dead(str(me))


def test_a_name_reads_back_as_it_was_written():
    me = identity.mine()
    assert identity.parse(str(me)) == me


def test_a_process_that_ended_is_dead_and_so_is_a_zombie():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    me = identity.mine()
    name = str(Identity(me.host, me.boot, child.pid, identity.started(child.pid) or 0))
    try:
        assert not identity.dead(name)
        child.kill()
        while identity.started(child.pid) is not None:
            pass
        assert identity.dead(name), "a zombie"
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
    assert identity.dead(name), "gone for good"


def test_a_number_that_another_process_uses_now_does_not_revive_the_first():
    me = identity.mine()
    assert identity.dead(str(Identity(me.host, me.boot, me.pid, me.started - 1)))


def test_nobody_elsewhere_is_known_to_be_dead():
    me = identity.mine()
    gone = 2**22 + 1  # above the highest number that Linux gives
    assert identity.dead(str(Identity(me.host, me.boot, gone, 1)))
    assert not identity.dead(str(Identity("elsewhere", me.boot, gone, 1))), "another host"
    assert not identity.dead(str(Identity(me.host, "0123-45", gone, 1))), "another boot, or another container"
    assert not identity.dead("a name made up by a person")
    assert not identity.dead("")


def test_where_processes_cannot_be_seen_nobody_is_known_to_be_dead(monkeypatch, tmp_path):
    monkeypatch.setattr(identity, "PROC", tmp_path)
    me = identity.mine()
    assert me.boot == ""
    assert not identity.dead(str(Identity(me.host, me.boot, 2**22 + 1, 1)))


def test_a_program_name_with_blanks_and_parentheses_hides_no_state(monkeypatch, tmp_path):
    monkeypatch.setattr(identity, "PROC", tmp_path)
    (tmp_path / "7").mkdir()
    fields = " ".join(str(n) for n in range(4, 53))
    (tmp_path / "7" / "stat").write_text(f"7 (a) b (Z 1) S {fields}\n")
    assert identity.started(7) == 22
    (tmp_path / "7" / "stat").write_text(f"7 (x) Z {fields}\n")
    assert identity.started(7) is None
