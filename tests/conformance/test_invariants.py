"""What holds whatever a client and a bookkeeper do to the books: drawn histories, each step reckoned anew, each replayed.

A quarter of a minute in an ordinary run (thirty histories); `EMULATOR_HISTORIES=2000` draws so many other ones, each twice as long.
"""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from syncengine.emulator import wire
from tests.conformance.histories import (
    FIELDS,
    NOTHING,
    OPERATIONS,
    PARTIES,
    SALES,
    TRANSACTIONS,
    VOIDABLE,
    Steps,
    between,
    day,
    dump,
    lines,
    names,
    number,
    one_of,
    operation,
    price,
    replayed,
    several,
    value,
    yes,
)
from tests.unit.emulator.desk import sale, side
from tests.unit.emulator.ledger import SALE, stock_line

HISTORIES = int(os.environ.get("EMULATOR_HISTORIES", "0"))


class Books(Steps):
    """What may be done, and what holds afterwards."""

    # Lists

    @operation(name=names, above=number, sub=yes)
    def customer(self, name, above, sub):
        self.send("customer", {"DisplayName": name, **({"Job": True, "ParentRef": self.ref(above, "Customer")} if sub else {})})

    @operation(name=names)
    def vendor(self, name):
        self.send("vendor", {"DisplayName": name})

    @operation(name=names, quantity=between(0, 20), each=price, tracked=yes)
    def item(self, name, quantity, each, tracked):
        plain_item = {"Name": name, "Type": "NonInventory", "IncomeAccountRef": self.account("Sales"), "ExpenseAccountRef": self.account("Supplies")}
        self.send("item", self.goods(name, quantity, each) if tracked else plain_item)

    @operation(name=names, opening=price, above=number, sub=yes)
    def bank(self, name, opening, above, sub):
        wish = {"Name": name, "AccountType": "Bank", "OpeningBalance": opening, "OpeningBalanceDate": "2026-01-02"}
        self.send("account", {**wish, **({"ParentRef": self.ref(above, "Account"), "SubAccount": True} if sub else {})})

    @operation(at=number, name=names)
    def rename(self, at, name):
        found = self.pick(at, *PARTIES, "Item")
        if found:
            field = "Name" if found["entity"] == "Item" else "DisplayName"
            self.update(found, {field: name})

    @operation(3, at=number, above=number)
    def move_below(self, at, above):
        found = self.pick(at, "Customer")
        if found:
            self.update(found, {"Job": True, "ParentRef": self.ref(above, "Customer")})

    @operation(at=number, on=yes)
    def deactivate(self, at, on):
        found = self.rows(*PARTIES, "Item", "Account", active=False)
        entity, id_ = found[at % len(found)]
        self.act("reactivate" if on else "deactivate", entity=entity, id=id_)

    @operation(2, at=number, other=number, entity=one_of(*PARTIES, "Item"))
    def merge(self, at, other, entity):
        found = self.rows(entity)
        if len(found) > 1:
            self.act("merge", entity=entity, id=found[at % len(found)][1], into=found[other % len(found)][1])

    @operation(at=number, quantity=between(0, 30), each=price)
    def count(self, at, quantity, each):
        found = self.pick(at, "Item")
        if found and found["Type"] == "Inventory":
            self.update(found, {"QtyOnHand": quantity, "PurchaseCost": each})

    # Transactions

    @operation(5, entity=one_of("Invoice", "Invoice", "Invoice", "Invoice", *SALES), at=number, drawn=lines, on=day, extra=between(0, 9))
    def sell(self, entity, at, drawn, on, extra):
        made = self.sold(drawn)
        if extra == 1:
            made.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}})
        elif extra == 2:
            made.append(sale("SHIPPING_ITEM_ID", 7))
        wish = {"CustomerRef": self.ref(at, "Customer"), "TxnDate": on, "Line": made}
        if extra == 3:
            wish["TxnTaxDetail"] = {"TotalTax": 3}
        elif extra == 4 and entity == "Invoice":
            wish["Deposit"] = 1
        if entity == "RefundReceipt":
            wish["DepositToAccountRef"] = self.account("Checking")
        self.send(entity.lower(), wish)

    @operation(2, at=number, total=price, drawn=several(0, 3, number, price), on=day)
    def pay(self, at, total, drawn, on):
        self.settle("payment", ("Invoice", "CreditMemo", "JournalEntry"), {"CustomerRef": self.ref(at, "Customer")}, total, drawn, on)

    @operation(4, at=number, on=day)
    def pay_all(self, at, on):
        found = self.pick(at, "Invoice")
        if found and found["Balance"] > 0:
            line = {"Amount": found["Balance"], "LinkedTxn": [{"TxnId": found["Id"], "TxnType": "Invoice"}]}
            self.send("payment", {"CustomerRef": found["CustomerRef"], "TotalAmt": found["Balance"], "TxnDate": on, "Line": [line]})

    @operation(3, at=number, total=price, drawn=several(0, 3, number, price), on=day)
    def pay_bills(self, at, total, drawn, on):
        head = {"VendorRef": self.ref(at, "Vendor"), "PayType": "Check", "CheckPayment": {"BankAccountRef": self.account("Checking")}}
        self.settle("billpayment", ("Bill", "VendorCredit"), head, total, drawn, on)

    def settle(self, tail, targets, head, total, drawn, on):
        made = []
        for at, amount in drawn:
            target = self.pick(at, *targets)
            if target:
                open_ = Decimal(str(target.get("RemainingCredit", target.get("Balance", amount))))
                share = open_ if at % 3 else min(open_, amount)
                made.append({"Amount": share, "LinkedTxn": [{"TxnId": target["Id"], "TxnType": target["entity"]}]})
                whose = "VendorRef" if tail == "billpayment" else "CustomerRef"
                head = {**head, whose: target[whose]} if at % 4 and whose in target else head
        self.send(tail, {**head, "TotalAmt": total, "TxnDate": on, "Line": made})

    @operation(4, entity=one_of("Bill", "Bill", "VendorCredit", "PurchaseOrder"), at=number, drawn=lines, on=day, order=number, linked=yes)
    def buy(self, entity, at, drawn, on, order, linked):
        wish = {"VendorRef": self.ref(at, "Vendor"), "TxnDate": on, "Line": self.bought(drawn)}
        if entity == "PurchaseOrder":
            wish["APAccountRef"] = self.account("Accounts Payable (A/P)")
        elif entity == "Bill" and linked:
            wish["LinkedTxn"] = [{"TxnId": self.ref(order, "PurchaseOrder")["value"], "TxnType": "PurchaseOrder"}]
        self.send(entity.lower(), wish)

    @operation(2, kind=one_of("Cash", "Check", "CreditCard"), back=yes, drawn=lines, on=day)
    def spend(self, kind, back, drawn, on):
        account = self.account("Mastercard" if kind == "CreditCard" else "Checking")
        wish = {"PaymentType": kind, "AccountRef": account, "TxnDate": on, "Line": self.bought(drawn), **({"Credit": True} if back else {})}
        self.send("purchase", wish)

    @operation(at=number, amount=price, on=day, credit=yes, named=yes)
    def enter(self, at, amount, on, credit, named):
        whose = {"Entity": {"Type": "Customer", "EntityRef": self.ref(at, "Customer")}} if named else {}
        ours, theirs = ("Credit", "Debit") if credit else ("Debit", "Credit")
        made = [side(ours, self.account("Accounts Receivable (A/R)"), amount, **whose), side(theirs, self.account("Undeposited Funds"), amount)]
        self.send("journalentry", {"TxnDate": on, "Line": made})

    @operation(2, drawn=several(1, 2, number), own=price, cash=yes, on=day)
    def deposit(self, drawn, own, cash, on):
        detail = {"AccountRef": self.account("Sales")}
        made = [{"Amount": own, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}] if cash else []
        for (at,) in drawn:
            held = self.pick(at, "Payment", "SalesReceipt")
            if held:
                made.append({"Amount": held["TotalAmt"], "LinkedTxn": [{"TxnId": held["Id"], "TxnType": held["entity"], "TxnLineId": "0"}]})
        back = {"CashBack": {"AccountRef": self.account("Supplies"), "Amount": "0.01"}} if cash else {}
        self.send("deposit", {"DepositToAccountRef": self.account("Checking"), "TxnDate": on, "Line": made, **back})

    @operation(amount=price, at=number, on=day)
    def transfer(self, amount, at, on):
        self.send("transfer", {"FromAccountRef": self.ref(at, "Account"), "ToAccountRef": self.account("Savings"), "Amount": amount, "TxnDate": on})

    @operation(at=number, change=between(-5, 5), on=day)
    def adjust(self, at, change, on):
        detail = {"ItemRef": self.ref(at, "Item"), "QtyDiff": change}
        line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
        self.send("inventoryadjustment", {"AdjustAccountRef": self.account("Inventory Shrinkage"), "TxnDate": on, "Line": [line]})

    # Changes

    def update(self, found: dict[str, Any], changes: dict[str, Any], *, full: bool = False) -> None:
        """Change what was read a moment ago: its SyncToken goes up by one, or nothing is changed."""
        entity = found.pop("entity")
        before = int(found["SyncToken"])
        base = found if full else {"Id": found["Id"], "SyncToken": found["SyncToken"], "sparse": True}
        self.send(entity.lower(), {**base, **changes})
        assert int(self.read(entity, found["Id"])["SyncToken"]) in {before, before + 1}

    @operation(3, at=number, on=day)
    def save_again(self, at, on):
        found = self.pick(at, *TRANSACTIONS)
        if found:
            self.update(found, {"TxnDate": on}, full=True)

    @operation(3, at=number, drawn=lines)
    def change_lines(self, at, drawn):
        found = self.pick(at, *SALES, "Bill", "VendorCredit", "Purchase")
        if found:
            self.update(found, {"Line": self.sold(drawn) if found["entity"] in SALES else self.bought(drawn)})

    @operation(2, at=number, other=number)
    def change_customer(self, at, other):
        found = self.pick(at, "Invoice", "Payment", "CreditMemo")
        if found:
            self.update(found, {"CustomerRef": self.ref(other, "Customer")})

    @operation(2, at=number, keep=between(0, 2))
    def drop_links(self, at, keep):
        found = self.pick(at, "Payment", "BillPayment")
        if found:
            self.update(found, {"Line": found["Line"][:keep]}, full=True)

    @operation(3, at=number, void=yes)
    def remove(self, at, void):
        found = self.pick(at, *(VOIDABLE if void else TRANSACTIONS))
        if found:
            verb = "void" if void else "delete"
            self.send(f"{found['entity'].lower()}?operation={verb}", {"Id": found["Id"], "SyncToken": found["SyncToken"]})

    @operation(at=number)
    def come_late(self, at):
        found = self.pick(at, *TRANSACTIONS)
        if found:
            entity, late = found.pop("entity"), {**found, "SyncToken": str(int(found["SyncToken"]) + 1)}
            assert self.send(entity.lower(), late) == 400
            assert self.read(entity, found["Id"]) == found

    @operation(drawn=lines, at=number)
    def batch(self, drawn, at):
        good = {"CustomerRef": self.ref(at, "Customer"), "Line": self.sold(drawn)}
        bad = {**good, "Line": [*good["Line"], stock_line("999", 1, 1, SALE)]}
        items = [{"bId": str(n), "operation": "create", "Invoice": wish} for n, wish in enumerate((good, bad, good))]
        self.send("batch", {"BatchItemRequest": items})

    @operation(on=yes)
    def apply_credits(self, on):
        self.act("set_preferences", changes={"SalesFormsPrefs": {"AutoApplyCredit": on}})

    @operation(seconds=between(1, 30))
    def wait(self, seconds):
        self.history.append(("wait", "", seconds))
        self.emulator.clock.advance(seconds)

    # What always holds

    @invariant()
    def the_books_are_what_they_come_to(self):
        status, found = self.desk.control("GET", f"trial_balance?realm_id={self.desk.realm}")
        assert (status, found["check"]) == (200, [])
        assert found["debit"] == found["credit"]

    @invariant()
    def control_accounts_are_the_sum_of_the_names(self):
        sums = Counter()
        for entity, id_ in self.rows("Customer", "Vendor", active=False):
            sums[entity] += Decimal(str(self.read(entity, id_)["Balance"]))
        for entity, name in (("Customer", "Accounts Receivable (A/R)"), ("Vendor", "Accounts Payable (A/P)")):
            assert self.read("Account", self.account(name)["value"])["CurrentBalance"] == sums[entity]

    @invariant()
    def tokens_only_rise(self):
        rows = self.emulator.parts.state.execute("SELECT entity, id, token FROM object").fetchall()
        now = {(entity, id_): token for entity, id_, token in rows}
        assert all(now[key] >= token for key, token in self.tokens.items())
        self.tokens = now

    @invariant()
    def names_are_unique(self):
        for lists in (PARTIES, ("Item",)):
            rows = [self.read(*row) for row in self.rows(*lists)]
            shown = [(row.get("ParentRef", {}).get("value") if lists == ("Item",) else None, (row.get("DisplayName") or row["Name"]).casefold()) for row in rows]
            assert max(Counter(shown).values(), default=1) == 1, shown

    @invariant()
    def full_names_follow_the_parents(self):
        for entity, id_ in self.rows("Customer", "Account", active=False):
            row = self.read(entity, id_)
            above = row.get("ParentRef", {}).get("value")
            lead = f"{self.read(entity, above)['FullyQualifiedName']}:" if above else ""
            assert row["FullyQualifiedName"] == lead + (row.get("DisplayName") or row["Name"])

    @operation(entity=one_of(*TRANSACTIONS, "Customer", "Vendor", "Item"), draws=several(1, 1, number, number, number, yes))
    def ask(self, entity, draws):
        """A query answers what the same question answers about all objects, one by one."""
        ((at, field, size, down),) = draws
        every = [self.read(*row) for row in self.rows(entity)]
        name = FIELDS[entity][field % len(FIELDS[entity])]
        bound = value(every[at % len(every)], name) if every else NOTHING.get(name, "2026-01-01T00:00:00Z")
        operator, keeps = ((">=", lambda a: a >= bound), ("<", lambda a: a < bound), ("=", lambda a: a == bound))[size % 3]
        matching = [row for row in every if keeps(value(row, name))]
        where = f"from {entity} where {name} {operator} '{bound}'"
        order = f"orderby {name} {'desc' if down else 'asc'}"
        assert self.query(f"select count(*) {where}").get("totalCount", 0) == len(matching)
        found = self.query(f"select * {where} {order} maxresults 1000").get(entity, [])
        assert {row["Id"]: row for row in found} == {row["Id"]: row for row in matching}
        assert [value(row, name) for row in found] == sorted((value(row, name) for row in matching), reverse=down)
        pages, step = [], 1 + size % 5
        for start in range(1, len(matching) + 1, step):
            pages += self.query(f"select * {where} {order} startposition {start} maxresults {step}")[entity]
        assert [row["Id"] for row in pages] == [row["Id"] for row in found]

    def query(self, statement: str) -> dict[str, Any]:
        tail = f"query?query={quote(statement)}"
        self.history.append(("GET", tail, None))
        response = self.desk.ask("GET", tail)
        assert response.status == 200, (statement, response)
        return wire.loads(response.body)["QueryResponse"]

    @rule(seed=st.integers(0, 2**48))
    def step(self, seed):
        # Hypothesis likes some numbers better than others; at another place in the history they mean something else.
        chance = Random(f"{seed} {len(self.history)}")
        name, drawn = chance.choice(OPERATIONS)
        self.steps.append(name)
        getattr(self, name)(**{each: draw(chance) for each, draw in drawn.items()})

    def teardown(self) -> None:
        if self.history:
            assert dump(self.emulator) == replayed(self.history)
        self.emulator.close()


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=HISTORIES or 15,
    stateful_step_count=90 if HISTORIES else 40,
    derandomize=not HISTORIES,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
