"""What journal entries, deposits and transfers post; what accounts begin with; mergers; state files from before there were postings."""

from __future__ import annotations

from decimal import Decimal

from syncengine.emulator import Emulator
from syncengine.emulator.state import State
from tests.unit.emulator.desk import Desk, side
from tests.unit.emulator.ledger import columns, goods, posted, sound
from tests.unit.emulator.test_state import reopened


def test_a_journal_entry_posts_its_lines_as_they_are(desk: Desk):
    customer = desk.customer()["Id"]
    named = {"Entity": {"Type": "Customer", "EntityRef": {"value": customer}}}
    lines = [side("Debit", desk.account("Accounts Receivable (A/R)"), 7, **named), side("Credit", desk.account("Sales"), 7)]
    made = desk.post("journalentry", {"Line": lines})
    assert posted(desk, "JournalEntry", made["Id"]) == {"Accounts Receivable (A/R)": 7, "Sales": -7}
    assert columns(desk, "JournalEntry", made["Id"], "name_type", "name", "line") == [("Customer", customer, "0"), (None, None, "1")]
    assert desk.read("Customer", customer)["Balance"] == 7


def test_a_deposit_pays_out_its_cash_back(desk: Desk):
    line = {"Amount": 50, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": desk.account("Sales")}}
    back = {"AccountRef": desk.account("Owner's Equity"), "Amount": 20, "Memo": "pocket"}
    made = desk.post("deposit", {"DepositToAccountRef": desk.account("Checking"), "Line": [line], "CashBack": back})
    assert made["TotalAmt"] == 30
    assert posted(desk, "Deposit", made["Id"]) == {"Checking": 30, "Owner's Equity": 20, "Sales": -50}


def test_a_transfer_and_a_card_payment_move_money_between_accounts(desk: Desk):
    checking, card = desk.account("Checking"), desk.account("Mastercard")
    moved = desk.post("transfer", {"FromAccountRef": checking, "ToAccountRef": desk.account("Savings"), "Amount": 5})
    paid = desk.post("creditcardpayment", {"BankAccountRef": checking, "CreditCardAccountRef": card, "Amount": 3})
    assert posted(desk, "Transfer", moved["Id"]) == {"Checking": -5, "Savings": 5}
    assert posted(desk, "CreditCardPayment", paid["Id"]) == {"Checking": -3, "Mastercard": 3}
    assert desk.read("Account", card["value"])["CurrentBalance"] == -3


def test_an_account_begins_against_opening_balance_equity(desk: Desk):
    base = {"AccountType": "Bank", "OpeningBalanceDate": "2026-01-02"}
    made = desk.post("account", {"Name": "Till", "OpeningBalance": 40, **base})
    loan = desk.post("account", {"Name": "Loan", "OpeningBalance": 15, **base, "AccountType": "Long Term Liability"})
    below = desk.post("account", {"Name": "Box", "OpeningBalance": 2, **base, "SubAccount": True, "ParentRef": {"value": made["Id"]}})
    assert [each["CurrentBalance"] for each in (made, loan, below)] == [40, 15, 2]
    assert desk.read("Account", made["Id"])["CurrentBalanceWithSubAccounts"] == 42
    assert columns(desk, "Account", made["Id"], "date", "amount")[0] == ("2026-01-02", 4000)
    assert sound(desk) == {"Till": 40, "Loan": -15, "Till:Box": 2, "Opening Balance Equity": -27}


def test_an_account_of_another_class_shows_its_balance_another_way(desk: Desk):
    base = {"Name": "Till", "OpeningBalanceDate": "2026-01-02"}
    made = desk.post("account", {**base, "AccountType": "Other Current Asset", "OpeningBalance": 40})
    wish = {"Id": made["Id"], "sparse": True, "Name": "Till"}
    loan = desk.post("account", {**wish, "SyncToken": "0", "AccountType": "Long Term Liability", "AccountSubType": "NotesPayable"})
    assert (loan["CurrentBalance"], loan["CurrentBalanceWithSubAccounts"], loan["Classification"]) == (-40, -40, "Liability")
    cost = desk.post("account", {**wish, "SyncToken": "1", "AccountType": "Expense", "AccountSubType": "Travel"})
    assert cost["CurrentBalance"] == 0
    sound(desk)


def test_another_parent_takes_the_balance_along(desk: Desk):
    one, two = desk.customer("One")["Id"], desk.customer("Two")["Id"]
    job = desk.customer("Job", Job=True, ParentRef={"value": one})["Id"]
    desk.invoice(job, desk.item()["Id"], 10)
    desk.post("customer", {"Id": job, "SyncToken": "0", "sparse": True, "Job": True, "ParentRef": {"value": two}})
    assert [desk.read("Customer", each)["BalanceWithJobs"] for each in (one, two, job)] == [0, 10, 10]
    sound(desk)


def test_a_merger_carries_the_postings_over(desk: Desk):
    one, two, item = desk.customer("One")["Id"], desk.customer("Two")["Id"], desk.item()["Id"]
    job = desk.customer("Job", Job=True, ParentRef={"value": one})["Id"]
    desk.invoice(one, item, 10)
    desk.invoice(job, item, 5)
    till = desk.post("account", {"Name": "Till", "AccountType": "Bank", "OpeningBalance": 40, "OpeningBalanceDate": "2026-01-02"})["Id"]
    desk.act("merge", entity="Customer", id=one, into=two)
    assert [desk.read("Customer", each)["BalanceWithJobs"] for each in (two, job)] == [15, 5]
    desk.act("merge", entity="Account", id=till, into=desk.account("Checking")["value"])
    assert sound(desk)["Checking"] == 40


def test_an_account_that_the_books_need_is_set_up(desk: Desk):
    desk.post("account", {"Id": desk.account("Inventory Shrinkage")["value"], "SyncToken": "0", "sparse": True, "Name": "Lost goods",
                          "AccountType": "Cost of Goods Sold"})  # fmt: skip
    crate = goods(desk, quantity=2)
    desk.post("item", {"Id": crate, "SyncToken": "0", "sparse": True, "Name": "Crate", "QtyOnHand": 1})
    assert sound(desk)["Inventory Shrinkage"] == 4
    made = desk.select("select * from Account where Name = 'Inventory Shrinkage'")[0]
    assert (made["AccountType"], made["AccountSubType"], made["SyncToken"]) == ("Cost of Goods Sold", "SuppliesMaterialsCogs", "0")


def test_a_renamed_account_goes_on_serving(desk: Desk):
    customer, crate = desk.customer()["Id"], goods(desk, quantity=5)
    desk.post("item", {"Id": crate, "SyncToken": "0", "sparse": True, "Name": "Crate", "QtyOnHand": 4})
    shrinkage = desk.account("Inventory Shrinkage")["value"]
    desk.act("rename", entity="Account", id=shrinkage, name="Lost goods")
    desk.post("item", {"Id": crate, "SyncToken": "1", "sparse": True, "Name": "Crate", "QtyOnHand": 3})
    assert sound(desk)["Lost goods"] == 8
    assert desk.read("Customer", customer)["Balance"] == 0


def test_a_state_file_without_postings_gets_them_on_opening(tmp_path, clock):
    path = tmp_path / "emulator.db"
    desk = Desk(Emulator(path, clock=clock, seed=1, switches={"quotas": False}), "empty")
    customer, crate = desk.customer()["Id"], goods(desk, quantity=5, cost=4)
    line = {"Amount": 30, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": crate}, "Qty": 3, "UnitPrice": 10}}
    desk.post("invoice", {"CustomerRef": {"value": customer}, "Line": [line]})
    desk.post("account", {"Name": "Till", "AccountType": "Bank", "OpeningBalance": 40, "OpeningBalanceDate": "2026-01-02"})
    before = sound(desk)
    # As version 1 left it: no such tables, and accounts that knew neither stock nor openings.
    state = desk.emulator.parts.state
    for table in ("posting", "opening", "system_account"):
        state.execute(f"DROP TABLE {table}")
    for name in ("Inventory Asset", "Opening Balance Equity", "Till"):
        state.execute(
            "UPDATE object SET body = json_set(body, '$.CurrentBalance', 0, '$.CurrentBalanceWithSubAccounts', 0)"
            " WHERE entity = 'Account' AND name = ?", (name.casefold(),),
        )  # fmt: skip
    state.execute("PRAGMA user_version = 1")
    desk.emulator.close()

    found = State(path)
    assert found.upgraded_from == 1
    found.execute("PRAGMA user_version = 1")
    found.close()
    again = reopened(desk, path, clock)
    assert sound(again) == before
    assert before["Inventory Asset"] == 8
    assert again.read("Item", crate)["QtyOnHand"] == 2
    till = again.select("select * from Account where Name = 'Till'")[0]
    assert (till["CurrentBalance"], till["SyncToken"]) == (40, "0")
    again.invoice(customer, crate, Decimal(1))
    sound(again)
    again.emulator.close()
