"""What a person may do, each with its line in the audit trail. Every command takes a session first.

A command that would change nothing raises `errors.Refused`, whose words are meant for the person who asked.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncengine.commands._session import Session
    from syncengine.commands.adding import add_all_to_sync, add_records_to_sync
    from syncengine.commands.alerting import add_alert, change_alert, remove_alert, renew_alert_secret, test_alert
    from syncengine.commands.company import change_settings, set_automatic
    from syncengine.commands.connection import (
        begin_connecting,
        disconnect,
        finish_connecting,
        keep_app_keys,
        never_connect,
        reconnect,
    )
    from syncengine.commands.corrections import correct_group, correct_now, undo_correction
    from syncengine.commands.decisions import Side, answer_brake, answer_drift, choose, choose_sides
    from syncengine.commands.filing import MOST_KEPT, ask_import, ask_look, drop_import, keep_import
    from syncengine.commands.firm import add_company, rename_company
    from syncengine.commands.importing import apply_import, import_file, prepare_import
    from syncengine.commands.longacts import (
        AT_ONCE,
        acknowledge_act,
        ask_add_back,
        ask_correct_group,
        ask_matching,
        ask_retry_errors,
        stop_act,
    )
    from syncengine.commands.matching import add_back, move_matching_to_bottom, remove_matching, retry_matching
    from syncengine.commands.members import Standing, change_person, grant, leave_to_role, remove_member, revoke, set_role
    from syncengine.commands.names import DeleteName, NamesChanged, SaveName, Seen, change_names, delete_name, save_name
    from syncengine.commands.rows import Acted, add_to_sync, move_to_bottom, remove, retry
    from syncengine.commands.sample import reset_sample
    from syncengine.commands.schedule import set_schedule
    from syncengine.commands.syncing import sync_now
    from syncengine.commands.together import retry_errors

#: Where each name lives; loaded on first use, so that Sync now does not wait for spreadsheets to load.
_HOMES = {
    "_session": ("Session",),
    "adding": ("add_all_to_sync", "add_records_to_sync"),
    "connection": (
        "begin_connecting",
        "disconnect",
        "finish_connecting",
        "keep_app_keys",
        "never_connect",
        "reconnect",
    ),
    "filing": ("MOST_KEPT", "ask_import", "ask_look", "drop_import", "keep_import"),
    "firm": ("add_company", "rename_company"),
    "alerting": ("add_alert", "change_alert", "remove_alert", "renew_alert_secret", "test_alert"),
    "company": ("change_settings", "set_automatic"),
    "corrections": ("correct_group", "correct_now", "undo_correction"),
    "decisions": ("Side", "answer_brake", "answer_drift", "choose", "choose_sides"),
    "importing": ("apply_import", "import_file", "prepare_import"),
    "longacts": (
        "AT_ONCE",
        "acknowledge_act",
        "ask_add_back",
        "ask_correct_group",
        "ask_matching",
        "ask_retry_errors",
        "stop_act",
    ),
    "matching": ("add_back", "move_matching_to_bottom", "remove_matching", "retry_matching"),
    "members": ("Standing", "change_person", "grant", "leave_to_role", "remove_member", "revoke", "set_role"),
    "names": ("DeleteName", "NamesChanged", "SaveName", "Seen", "change_names", "delete_name", "save_name"),
    "rows": ("Acted", "add_to_sync", "move_to_bottom", "remove", "retry"),
    "sample": ("reset_sample",),
    "schedule": ("set_schedule",),
    "syncing": ("sync_now",),
    "together": ("retry_errors",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AT_ONCE",
    "MOST_KEPT",
    "Acted",
    "DeleteName",
    "NamesChanged",
    "SaveName",
    "Seen",
    "Session",
    "Side",
    "Standing",
    "acknowledge_act",
    "add_alert",
    "add_all_to_sync",
    "add_back",
    "add_company",
    "add_records_to_sync",
    "add_to_sync",
    "answer_brake",
    "answer_drift",
    "apply_import",
    "ask_add_back",
    "ask_correct_group",
    "ask_import",
    "ask_look",
    "ask_matching",
    "ask_retry_errors",
    "begin_connecting",
    "change_alert",
    "change_names",
    "change_person",
    "change_settings",
    "choose",
    "choose_sides",
    "correct_group",
    "correct_now",
    "delete_name",
    "disconnect",
    "drop_import",
    "finish_connecting",
    "grant",
    "import_file",
    "keep_app_keys",
    "keep_import",
    "leave_to_role",
    "move_matching_to_bottom",
    "move_to_bottom",
    "never_connect",
    "prepare_import",
    "reconnect",
    "remove",
    "remove_alert",
    "remove_matching",
    "remove_member",
    "rename_company",
    "renew_alert_secret",
    "reset_sample",
    "retry",
    "retry_errors",
    "retry_matching",
    "revoke",
    "save_name",
    "set_automatic",
    "set_role",
    "set_schedule",
    "stop_act",
    "sync_now",
    "test_alert",
    "undo_correction",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'syncengine.commands' has no attribute {name!r}")
    from syncengine.store import rights

    found = rights.insist(name, getattr(importlib.import_module(f"syncengine.commands.{home}"), name))
    globals()[name] = found
    return found
