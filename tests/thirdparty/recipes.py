"""What the clients are made to write: for each entity an object to create, a change to it, and what must come back.

A text `@label` stands for the id of the object of that label in GROUND, which each client creates for itself first. Amounts,
names and dates are the same for all clients, for each has a company of its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """One entity.

    Attributes:
        entity: its name in QuickBooks.
        create: what is sent to make one.
        expect: what QuickBooks adds: path -> value, `Line.0.Id` and the like.
        change: what an update changes; the answer must show it.
        changed: what follows from the change: path -> value.
        where: a condition that finds the object and nothing else; by its Id where there is none.
        removal: how it goes: `delete`, `deactivate` or `stays`.
    """

    entity: str
    create: Json
    expect: Json = field(default_factory=dict)
    change: Json = field(default_factory=dict)
    changed: Json = field(default_factory=dict)
    where: str = ""
    removal: str = "delete"


def ref(id_: str) -> Json:
    """A reference."""
    return {"value": id_}


def account(name: str, type_: str, sub: str) -> Json:
    """An account."""
    return {"Name": name, "AccountType": type_, "AccountSubType": sub}


def sale(amount: float, quantity: float, price: float, **more: Any) -> Json:
    """A line of a sales form."""
    detail = {"ItemRef": ref("@service"), "Qty": quantity, "UnitPrice": price, **more}
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, "Description": "Line of a form"}


def cost(amount: float, account_: str = "@expense") -> Json:
    """A line of a bill or an expense, by account."""
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": ref(account_)}}


def entry(amount: float, side: str, account_: str) -> Json:
    """A line of a journal entry."""
    kind = "JournalEntryLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"PostingType": side, "AccountRef": ref(account_)}}


ADDRESS = {"Line1": "1 Main Street", "City": "Bayshore", "CountrySubDivisionCode": "CA", "PostalCode": "94326"}
DAY, LATER = "2026-03-02", "2026-03-09"

#: Label, entity, object: what all the others stand on.
GROUND: list[tuple[str, str, Json]] = [
    ("income", "Account", account("Walked Income", "Income", "SalesOfProductIncome")),
    ("cost", "Account", account("Walked Cost", "Cost of Goods Sold", "SuppliesMaterialsCogs")),
    ("expense", "Account", account("Walked Expense", "Expense", "SuppliesMaterials")),
    ("bank", "Account", account("Walked Bank", "Bank", "Checking")),
    ("savings", "Account", account("Walked Savings", "Bank", "Savings")),
    ("card", "Account", account("Walked Card", "Credit Card", "CreditCard")),
    ("customer", "Customer", {"DisplayName": "Ground Customer", "PrimaryEmailAddr": {"Address": "buyer@example.com"}, "BillAddr": ADDRESS}),
    ("lender", "Customer", {"DisplayName": "Ground Lender", "PrimaryEmailAddr": {"Address": "lender@example.com"}}),
    ("vendor", "Vendor", {"DisplayName": "Ground Vendor", "PrimaryEmailAddr": {"Address": "seller@example.com"}}),
    ("employee", "Employee", {"GivenName": "Gro", "FamilyName": "Und"}),
    ("service", "Item", {"Name": "Ground Service", "Type": "Service", "IncomeAccountRef": ref("@income"), "UnitPrice": 25}),
    ("method", "PaymentMethod", {"Name": "Ground Method", "Type": "NON_CREDIT_CARD"}),
    ("invoice", "Invoice", {"CustomerRef": ref("@customer"), "DocNumber": "G-1", "TxnDate": DAY, "Line": [sale(500, 20, 25)]}),
    ("bill", "Bill", {"VendorRef": ref("@vendor"), "DocNumber": "G-2", "TxnDate": DAY, "Line": [cost(300)]}),
]

NAMES = [
    Recipe(
        "Account", {**account("Walker's Fees", "Expense", "SuppliesMaterials"), "Description": "For walking"},
        {"Classification": "Expense", "FullyQualifiedName": "Walker's Fees", "CurrentBalance": 0, "SubAccount": False, "Active": True},
        {"Description": "For running"}, where=r"Name = 'Walker\'s Fees'", removal="deactivate"),
    Recipe(
        "Customer",
        {"DisplayName": "Walker & Co", "GivenName": "Wanda", "FamilyName": "Walker", "CompanyName": "Walker & Co", "BillAddr": ADDRESS,
         "PrimaryEmailAddr": {"Address": "wanda@example.com"}, "PrimaryPhone": {"FreeFormNumber": "(555) 010-2030"}, "Notes": "On foot"},
        {"FullyQualifiedName": "Walker & Co", "PrintOnCheckName": "Walker & Co", "Active": True, "Balance": 0, "Job": False,
         "BillWithParent": False},
        {"Notes": "By bicycle", "CompanyName": "Cyclist & Co"}, {"DisplayName": "Walker & Co"}, "DisplayName = 'Walker & Co'", "deactivate"),
    Recipe(
        "Vendor",
        {"DisplayName": "O'Hara Supplies", "CompanyName": "O'Hara", "BillAddr": ADDRESS, "AcctNum": "77-1", "Vendor1099": False,
         "PrimaryEmailAddr": {"Address": "ohara@example.com"}},
        {"Balance": 0, "Active": True, "PrintOnCheckName": "O'Hara"},
        {"AcctNum": "77-2"}, where=r"DisplayName = 'O\'Hara Supplies'", removal="deactivate"),
    Recipe(
        "Employee", {"GivenName": "Wil", "FamilyName": "Worker", "PrimaryPhone": {"FreeFormNumber": "555-0101"}},
        {"DisplayName": "Wil Worker", "Active": True, "BillableTime": False}, {"MiddleName": "W"}, where="FamilyName = 'Worker'",
        removal="deactivate"),
    Recipe("Class", {"Name": "Walked Class"}, {"FullyQualifiedName": "Walked Class", "SubClass": False, "Active": True},
           {"Name": "Run Class"}, {"FullyQualifiedName": "Run Class"}, "FullyQualifiedName = 'Walked Class'", "deactivate"),
    Recipe("Department", {"Name": "Walked Store"}, {"FullyQualifiedName": "Walked Store", "SubDepartment": False, "Active": True},
           {"Name": "Run Store"}, {"FullyQualifiedName": "Run Store"}, "FullyQualifiedName = 'Walked Store'", "deactivate"),
    Recipe("Term", {"Name": "Net 45", "DueDays": 45}, {"Type": "STANDARD", "Active": True, "DiscountPercent": 0}, {"DueDays": 46},
           where="Name = 'Net 45'", removal="deactivate"),
    Recipe("PaymentMethod", {"Name": "Voucher", "Type": "NON_CREDIT_CARD"}, {"Active": True}, {"Name": "Gift card"},
           where="Name = 'Voucher'", removal="deactivate"),
    Recipe(
        "Item",
        {"Name": "Walking Stick", "Type": "Service", "Sku": "WS-1", "Description": "To lean on", "UnitPrice": 12.5,
         "IncomeAccountRef": ref("@income")},
        {"FullyQualifiedName": "Walking Stick", "Active": True, "IncomeAccountRef.name": "Walked Income"},
        {"UnitPrice": 13.75}, where="Name = 'Walking Stick'", removal="deactivate"),
    Recipe("TaxAgency", {"DisplayName": "County of Walk"}, {"TaxTrackedOnSales": True}, where="", removal="stays"),
]
FORM = {"CustomerRef": ref("@customer"), "TxnDate": DAY, "PrivateNote": "Walked"}
SALES = [
    Recipe(
        "Invoice",
        {**FORM, "DocNumber": "W-100", "Line": [sale(62.5, 2.5, 25), sale(10, 1, 10)], "BillEmail": {"Address": "buyer@example.com"}},
        {"TotalAmt": 72.5, "Balance": 72.5, "DueDate": "2026-04-01", "CustomerRef.name": "Ground Customer", "Line.2.Amount": 72.5,
         "Line.2.DetailType": "SubTotalLineDetail", "Line.0.Id": "1", "CurrencyRef.value": "USD", "EmailStatus": "NotSet"},
        {"DueDate": LATER, "PrivateNote": "Run"}, {"TotalAmt": 72.5}, "DocNumber = 'W-100'"),
    Recipe(
        "SalesReceipt", {**FORM, "DocNumber": "W-200", "Line": [sale(50, 2, 25)], "DepositToAccountRef": ref("@bank")},
        {"TotalAmt": 50, "Balance": 0, "DepositToAccountRef.name": "Walked Bank"}, {"PrivateNote": "Run"}, where="DocNumber = 'W-200'"),
    # Of a customer without an open invoice, to which QuickBooks would apply it by itself.
    Recipe(
        "CreditMemo", {**FORM, "CustomerRef": ref("@lender"), "DocNumber": "W-300", "Line": [sale(25, 1, 25)]},
        {"TotalAmt": 25, "RemainingCredit": 25}, {"PrivateNote": "Run"}, where="DocNumber = 'W-300'"),
    Recipe(
        "RefundReceipt", {**FORM, "DocNumber": "W-400", "Line": [sale(25, 1, 25)], "DepositToAccountRef": ref("@bank")},
        {"TotalAmt": 25}, {"PrivateNote": "Run"}, where="DocNumber = 'W-400'"),
    Recipe("Estimate", {**FORM, "DocNumber": "W-500", "Line": [sale(75, 3, 25)]}, {"TotalAmt": 75, "TxnStatus": "Pending"},
           {"PrivateNote": "Run"}, where="DocNumber = 'W-500'"),
    Recipe(
        "Payment",
        {"CustomerRef": ref("@customer"), "TxnDate": DAY, "TotalAmt": 140, "PaymentRefNum": "W-600", "PaymentMethodRef": ref("@method"),
         "Line": [{"Amount": 100, "LinkedTxn": [{"TxnId": "@invoice", "TxnType": "Invoice"}]}]},
        {"UnappliedAmt": 40, "Line.0.LinkedTxn.0.TxnType": "Invoice"}, {"PaymentRefNum": "W-601"}, {"TotalAmt": 140, "UnappliedAmt": 40},
        "PaymentRefNum = 'W-600'"),
]
PURCHASES = [
    Recipe(
        "Bill", {"VendorRef": ref("@vendor"), "TxnDate": DAY, "DocNumber": "W-700", "Line": [cost(80), cost(20.55)]},
        {"TotalAmt": 100.55, "Balance": 100.55, "APAccountRef.name": "Accounts Payable (A/P)"}, {"PrivateNote": "Run"},
        where="DocNumber = 'W-700'"),
    Recipe("VendorCredit", {"VendorRef": ref("@vendor"), "TxnDate": DAY, "DocNumber": "W-800", "Line": [cost(30)]}, {"TotalAmt": 30},
           {"PrivateNote": "Run"}, where="DocNumber = 'W-800'"),
    Recipe(
        "PurchaseOrder",
        {"VendorRef": ref("@vendor"), "APAccountRef": ref("33"), "TxnDate": DAY, "DocNumber": "W-900", "Line": [cost(45)],
         "POEmail": {"Address": "seller@example.com"}},
        {"TotalAmt": 45, "POStatus": "Open"}, {"PrivateNote": "Run"}, where="DocNumber = 'W-900'"),
    Recipe(
        "BillPayment",
        {"VendorRef": ref("@vendor"), "TxnDate": DAY, "PayType": "Check", "CheckPayment": {"BankAccountRef": ref("@bank")}, "TotalAmt": 120,
         "DocNumber": "W-1000", "Line": [{"Amount": 120, "LinkedTxn": [{"TxnId": "@bill", "TxnType": "Bill"}]}]},
        {"VendorRef.name": "Ground Vendor"}, {"PrivateNote": "Run"}, {"TotalAmt": 120}, "DocNumber = 'W-1000'"),
    Recipe(
        "Purchase",
        {"PaymentType": "Cash", "AccountRef": ref("@bank"), "TxnDate": DAY, "DocNumber": "W-1100", "Line": [cost(15.25)],
         "EntityRef": {"value": "@vendor", "type": "Vendor"}},
        {"TotalAmt": 15.25}, {"PrivateNote": "Run"}, where="DocNumber = 'W-1100'"),
]
MOVES = [
    Recipe(
        "JournalEntry",
        {"TxnDate": DAY, "DocNumber": "W-1200", "Line": [entry(60, "Debit", "@expense"), entry(60, "Credit", "@bank")]},
        {"Line.0.Id": "0", "Line.1.Id": "1", "Adjustment": False}, {"PrivateNote": "Run"}, where="DocNumber = 'W-1200'"),
    Recipe(
        "Deposit",
        {"DepositToAccountRef": ref("@bank"), "TxnDate": DAY,
         "Line": [{"Amount": 35, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": ref("@income")}}]},
        {"TotalAmt": 35}, {"PrivateNote": "Run"}),
    Recipe("Transfer", {"FromAccountRef": ref("@bank"), "ToAccountRef": ref("@savings"), "Amount": 12.34, "TxnDate": DAY},
           {"ToAccountRef.name": "Walked Savings"}, {"Amount": 23.45}),
    Recipe(
        "CreditCardPayment", {"BankAccountRef": ref("@bank"), "CreditCardAccountRef": ref("@card"), "Amount": 42, "TxnDate": DAY},
        {"CreditCardAccountRef.name": "Walked Card"}, {"Amount": 43}),
    Recipe(
        "TimeActivity",
        {"NameOf": "Employee", "EmployeeRef": ref("@employee"), "CustomerRef": ref("@customer"), "ItemRef": ref("@service"), "Hours": 2,
         "Minutes": 15, "TxnDate": DAY, "BillableStatus": "NotBillable", "Description": "Walking"},
        {"EmployeeRef.name": "Gro Und"}, {"Hours": 3}),
    Recipe(
        "Attachable", {"Note": "A note of the walk", "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "@invoice"}}]},
        {"AttachableRef.0.EntityRef.type": "Invoice"}, {"Note": "Another note"}, where="Note = 'A note of the walk'"),
]
#: At a company that deals in several currencies.
CURRENCY = Recipe("CompanyCurrency", {"Code": "EUR"}, {"Name": "Euro", "Active": True}, {"Active": False}, where="Code = 'EUR'", removal="stays")
#: In the order in which the clients go through them.
RECIPES = [*NAMES, *SALES, *PURCHASES, *MOVES]


def as_json() -> Json:
    """Everything, for a client's plan."""
    return {"ground": GROUND, "recipes": {recipe.entity: asdict(recipe) for recipe in [*RECIPES, CURRENCY]}}
