"""The chart of accounts as reports read it: a tree for each type, in the order of statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import value_of

#: Account types in the order in which reports list them.
TYPES = (
    "Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Payable", "Credit Card",
    "Other Current Liability", "Long Term Liability", "Equity", "Income", "Cost of Goods Sold", "Expense", "Other Income",
    "Other Expense",
)  # fmt: skip
#: The types whose accounts begin anew with each fiscal year.
YEARLY = frozenset(TYPES[10:])


@dataclass(frozen=True)
class Account:
    """One account."""

    id: str
    name: str
    full_name: str
    type: str
    sub_type: str
    classification: str
    parent: str | None
    number: str = ""
    description: str = ""

    @property
    def shown_id(self) -> str | None:
        """Its Id, None for one that only reports know."""
        return self.id if self.id.isdecimal() else None

    @property
    def sign(self) -> int:
        """1 where debits make its balance grow, -1 where credits do."""
        return 1 if self.classification in {"Asset", "Expense"} else -1


class Chart:
    """All accounts of a company, inactive ones too, for their past stays in the reports."""

    def __init__(self, books: Books) -> None:
        rows = books.state.execute(
            "SELECT body FROM object WHERE company = ? AND entity = 'Account' AND deleted = 0", (books.company.key,)
        )
        self.accounts: dict[str, Account] = {}
        for (body,) in rows:
            obj = wire.loads(body)
            self.accounts[obj["Id"]] = Account(
                obj["Id"], obj["Name"], obj["FullyQualifiedName"], obj["AccountType"], obj.get("AccountSubType", ""),
                obj.get("Classification", ""), value_of(obj, "ParentRef"), obj.get("AcctNum", ""), obj.get("Description", ""),
            )  # fmt: skip
        self.unapplied = {
            "Accounts Receivable": self._found("Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome", "Revenue"),
            "Accounts Payable": self._found(
                "Unapplied Cash Bill Payment Expense", "Expense", "UnappliedCashBillPaymentExpense", "Expense"
            ),
        }
        self._below: defaultdict[str | None, list[Account]] = defaultdict(list)
        for account in sorted(self.accounts.values(), key=lambda each: (each.name.casefold(), each.id)):
            self._below[account.parent if account.parent in self.accounts else None].append(account)

    def _found(self, name: str, type_: str, sub_type: str, classification: str) -> str:
        """The Id of the account in which the cash basis shows money that nothing was paid with; made up where there is none."""
        known = next((each.id for each in self.accounts.values() if each.sub_type == sub_type), None)
        if known is None:
            known = sub_type
            self.accounts[known] = Account(known, name, name, type_, sub_type, classification, None)
        return known

    def roots(self, type_: str) -> list[Account]:
        """The uppermost accounts of a type, by name."""
        return [account for account in self._below[None] if account.type == type_]

    def below(self, account: Account) -> list[Account]:
        """The accounts right below one, by name."""
        return self._below[account.id]

    def ordered(self) -> list[Account]:
        """Every account: by type, and below each account its own."""
        found: list[Account] = []

        def visit(account: Account) -> None:
            found.append(account)
            for each in self.below(account):
                visit(each)

        for type_ in TYPES:
            for root in self.roots(type_):
                visit(root)
        return found

    @property
    def retained(self) -> Account | None:
        """Where the profits of past years stand."""
        return next((each for each in self.accounts.values() if each.sub_type == "RetainedEarnings"), None)
