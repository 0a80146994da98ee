"""Refusals of what would break a rule of the books: codes from 6000 on."""

from __future__ import annotations

from decimal import Decimal

from syncengine.emulator.faults.refusal import Refusal


def business(text: str) -> Refusal:
    """6000 with free text."""
    message = "A business validation error has occurred while processing your request"
    return Refusal("6000", message, f"Business Validation Error: {text}")


def account_type_needed() -> Refusal:
    """6010: neither AccountType nor AccountSubType."""
    detail = "You must specify either an Account.AccountType or an Account.AccountSubType."
    return Refusal("6010", "Invalid Account.AccountType && Account.SubType", detail, "AccountType")


def open_balance_date() -> Refusal:
    """6060: an opening balance without its date."""
    message = "Account.OpenBalanceDate must be specified with Account.OpenBalance"
    detail = "A value for the OpeningBalanceDate field is required when specifying an OpeningBalance."
    return Refusal("6060", message, detail, "OpeningBalanceDate")


def amount_mismatch(amount: Decimal) -> Refusal:
    """6070: Amount is not Qty times UnitPrice; the amount is written with commas (report)."""
    detail = f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount.normalize():,f}"
    return Refusal("6070", "Amount calculation incorrect in the request", detail)


def line_tax_code(value: str) -> Refusal:
    """6100: a line's tax code in the US is TAX or NON (report)."""
    detail = f"Valid line TaxCodes for US should be TAX or NON. Supplied value: {value}"
    return Refusal("6100", "Invalid Line TaxCode in the request", detail)


def bills_with() -> Refusal:
    """6130: invoices stand on whom the customer bills with."""
    detail = (
        "You can't change who this customer bills with because there are invoices connected to a parent account. "
        "Delete all payments or invoices for the parent account that are linked to this customer."
    )
    return Refusal("6130", "Cannot change who customer bills with", detail, "BillWithParent")


def before_inventory_start() -> Refusal:
    """6270: the date is before the item's stock began."""
    detail = "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product"
    return Refusal("6270", "Transaction date is prior to start date for inventory item", detail)


def incomplete_discount() -> Refusal:
    """6090: a discount without its percentage or amount."""
    return Refusal(
        "6090", "Discount Line missing required info", "A discount amount or percent is required.", "Line.DiscountLineDetail"
    )


def missing_link(txn_type: str, txn_id: str) -> Refusal:
    """6000: the transaction to be linked does not exist."""
    return business(f"The entity {txn_type} {txn_id} that you are trying to link does not exist. {txn_type} {txn_id}")


def no_name() -> Refusal:
    """6080: a customer or vendor without any name."""
    detail = "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix is required."
    return Refusal("6080", "No Name Provided", detail, "DisplayName")


def duplicate_document_number(number: str, txn_type: str, txn_id: str) -> Refusal:
    """6140: the number is taken by `txn_type` `txn_id`."""
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={txn_type} with TxnId={txn_id}"
    )
    return Refusal("6140", "Duplicate Document Number Error", detail)


def parent_required(flag: str) -> Refusal:
    """6150: the flag says sub, but no parent is named."""
    return Refusal("6150", "ParentRef Required Validation Error", f"ParentRef is required when {flag} is true.", "ParentRef")


def custom_sales_tax(*, update: bool) -> Refusal:
    """6160, on an update 6230: the code that marks transactions of the old tax model cannot be used."""
    detail = "The specified CustomSalesTax ID can't be used to create or update a transaction."
    return Refusal("6230" if update else "6160", "Invalid TaxCodeRef Error", detail, "TxnTaxDetail.TxnTaxCodeRef")


def tax_not_applicable() -> Refusal:
    """6170: tax details on a form that says that tax does not apply."""
    detail = "The TxnTaxDetail attribute isn't allowed when GlobalTaxCalculation is set to NotApplicable."
    return Refusal("6170", "Invalid TxnTaxDetail Error", detail, "TxnTaxDetail")


def too_deep() -> Refusal:
    """6180: more than five levels."""
    return Refusal("6180", "Sub Level Limit", "Review the number of nested objects. You can nest up to 5 levels.", "ParentRef")


def has_balance(name: str) -> Refusal:
    """6220: a name with an open balance cannot go."""
    return Refusal("6220", "Delete Entity Has Balance Error", f"The entity has an open balance and cannot be deleted : {name}")


def sales_customer(id_: str) -> Refusal:
    """6250: the customer of a sales form does not exist or is inactive (the other wording is 2500 or 610)."""
    return Refusal("6250", "InvalidSalesCustomer", f"The specified customer doesn't exist, or is inactive : {id_}", "CustomerRef")


def unbilled_expenses(name: str) -> Refusal:
    """6280: a customer with charges that were not billed yet cannot go."""
    message = "Delete Customer Has Unbilled Expenses Error"
    return Refusal("6280", message, f"This customer can't be deleted because they have unbilled charges : {name}")


def employee_or_vendor(id_: str) -> Refusal:
    """6290: the time of an employee and of a vendor at once."""
    detail = f'You must specify either an "employee" or "vendor." You can\'t enter both. Their ID is: {id_}'
    return Refusal("6290", "InvalidEmployeeOrVendor", detail)


def name_of(value: object) -> Refusal:
    """6300: whose time it was is neither Employee nor Vendor."""
    detail = f"The employee or vendor's name is either missing or invalid. It should be Employee or Vendor. Supplied value:{value}"
    return Refusal("6300", "InvalidEmployeeOrVendorName", detail, "NameOf")


def billable_customer() -> Refusal:
    """6310: a billable line without a customer."""
    return Refusal("6310", "MissingCustomer", "A customer is required if the transaction is billable.", "CustomerRef")


def billable_status(value: str) -> Refusal:
    """6320: a status that cannot be billed."""
    return Refusal("6320", "InvalidBillable", f"Invalid billable status: {value}", "BillableStatus")


def billing_rate(value: object) -> Refusal:
    """6330: an hourly rate that cannot be."""
    return Refusal("6330", "MissingBillingRate", f"Invalid hourly rate: {value}", "HourlyRate")


def time_of_day(value: str) -> Refusal:
    """6340: hours and minutes that cannot be."""
    return Refusal("6340", "InvalidTime", f"You must specify a time (hours:minutes): {value}")


def missing_time() -> Refusal:
    """6350: neither hours and minutes nor a start and an end."""
    return Refusal("6350", "MissingTime", "Time (hours:minutes) is missing: Hours, Minutes")


def start_or_end() -> Refusal:
    """6360: a start without an end, or a break longer than the time."""
    detail = "Enter a valid start and end time. Make sure break times aren't longer than the elapsed time."
    return Refusal("6360", "InvalidStartOrEndTime", detail)


def start_after_end(start: str) -> Refusal:
    """6370: it ends before it starts."""
    return Refusal("6370", "StartTimeAfterEndTime", f"The start time is after end time: {start}")


def duration(value: str) -> Refusal:
    """6380: longer than time can be entered."""
    return Refusal("6380", "InvalidDuration", f"The time duration isn't within the valid range: {value}")


def several_durations() -> Refusal:
    """6390: both hours and a start with an end."""
    detail = "Invalid multiple time durations. Specify a total elapsed time (hours:minutes) or the start and end time."
    return Refusal("6390", "InvalidMultipleDurations", detail)


def linked_purchase() -> Refusal:
    """6400: an invoice bills what is to be deleted."""
    detail = "The purchase can't be deleted since it would invalidate a linked invoice."
    return Refusal("6400", "Deleting linkedPurchase results in invalid Invoice", detail)


def matched() -> Refusal:
    """6480: a line of the bank feed is matched with it."""
    detail = "This transaction has been matched to a downloaded bank transaction. Undo the match before you delete it."
    return Refusal("6480", "Matched Transaction cannot be deleted", detail)


def email_required() -> Refusal:
    """6420: the form is to be sent, but there is no address."""
    detail = 'An email address is required for this customer since the delivery type is "email."'
    return Refusal("6420", "Email address is required", detail, "BillEmail")


def account_type(type_: str, element: str) -> Refusal:
    """6430: an account of a type that does not go here."""
    return Refusal("6430", "Invalid account type used", f"Invalid account type: {type_}", element)


def detail_required() -> Refusal:
    """6440: a line without an item or account."""
    detail = "You must select a product or service or an account for each split line that has an amount or a billable customer."
    return Refusal("6440", "Transaction Detail Information Required", detail, "Line")


def tax_rate() -> Refusal:
    """6470: a tax code without a rate on the form."""
    detail = "You either selected a tax on a transaction that's not allowed, or haven't specified a tax rate."
    return Refusal("6470", "TaxLiabilityAccount or TaxRateError", detail, "TxnTaxDetail")


def budget(code: str, message: str, detail: str) -> Refusal:
    """6490, 6500 and 6510: what is wrong with a budget."""
    return Refusal(code, message, detail, "BudgetDetail")


def tracked_quantity() -> Refusal:
    """6520: an inventory item without its quantity."""
    message = "Missing Tracked Inventory Item Quantity"
    return Refusal("6520", message, "The tracked inventory item must have a quantity.", "QtyOnHand")


def card_number() -> Refusal:
    """6530: a card number in the clear."""
    detail = "You can't enter raw credit card numbers. Manual credit card data isn't supported."
    return Refusal("6530", "Found raw Credit Card Numbering request", detail)


def closed_books(*, password: bool) -> Refusal:
    """6200, or 6210 where the closing date has a password."""
    detail = (
        "The account period has closed and the account books cannot be updated through the QBO Services API. "
        "Please use the QBO website to make these changes."
    )
    return Refusal("6210" if password else "6200", "Account Period Closed, Cannot Update Through Services API", detail)


def duplicate_name(lead: str = "null") -> Refusal:
    """6240; `lead` is what follows the colon."""
    return Refusal("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {lead}")


def deposit_mismatch() -> Refusal:
    """6460: a deposit takes another amount than the transaction brought (code S, text U)."""
    return Refusal("6460", "Deposit Amount Mismatch", "The amount of a deposit line must be that of the transaction it deposits.")


def deposited() -> Refusal:
    """6540: the payment or receipt is in a deposit."""
    detail = (
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on "
        "and remove it first."
    )
    return Refusal("6540", "Deposited Transaction cannot be changed", detail)


def subscription_ended() -> Refusal:
    """6190: trial or subscription is over."""
    detail = (
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus "
        "because your trial or subscription period ended."
    )
    return Refusal("6190", "Invalid Company Status", detail)
