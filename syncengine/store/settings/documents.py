"""How documents are made, and which tracking and currencies they carry."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.store.settings._setting import LINE, Group, Needs, Setting, choice, flag, matching

#: Choices of the tracking settings.
FOLLOW, OFF = "follow", "off"


def _document(label: str, says: str, *, default: bool = False, needs: Needs = Needs.NOTHING) -> Setting:
    return flag(Group.DOCUMENTS, label, says, default=default, needs=needs)


def _tracking(label: str, says: str) -> Setting:
    return choice(Group.TRACKING, label, says, FOLLOW, OFF, default=FOLLOW)


SETTINGS: Mapping[str, Setting] = {
    "receipt_posts_as": choice(
        Group.DOCUMENTS,
        "Item receipts become",
        "What a receipt of goods becomes in QuickBooks unless it says so itself. One that is posted stays what it is.",
        "none",
        "bill",
        "check",
        "cash",
        "credit card",
        default="bill",
    ),
    "due_date_from": choice(
        Group.DOCUMENTS,
        "Bills are due from",
        "The day that the due date of a receipt's bill is reckoned from: the receipt's own, or the vendor's invoice's.",
        "receipt",
        "vendor invoice",
        default="receipt",
    ),
    "default_tax_code": matching(
        Group.DOCUMENTS,
        "Default tax code",
        "For the inventory program: the tax code of its new documents. Tieout itself reckons no tax and sends no code. Only "
        "while QuickBooks' own sales tax is on.",
        LINE % 100,
        "the name of a tax code, or nothing",
        needs=Needs.TAX_CODE,
    ),
    "default_tax_rate": matching(
        Group.DOCUMENTS,
        "Default tax rate",
        "For the inventory program: the tax rate of its new documents. Tieout itself reckons no tax. Only while QuickBooks' "
        "own sales tax is off.",
        LINE % 100,
        "the name of a tax rate, or nothing",
        needs=Needs.TAX_RATE,
    ),
    "close_drop_ship": _document(
        "Automate drop ship purchase orders",
        "Close a drop-ship purchase order by itself and post its costs against the payable account. What is posted stays posted.",
    ),
    "ship_invoices": _document(
        "Ship invoices by themselves",
        "A new invoice from QuickBooks makes a shipment of its goods, even where stock may not go below zero; services are "
        "left out. Serial numbers, lots and bins are not known here: leave it off where the inventory program keeps any.",
    ),
    "ship_sales_receipts": _document(
        "Ship sales receipts by themselves",
        "A new sales receipt from QuickBooks makes a shipment, on the same terms as an invoice.",
    ),
    "order_invoices": _document(
        "Make sales orders of invoices",
        "A new invoice from QuickBooks makes a sales order, unless it makes a shipment.",
    ),
    "negative_stock": _document(
        "Allow negative inventory",
        "For the inventory program: whether stock may go below zero. Tieout keeps no quantities, and what it makes by itself "
        "does not ask.",
        default=True,
    ),
    "discounts_as_lines": _document(
        "Send discounts as lines of their own",
        "A discount goes to QuickBooks as a discount line; otherwise it lowers the price of its line. Wants discounts "
        "switched on in QuickBooks.",
        needs=Needs.DISCOUNTS,
    ),
    "journal_prefix": matching(
        Group.DOCUMENTS,
        "Prefix of journal entry numbers",
        "What the numbers of our own journal entries begin with.",
        r"[A-Za-z0-9._/-]{0,8}",
        "at most 8 letters, digits or signs of . _ / -",
        default="TO-",
    ),
    "class_tracking": _tracking(
        "Class tracking", "Whether classes travel: as QuickBooks tracks them, or not at all. It cannot be on here alone."
    ),
    "department_tracking": _tracking(
        "Department tracking",
        "Whether departments travel, which QuickBooks calls locations: as QuickBooks tracks them, or not at all. It cannot be "
        "on here alone.",
    ),
    "multicurrency": flag(
        Group.TRACKING,
        "Multicurrency",
        "Whether names and documents have currencies of their own. It must be the same as in QuickBooks.",
        default=False,
        needs=Needs.MULTICURRENCY,
    ),
    "home_currency": matching(
        Group.TRACKING,
        "Home currency",
        "The currency of the books. It must be the same as in QuickBooks; nothing means: whichever QuickBooks has.",
        "(?:[A-Z]{3})?",
        "a currency's code of three capital letters, such as USD, or nothing",
        needs=Needs.HOME_CURRENCY,
    ),
    "support_address": matching(
        Group.CONNECTION,
        "Support address",
        "Whom people are sent to with an error that nobody here can put right: an e-mail address or a page.",
        r"(?:[^\s@\ud800-\udfff]{1,200}@[^\s@\ud800-\udfff]{1,200}|https?://[^\s\ud800-\udfff]{1,500})?",
        "an e-mail address, the address of a page, or nothing",
    ),
}
