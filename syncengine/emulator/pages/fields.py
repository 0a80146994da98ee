"""The fields that people edit: for each entity the ones of its form, and the columns of its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long", "email", "date", "money", "number", "flag", "ref", "choice", "code", "party", "applied"]


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Attributes:
        path: the property, dotted where it lies deeper: `PrimaryEmailAddr.Address`; inside a line from the line on.
        label: what it is called.
        kind: `ref` and `applied` name an object by its name or number; `party` a customer, vendor or employee; `code` is a
            reference whose value is its name (TAX, NON).
        target: the entity that a reference points to.
        choices: what may be chosen; a value of them is sent as it stands.
        narrow: it is short, such as a date.
        new_only: it is set when the object is made and stays.
    """

    path: str
    label: str
    kind: Kind = "text"
    target: str = ""
    choices: tuple[str, ...] = ()
    narrow: bool = False
    new_only: bool = False


@dataclass(frozen=True)
class LineForm:
    """The lines of one kind.

    Attributes:
        title: what they are called.
        detail: their DetailType, "" where they have none (what a payment is applied to).
        columns: their fields.
        priced: they have quantity and price, from which the amount follows, and the other way round.
    """

    title: str
    detail: str
    columns: tuple[Field, ...]
    priced: bool = False


@dataclass(frozen=True)
class Form:
    """The form of one entity: blocks of fields, each under a title, and the tables of lines."""

    blocks: Mapping[str, tuple[Field, ...]]
    lines: tuple[LineForm, ...] = ()
    #: What every new one has and nobody has to enter.
    given: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields but those of the lines."""
        return tuple(field for block in self.blocks.values() for field in block)


def _address(name: str) -> tuple[Field, ...]:
    return (
        Field(f"{name}.Line1", "Street"), Field(f"{name}.Line2", "Street, second line"), Field(f"{name}.City", "City"),
        Field(f"{name}.CountrySubDivisionCode", "State", narrow=True), Field(f"{name}.PostalCode", "ZIP code", narrow=True),
        Field(f"{name}.Country", "Country", narrow=True),
    )  # fmt: skip


def _ref(path: str, label: str, target: str) -> Field:
    return Field(path, label, "ref", target)


_DATE = Field("TxnDate", "Date", "date", narrow=True)
_DUE = Field("DueDate", "Due date", "date", narrow=True)
_NUMBER = Field("DocNumber", "Number", narrow=True)
_MEMO = Field("PrivateNote", "Memo", "long")
_LOCATION = _ref("DepartmentRef", "Location", "Department")
_ACTIVE = Field("Active", "Active", "flag")
_PERSON = (
    Field("DisplayName", "Display name"), Field("CompanyName", "Company"), Field("GivenName", "First name"),
    Field("FamilyName", "Last name"), Field("PrimaryEmailAddr.Address", "E-mail", "email"),
    Field("PrimaryPhone.FreeFormNumber", "Phone"), Field("Mobile.FreeFormNumber", "Mobile"), Field("WebAddr.URI", "Web site"),
)  # fmt: skip

_SALE = LineForm(
    "Products and services",
    "SalesItemLineDetail",
    (
        _ref("SalesItemLineDetail.ItemRef", "Product or service", "Item"), Field("Description", "Description"),
        Field("SalesItemLineDetail.Qty", "Quantity", "number", narrow=True),
        Field("SalesItemLineDetail.UnitPrice", "Price", "number", narrow=True), Field("Amount", "Amount", "money", narrow=True),
        Field("SalesItemLineDetail.TaxCodeRef", "Tax", "code", choices=("NON", "TAX"), narrow=True),
        _ref("SalesItemLineDetail.ClassRef", "Class", "Class"),
    ),
    priced=True,
)  # fmt: skip
_COSTS = LineForm(
    "Accounts",
    "AccountBasedExpenseLineDetail",
    (
        _ref("AccountBasedExpenseLineDetail.AccountRef", "Account", "Account"), Field("Description", "Description"),
        Field("Amount", "Amount", "money", narrow=True), _ref("AccountBasedExpenseLineDetail.CustomerRef", "Customer", "Customer"),
        _ref("AccountBasedExpenseLineDetail.ClassRef", "Class", "Class"),
    ),
)  # fmt: skip
_GOODS = LineForm(
    "Products and services",
    "ItemBasedExpenseLineDetail",
    (
        _ref("ItemBasedExpenseLineDetail.ItemRef", "Product or service", "Item"), Field("Description", "Description"),
        Field("ItemBasedExpenseLineDetail.Qty", "Quantity", "number", narrow=True),
        Field("ItemBasedExpenseLineDetail.UnitPrice", "Cost", "number", narrow=True),
        Field("Amount", "Amount", "money", narrow=True), _ref("ItemBasedExpenseLineDetail.CustomerRef", "Customer", "Customer"),
        _ref("ItemBasedExpenseLineDetail.ClassRef", "Class", "Class"),
    ),
    priced=True,
)  # fmt: skip
_SIDES = LineForm(
    "Debits and credits",
    "JournalEntryLineDetail",
    (
        _ref("JournalEntryLineDetail.AccountRef", "Account", "Account"),
        Field("JournalEntryLineDetail.PostingType", "Side", "choice", choices=("Debit", "Credit"), narrow=True),
        Field("Amount", "Amount", "money", narrow=True), Field("Description", "Description"),
        Field("JournalEntryLineDetail.Entity", "Name", "party"), _ref("JournalEntryLineDetail.ClassRef", "Class", "Class"),
        _ref("JournalEntryLineDetail.DepartmentRef", "Location", "Department"),
    ),
)  # fmt: skip


def _applied(target: str) -> LineForm:
    return LineForm(
        "Applied to",
        "",
        (Field("LinkedTxn", f"{target} number", "applied", target), Field("Amount", "Amount", "money", narrow=True)),
    )


def _sale(*more: Field) -> Form:
    head = (
        _ref("CustomerRef", "Customer", "Customer"), Field("BillEmail.Address", "E-mail", "email"), _NUMBER, _DATE, *more,
        _ref("ClassRef", "Class", "Class"), _LOCATION, Field("CustomerMemo.value", "Message to customer", "long"), _MEMO,
    )  # fmt: skip
    return Form({"": head, "Billing address": _address("BillAddr"), "Shipping address": _address("ShipAddr")}, (_SALE,))


def _cost(*more: Field, lines: tuple[LineForm, ...] = (_COSTS, _GOODS), given: tuple[tuple[str, str], ...] = ()) -> Form:
    return Form({"": (*more, _NUMBER, _DATE, _LOCATION, _MEMO)}, lines, given)


_VENDOR = _ref("VendorRef", "Vendor", "Vendor")
_TERMS = _ref("SalesTermRef", "Terms", "Term")
_METHOD = _ref("PaymentMethodRef", "Payment method", "PaymentMethod")
_DEPOSIT_TO = _ref("DepositToAccountRef", "Deposit to", "Account")
_PAYABLES = _ref("APAccountRef", "Payables account", "Account")

#: Entity -> its form. What has none, and what a form does not show, is edited as JSON.
FORMS: Mapping[str, Form] = {
    "Customer": Form({
        "": (*_PERSON, _ref("SalesTermRef", "Terms", "Term"), _ref("ParentRef", "Below customer", "Customer"),
             Field("Job", "Is a job", "flag"), Field("Taxable", "Taxable", "flag"), Field("Notes", "Notes", "long"), _ACTIVE),
        "Billing address": _address("BillAddr"),
        "Shipping address": _address("ShipAddr"),
    }),
    "Vendor": Form({
        "": (*_PERSON, _ref("TermRef", "Terms", "Term"), Field("AcctNum", "Account no."),
             Field("Vendor1099", "Track for 1099", "flag"), Field("Notes", "Notes", "long"), _ACTIVE),
        "Address": _address("BillAddr"),
    }),
    "Employee": Form({"": (*_PERSON[2:7], Field("DisplayName", "Display name"), _ACTIVE), "Address": _address("PrimaryAddr")}),
    "Item": Form({
        "": (Field("Name", "Name"), Field("Sku", "SKU"),
             Field("Type", "Kind", "choice", choices=("Service", "NonInventory", "Inventory", "Category"), new_only=True),
             _ref("ParentRef", "Category", "Item"), Field("SubItem", "Stands below a category", "flag"),
             Field("Description", "Description", "long"), Field("UnitPrice", "Price", "number", narrow=True),
             _ref("IncomeAccountRef", "Income account", "Account"), Field("PurchaseDesc", "Description for purchases", "long"),
             Field("PurchaseCost", "Cost", "number", narrow=True), _ref("ExpenseAccountRef", "Expense account", "Account"),
             Field("Taxable", "Taxable", "flag"), _ACTIVE),
        "Stock": (Field("TrackQtyOnHand", "Track quantity", "flag"), Field("QtyOnHand", "On hand", "number", narrow=True),
                  Field("InvStartDate", "Counted on", "date", narrow=True), _ref("AssetAccountRef", "Asset account", "Account")),
    }),
    "Account": Form({
        "": (Field("Name", "Name"), Field("AcctNum", "Account no.", narrow=True), Field("AccountType", "Type", new_only=True),
             Field("AccountSubType", "Detail type"), _ref("ParentRef", "Below account", "Account"),
             Field("SubAccount", "Is a sub-account", "flag"), Field("Description", "Description", "long"), _ACTIVE),
    }),
    "Class": Form({"": (Field("Name", "Name"), _ref("ParentRef", "Below class", "Class"), _ACTIVE)}),
    "Department": Form({"": (Field("Name", "Name"), _ref("ParentRef", "Below location", "Department"), _ACTIVE)}),
    "Term": Form({
        "": (Field("Name", "Name"), Field("DueDays", "Due after days", "number", narrow=True),
             Field("DayOfMonthDue", "or due on day of the month", "number", narrow=True),
             Field("DiscountPercent", "Discount %", "number", narrow=True),
             Field("DiscountDays", "if paid within days", "number", narrow=True), _ACTIVE),
    }),
    "PaymentMethod": Form({
        "": (Field("Name", "Name"), Field("Type", "Kind", "choice", choices=("NON_CREDIT_CARD", "CREDIT_CARD")), _ACTIVE),
    }),
    "CompanyInfo": Form({
        "": (Field("CompanyName", "Company name"), Field("LegalName", "Legal name"), Field("Email.Address", "E-mail", "email"),
             Field("PrimaryPhone.FreeFormNumber", "Phone"), Field("WebAddr.URI", "Web site")),
        "Address": _address("CompanyAddr"),
    }),
    "Attachable": Form({"": (Field("FileName", "File name"), Field("Note", "Note", "long"))}),
    "Invoice": _sale(_TERMS, _DUE),
    "SalesReceipt": _sale(_METHOD, Field("PaymentRefNum", "Reference no.", narrow=True), _DEPOSIT_TO),
    "CreditMemo": _sale(),
    "RefundReceipt": _sale(_METHOD, _ref("DepositToAccountRef", "Refund from", "Account")),
    "Estimate": _sale(
        Field("ExpirationDate", "Expires", "date", narrow=True),
        Field("TxnStatus", "Status", "choice", choices=("Pending", "Accepted", "Closed", "Rejected")),
    ),
    "Payment": Form({
        "": (_ref("CustomerRef", "Customer", "Customer"), Field("TotalAmt", "Amount received", "money", narrow=True), _DATE,
             _METHOD, Field("PaymentRefNum", "Reference no.", narrow=True), _DEPOSIT_TO, _MEMO),
    }, (_applied("Invoice"),)),
    "Bill": _cost(_VENDOR, _TERMS, _DUE),
    "VendorCredit": _cost(_VENDOR),
    "PurchaseOrder": _cost(_VENDOR, _PAYABLES, _DUE, lines=(_GOODS, _COSTS)),
    "BillPayment": Form({
        "": (_VENDOR, Field("TotalAmt", "Amount", "money", narrow=True), _DATE, _NUMBER,
             _ref("CheckPayment.BankAccountRef", "Bank account", "Account"), _MEMO),
    }, (_applied("Bill"),), (("PayType", "Check"),)),
    "Purchase": _cost(
        Field("PaymentType", "Paid by", "choice", choices=("Cash", "Check", "CreditCard"), new_only=True),
        _ref("AccountRef", "Paid from", "Account"), Field("EntityRef", "Payee", "party"), _METHOD,
    ),
    "JournalEntry": Form({"": (_NUMBER, _DATE, _MEMO)}, (_SIDES,)),
    "Transfer": Form({
        "": (_ref("FromAccountRef", "From account", "Account"), _ref("ToAccountRef", "To account", "Account"),
             Field("Amount", "Amount", "money", narrow=True), _DATE, _MEMO),
    }),
}  # fmt: skip
