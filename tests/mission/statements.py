"""What the Sync menu promises, in this project's words: S1 to S45 are the menu itself, A1 to A21 what stands beside it.

Each statement is what a test can check. `tests/mission/` holds at least one test for each, named by its id; a statement without one
says why none applies. `docs/mission.md` is made from this file, the tests and the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One promise.

    Attributes:
        says: what is checked.
        pages: the dashboard's pages that show it, as the names of files in `pages/`; empty where none does so far.
        untested: why no test applies; empty where one does.
    """

    says: str
    pages: tuple[str, ...] = ()
    untested: str = ""


#: The pages of the accounting section.
LISTS = ("accounts", "bills", "credit_memos", "employees", "journal_entries", "purchases", "tax_codes")
TRACKED = ("classes", "departments")
#: A heading for each part of the table, with the statements that stand under it.
PARTS: Mapping[str, Mapping[str, Statement]] = {
    "The menu": {
        "S1": Statement("One area holds all that concerns the exchange with QuickBooks.", ("sync", "preview", "errors")),
        "S2": Statement("*Sync now* starts a run.", ("sync",)),
        "S3": Statement("The queue lists every record that waits.", ("preview",)),
        "S4": Statement("Sync errors are listed.", ("errors",)),
        "S5": Statement("The accounting data that was synced can be viewed.", LISTS),
        "S6": Statement("Classes and Departments are offered exactly while QuickBooks tracks them.", TRACKED),
    },
    "Manual and automatic sync": {
        "S7": Statement("Changes travel in both directions, from server to server.", ("sync",)),
        "S8": Statement("A scheduled run needs nobody who is signed in anywhere.", ("sync",)),
        "S9": Statement("A run of normal size ends in less than 30 seconds.", ("sync",)),
        "S10": Statement("Saving a record queues it and sends nothing.", ("preview",)),
        "S11": Statement("*Sync now* works under every automatic setting, Never included.", ("sync",)),
        "S12": Statement("The schedule that the company chose starts runs.", ("sync",)),
        "S13": Statement("Automatic sync is hourly, daily or weekly, or never.", ("sync",)),
        "S14": Statement("The frequency is one of the company's settings.", ("sync",)),
        "S15": Statement("Under Never no run starts by itself.", ("sync",)),
    },
    "Preview sync": {
        "S16": Statement("What the next run sends is what the preview showed.", ("preview",)),
        "S17": Statement("Preview sync and the Sync queue are one page.", ("preview",)),
        "S18": Statement("Records are listed in the order in which they are sent.", ("preview",)),
        "S19": Statement("A removed line is not sent.", ("preview",)),
    },
    "Sync errors": {
        "S20": Statement("A failure is a normal, recorded outcome of a run.", ("sync", "errors")),
        "S21": Statement("An error of the data and an outage are told apart.", ("errors",)),
        "S22": Statement("The Sync button shows a check after a good run and an X after a failed one.", ("sync",)),
        "S23": Statement("The message of the failure is among the sync errors.", ("errors",)),
        "S24": Statement("A known error comes with an instruction.", ("errors",)),
        "S25": Statement("The failing record can be told from the queue alone.", ("preview",)),
        "S26": Statement("After a failed run the first error is that of the queue's top row.", ("preview", "errors")),
        "S27": Statement(
            "The rules by which errors are handled are thought through.",
            untested="A judgement, which no test can make; S28 to S30 are what can be seen of it.",
        ),
        "S28": Statement("Three further runs pass before anything is corrected; the record is sent unchanged in each.", ("errors",)),
        "S29": Statement("What still fails then is corrected, where a correction exists.", ("errors",)),
        "S30": Statement(
            "How long that takes is not promised.", untested="Nothing is promised; that the number of runs is fixed, S28 shows."
        ),
        "S31": Statement("An error that nobody can correct ends with what to do now.", ("errors",)),
        "S32": Statement("A failure without a reason is visible and can be traced.", ("errors", "records")),
        "S33": Statement("Every list of records shows each record's sync state.", ("records",)),
        "S34": Statement("Each error leads to its entry in the catalogue of causes.", ("errors",)),
        "S35": Statement("A class about errors is offered.", untested="An offer of the original's makers to their customers, not a function."),
    },
    "Synced accounting information": {
        "S36": Statement("There are exactly seven lists: Accounts, Bills, Credit memos, Employees, Journal entries, Purchases, Tax codes.", LISTS),
        "S37": Statement("The seven lists are for viewing only.", LISTS),
        "S38": Statement("Each needs its own permission; without it neither the list nor its data is shown.", LISTS),
        "S39": Statement("What was changed in QuickBooks is seen here after the next sync.", LISTS),
        "S40": Statement("Classes and Departments stand beside the seven lists.", TRACKED),
        "S41": Statement("Tracking is read from QuickBooks, never switched on from here.", TRACKED),
        "S42": Statement("Classes and Departments are lists of our own.", TRACKED),
        "S43": Statement("Classes and departments can be added, changed and deleted.", TRACKED),
        "S44": Statement("Each such change reaches QuickBooks with the next sync.", TRACKED),
        "S45": Statement(
            "More about tracking stands on another page of the original's help.", untested="A reference of the original's help, not a function."
        ),
    },
    "Additions": {
        "A1": Statement("Where the menu and its settings are reached was renamed.", untested="Names of menus only; S1 and S14 are the function."),
        "A2": Statement("Removing is an action on a row of the queue, for several rows at once.", ("preview",)),
        "A3": Statement("*Move to bottom* puts a record at the end of the queue.", ("preview",)),
        "A4": Statement("*Go to* leads from a row of the queue to its record.", ("preview", "records")),
        "A5": Statement(
            "A later edition of the menu names fewer accounting lists.",
            untested="Which of them are left is not known; all seven are kept (S36).",
        ),
        "A6": Statement("*Add to sync* queues a record again without an edit.", ("records",)),
        "A7": Statement("A faulty bill is sent again by saving its item receipt, or by Add to sync.", ("records",)),
        "A8": Statement("A new payment method is queued by saving it.", ("preview",)),
        "A9": Statement("Lists of documents show each document's newest sync error.", ("bills", "purchases")),
        "A10": Statement("A document that was changed in QuickBooks after it was sent is found."),
        "A11": Statement("Item receipts are compared with their bills and purchases."),
        "A12": Statement("Transactions are compared with their journal entries."),
        "A13": Statement("Returns to vendors are compared with their vendor credits."),
        "A14": Statement(
            "The inventory's value is tied out against QuickBooks' asset accounts.",
            untested="Stock is valued by the inventory program, not here; what its documents post is compared account by account over a "
            "simulated year, in `tests/cycle/test_year.py`.",
        ),
        "A15": Statement("*View in QuickBooks* opens the twin of a record in QuickBooks' own pages."),
        "A16": Statement("A company is connected and disconnected; while disconnected nothing syncs."),
        "A17": Statement("The sync can be held to one direction, or to none."),
        "A18": Statement("Where QuickBooks tracks classes or locations already, they arrive by themselves."),
        "A19": Statement("A new invoice from QuickBooks may create a shipment or a sales order."),
        "A20": Statement("Every record tells its last successful sync and its sync message.", ("records",)),
        "A21": Statement("Queue, errors and accounting records can be asked for by programs, too.", ("preview", "errors")),
    },
}

STATEMENTS: Mapping[str, Statement] = {key: statement for part in PARTS.values() for key, statement in part.items()}
