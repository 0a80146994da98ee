"""What holds for every report over any books: they balance, and they say the same as the accounts and as each other."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator
from tests.support.examples import examples
from tests.unit.emulator.desk import Desk, cost, parsed, sale, side
from tests.unit.emulator.reading import amount, report

#: A year before the tests' clock stands, over the turn of a year.
FIRST = date(2025, 1, 20)
DAYS = st.integers(0, 400).map(lambda days: (FIRST + timedelta(days=days)).isoformat())
AMOUNTS = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
KINDS = (
    "invoice", "sale", "credit", "refund", "payment", "bill", "vendorcredit", "billpayment", "purchase", "journal", "deposit", "transfer",
    "stock", "delete", "void",
)  # fmt: skip
BASES = st.sampled_from(["Accrual", "Cash"])
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), DAYS, AMOUNTS, st.integers(0, 30)), min_size=4, max_size=16)


class Books:
    """An empty company with two customers, a vendor and items, into which steps are entered."""

    def __init__(self, emulator: Emulator) -> None:
        self.desk = Desk(emulator, "empty")
        self.parent = self.desk.customer("Ada Ltd")["Id"]
        self.child = self.desk.customer("Site", Job=True, ParentRef={"value": self.parent})["Id"]
        self.vendor = self.desk.vendor()["Id"]
        self.item = self.desk.item()["Id"]
        self.stocked = self.desk.item(
            "Crate", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=3, InvStartDate="2025-01-10", PurchaseCost=Decimal("2.35"),
            AssetAccountRef=self.desk.account("Inventory Asset"), ExpenseAccountRef=self.desk.account("Cost of Goods Sold"),
        )["Id"]  # fmt: skip
        self.made: list[tuple[str, dict]] = []
        self.accounts = {name: self.desk.account(name) for name in ("Checking", "Supplies", "Undeposited Funds", "Insurance")}

    def enter(self, kind: str, day: str, value: Decimal, pick: int) -> None:
        """One step; what QuickBooks refuses changes nothing."""
        customer = {"CustomerRef": {"value": (self.parent, self.child)[pick % 2]}, "TxnDate": day}
        vendor = {"VendorRef": {"value": self.vendor}, "TxnDate": day}
        sold = {"Line": [sale(self.item, value), sale(self.stocked, 5, Qty=1, UnitPrice=5)][: 1 + pick % 2]}
        spent = {"Line": [cost(self.accounts["Supplies"], value)]}
        checking = self.accounts["Checking"]
        wish = {
            "invoice": ("invoice", {**customer, **sold}),
            "sale": ("salesreceipt", {**customer, **sold}),
            "credit": ("creditmemo", {**customer, **sold}),
            "refund": ("refundreceipt", {**customer, **sold, "DepositToAccountRef": checking}),
            "payment": ("payment", {**customer, "TotalAmt": value, **self.settling("Invoice", value, pick)}),
            "bill": ("bill", {**vendor, **spent}),
            "vendorcredit": ("vendorcredit", {**vendor, **spent}),
            "billpayment": ("billpayment", {
                **vendor, "PayType": "Check", "CheckPayment": {"BankAccountRef": checking}, "TotalAmt": value,
                **self.settling("Bill", value, pick)}),
            "purchase": ("purchase", {"TxnDate": day, "PaymentType": "Cash", "AccountRef": checking, **spent}),
            "journal": ("journalentry", {"TxnDate": day, "Line": [
                side("Debit", self.accounts["Insurance"], value), side("Credit", checking, value)]}),
            "deposit": ("deposit", {"TxnDate": day, "DepositToAccountRef": checking, "Line": [
                {"Amount": value, "DetailType": "DepositLineDetail",
                 "DepositLineDetail": {"AccountRef": self.accounts["Undeposited Funds"]}}]}),
            "transfer": ("transfer", {"TxnDate": day, "Amount": value, "FromAccountRef": checking,
                                      "ToAccountRef": self.accounts["Undeposited Funds"]}),
            "stock": ("bill", {**vendor, "Line": [{
                "Amount": value, "DetailType": "ItemBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail": {"ItemRef": {"value": self.stocked}, "Qty": 1 + pick % 4}}]}),
        }.get(kind)  # fmt: skip
        if wish is not None:
            response = self.desk.ask("POST", wish[0], wish[1])
            if response.status == 200:
                self.made.append((wish[0], next(iter(parsed(response).values()))))
        elif self.made:
            path, obj = self.made[pick % len(self.made)]
            known = self.desk.ask("GET", f"{path}/{obj['Id']}")
            if known.status == 200:
                self.desk.ask("POST", f"{path}?operation={kind}", next(iter(parsed(known).values())))

    def settling(self, type_: str, value: Decimal, pick: int) -> dict:
        """The line that pays a part of something open, one time in two."""
        open_ = [obj for path, obj in self.made if path == type_.lower()]
        if not open_ or pick % 2:
            return {}
        target = open_[pick % len(open_)]
        line = {"Amount": min(value, target["TotalAmt"]), "LinkedTxn": [{"TxnId": target["Id"], "TxnType": type_}]}
        return {**({"CustomerRef": target["CustomerRef"]} if type_ == "Invoice" else {}), "Line": [line]}


@contextmanager
def books(steps):
    emulator = Emulator(clock=ManualClock(), seed=1, switches={"quotas": False})
    try:
        made = Books(emulator)
        for step in steps:
            made.enter(*step)
        yield made.desk
    finally:
        emulator.close()


EXAMPLES = settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@EXAMPLES
@given(STEPS, DAYS, BASES)
def test_the_statements_balance_on_any_day(steps, day, basis):
    with books(steps) as desk:
        trial = report(desk, "TrialBalance", start_date="2025-01-01", end_date=day, accounting_method=basis)
        if trial.rows:
            total = trial.group("GrandTotal").texts
            assert total[1] == total[2]
        sheet = report(desk, "BalanceSheet", start_date="2025-01-01", end_date=day, accounting_method=basis)
        assert sheet.of("TOTAL ASSETS").amount == sheet.of("TOTAL LIABILITIES AND EQUITY").amount


@EXAMPLES
@given(STEPS)
def test_the_balance_sheet_and_the_ledger_show_the_balances_of_the_accounts(steps):
    with books(steps) as desk:
        sheet = report(desk, "BalanceSheet", start_date="2025-01-01", end_date="2027-12-31")
        shown = {row.ids[0]: row.amount for row in sheet.rows if row.ids[0] and not row.summary}
        ledger = report(desk, "GeneralLedger", start_date="2025-01-01", end_date="2027-12-31")
        last = {}
        for row in ledger.rows:
            if not row.summary:
                last[row.path[-1]] = row.amount
        for account in desk.select("select * from Account maxresults 500"):
            if account["Classification"] in {"Revenue", "Expense"} or account["AccountSubType"] == "RetainedEarnings":
                continue
            assert shown.get(account["Id"], 0) == account["CurrentBalance"], account["Name"]
            assert last.get(account["Name"], 0) == account["CurrentBalance"], account["Name"]


@EXAMPLES
@given(STEPS, DAYS, st.sampled_from(["Total", "Month", "Quarter", "Week", "Customers", "Vendors"]), BASES)
def test_profit_is_what_equity_grows_by(steps, day, by, basis):
    with books(steps) as desk:
        wish = {"accounting_method": basis}
        before, after = (
            report(desk, "BalanceSheet", start_date="2025-01-01", end_date=end, **wish).group("Equity").amount
            for end in ("2025-01-19", day)
        )
        statement = report(desk, "ProfitAndLoss", start_date="2025-01-20", end_date=day, summarize_column_by=by, **wish)
        profit = statement.group("NetIncome")
        assert profit.amount == after - before
        if by != "Total":
            assert sum(map(amount, profit.texts[1:-1])) == profit.amount
        detail = report(desk, "ProfitAndLossDetail", start_date="2025-01-20", end_date=day, **wish)
        lines = [row for row in detail.rows if not row.summary]
        assert bool(lines) == (detail.option("NoReportData") == "false")
        if lines:
            place = detail.keys.index("subt_nat_amount")
            assert amount(detail.rows[-1].texts[place]) == profit.amount


@EXAMPLES
@given(STEPS, DAYS)
def test_what_is_aged_comes_to_the_account_and_the_names(steps, day):
    with books(steps) as desk:
        for when in (day, "2027-12-31"):
            sheet = report(desk, "BalanceSheet", start_date="2025-01-01", end_date=when)
            for name, group, detail in (("AgedReceivables", "AR", "AgedReceivableDetail"), ("AgedPayables", "AP", "AgedPayableDetail")):
                owed = next((row.amount for row in sheet.rows if row.group == group), Decimal(0))
                summary = report(desk, name, report_date=when)
                assert sum((row.amount for row in summary.rows if row.group == "GrandTotal"), Decimal(0)) == owed
                items = report(desk, detail, report_date=when)
                assert sum((row.amount for row in items.rows if not row.summary), Decimal(0)) == owed
        for name, entity in (("CustomerBalance", "Customer"), ("VendorBalance", "Vendor")):
            shown = {row.ids[0]: row.amount for row in report(desk, name, report_date="2027-12-31").rows if row.ids[0]}
            for each in desk.select(f"select * from {entity}"):
                assert shown.get(each["Id"], 0) == each["Balance"], each["DisplayName"]


@EXAMPLES
@given(STEPS)
def test_an_item_is_open_by_as_much_as_its_own_balance_says(steps):
    with books(steps) as desk:
        for name, entities in (("AgedReceivableDetail", ("Invoice", "CreditMemo")), ("AgedPayableDetail", ("Bill", "VendorCredit"))):
            detail = report(desk, name, report_date="2027-12-31")
            place = detail.keys.index("txn_type")
            labels = {entity: entity.replace("Memo", " Memo").replace("rC", "r C") for entity in entities}
            for entity in entities:
                sign = -1 if entity in {"CreditMemo", "VendorCredit"} else 1
                open_ = {row.ids[place]: sign * row.amount for row in detail.rows if row.texts[place] == labels[entity]}
                for obj in desk.select(f"select * from {entity}"):
                    assert open_.get(obj["Id"], 0) == obj["Balance"], (entity, obj["Id"])


@EXAMPLES
@given(STEPS, DAYS)
def test_cash_flow_leads_from_the_cash_before_to_the_cash_after(steps, day):
    with books(steps) as desk:
        flow = report(desk, "CashFlow", start_date="2025-06-01", end_date=max(day, "2025-06-01"))
        if flow.option("NoReportData") == "true":
            return
        begin = sum((row.amount for row in flow.rows if row.group == "BeginningCash"), Decimal(0))
        assert begin + flow.group("CashIncrease").amount == flow.group("EndingCash").amount
        sheet = report(desk, "BalanceSheet", start_date="2025-01-01", end_date=max(day, "2025-06-01"))
        held = [row.amount for row in sheet.rows if row.texts[0] in {"Checking", "Undeposited Funds"} and not row.summary]
        assert flow.group("EndingCash").amount == sum(held, Decimal(0))


@EXAMPLES
@given(STEPS, DAYS)
def test_sales_come_to_the_same_by_customer_item_class_and_month(steps, day):
    with books(steps) as desk:
        totals = set()
        for name in ("CustomerSales", "ClassSales", "DepartmentSales"):
            for by in ("Total", "Month", "Customers"):
                found = report(desk, name, start_date="2025-01-01", end_date=day, summarize_column_by=by)
                totals.add(sum((row.amount for row in found.rows if row.group == "GrandTotal"), Decimal(0)))
        items = report(desk, "ItemSales", start_date="2025-01-01", end_date=day)
        totals.add(sum((amount(row.texts[2]) for row in items.rows if row.group == "GrandTotal"), Decimal(0)))
        assert len(totals) == 1


@EXAMPLES
@given(STEPS)
def test_the_journal_and_the_stock_come_to_the_books(steps):
    with books(steps) as desk:
        journal = report(desk, "JournalReport", start_date="2025-01-01", end_date="2027-12-31")
        debit, credit = journal.keys.index("debt_amt"), journal.keys.index("credit_amt")
        assert all(row.texts[debit] == row.texts[credit] for row in journal.rows if row.summary)
        stock = report(desk, "InventoryValuationSummary", report_date="2027-12-31")
        value = sum((amount(row.texts[3]) for row in stock.rows if row.group == "GrandTotal"), Decimal(0))
        (asset,) = [each for each in desk.select("select * from Account maxresults 500") if each["Name"] == "Inventory Asset"]
        assert value == asset["CurrentBalance"]
        (item,) = [each for each in desk.select("select * from Item") if each["Name"] == "Crate"]
        assert amount(stock.of("Crate").texts[2]) == item["QtyOnHand"]
