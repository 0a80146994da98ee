"""What stands in the log, and what never does."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from syncengine.settings import Settings
from syncengine.worker import logs
from syncengine.worker.logs import facts


def record(message: str, *args: object, exc_info=None, **values: object) -> logging.LogRecord:
    made = logging.LogRecord("tieout.worker", logging.WARNING, __file__, 1, message, args, exc_info)
    made.__dict__.update(facts(**values) if values else {})
    return made


def test_a_program_reads_an_event_as_one_json_line():
    line = logs.Formatter(as_json=True).format(record("cycle %s", "ended", company=1, why="a\nb"))
    assert "\n" not in line
    said = json.loads(line)
    assert (said["message"], said["company"], said["why"], said["level"], said["logger"]) == ("cycle ended", 1, "a\nb", "warning", "tieout.worker")
    assert said["at"].endswith("Z")


def test_a_value_takes_the_place_of_no_word_of_the_log_itself():
    said = json.loads(logs.Formatter(as_json=True).format(record("ended", level="all well", logger="x")))
    assert (said["level"], said["logger"]) == ("warning", "tieout.worker")


def test_a_person_reads_an_event_as_words_and_values():
    line = logs.Formatter(as_json=False).format(record("cycle ended", company=1))
    assert line.endswith("WARNING cycle ended company=1")


def test_a_name_with_a_line_break_forges_no_event():
    line = logs.Formatter(as_json=False).format(record("cycle ended", label="Ada\n2026-01-01 ERROR all lost\x1b[2J\u2028x"))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_trace_stays_readable_and_set_in():
    try:
        int("client_secret=abcdefgh")
    except ValueError:
        made = record("broke", exc_info=sys.exc_info())
    text = logs.Formatter(as_json=False).format(made)
    first, *rest = text.splitlines()
    assert first.endswith("broke")
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert "abcdefgh" not in text
    assert "abcdefgh" not in logs.Formatter(as_json=True).format(made)


@pytest.mark.parametrize("text", [
    "Authorization: Bearer CANARY.abc-123_x", "authorization=Basic CANARY1234==", "refresh_token=CANARY&x=1", '{"access_token": "CANARY"}',
    "{'client_secret': 'CANARY'}", "postgresql+psycopg://ada:CANARY@host/db", "password = CANARY",
])
@pytest.mark.parametrize("as_json", [True, False])
def test_what_looks_like_a_secret_is_hidden(text, as_json):
    line = logs.Formatter(as_json=as_json).format(record(text, detail=text))
    assert "CANARY" not in line
    assert logs.HIDDEN in line
    assert not as_json or json.loads(line)


def test_the_secrets_of_the_settings_are_hidden_wherever_they_stand():
    settings = Settings("postgresql://ada:p%40ssword@h/d", Path("data"), key="keyone-keyone,keytwo-keytwo", client_secret="s3cr3t-s3cr3t")
    secrets = logs.secrets_of(settings)
    shown = logs.redacted("p%40ssword p@ssword keyone-keyone keytwo-keytwo s3cr3t-s3cr3t stays", secrets)
    assert shown == " ".join([logs.HIDDEN] * 5) + " stays"


def test_an_empty_secret_hides_nothing():
    assert logs.redacted("plain words", logs.secrets_of(Settings("sqlite://", Path("data")))) == "plain words"
