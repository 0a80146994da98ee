"""The records that stand inside of objects: addresses, memos, tax details, schedules and the like."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.catalogue.kinds import (
    Anything,
    Day,
    Email,
    Flag,
    Inner,
    Kind,
    Money,
    Number,
    Several,
    Text,
    Web,
    choice,
    ref,
)

ANY = Anything()


def _each_any(words: str) -> dict[str, Kind]:
    return dict.fromkeys(words.split(), ANY)


METADATA = Inner(
    "ModificationMetaData",
    _each_any("CreateTime LastUpdatedTime CreatedByRef LastModifiedByRef LastChangedInQB Synchronized"),
)
ADDRESS = Inner(
    "PhysicalAddress",
    {
        "Id": Text(30),
        **dict.fromkeys(("Line1", "Line2", "Line3", "Line4", "Line5"), Text(500)),
        **dict.fromkeys(("City", "Country", "CountryCode", "County", "CountrySubDivisionCode", "CountrySubDivision"), Text(255)),
        **dict.fromkeys(("PostalCode", "PostalCodeSuffix", "Lat", "Long", "Tag", "Note"), Text(255)),
    },
)
PHONE = Inner(
    "TelephoneNumber",
    {
        "FreeFormNumber": Text(30),
        **dict.fromkeys(("Id", "DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "Tag"), Text(100)),
        "Default": Flag(),
    },
)
EMAIL = Email("EmailAddress", {"Id": Text(100), "Address": Text(100), "Default": Flag(), "Tag": Text(100)})
WEB = Web("WebSiteAddress", {"Id": Text(100), "URI": Text(1000), "Default": Flag(), "Tag": Text(100)})
CUSTOM_FIELD = Inner(
    "CustomField",
    {
        "DefinitionId": Text(30),
        "Name": Text(100),
        "Type": choice("StringType BooleanType NumberType DateType"),
        "StringValue": Text(1000),
        "BooleanValue": Flag(),
        "DateValue": Day(),
        "NumberValue": Number(),
    },
)
LINKED_TXN = Inner("LinkedTxn", {"TxnId": Text(30), "TxnType": Text(50), "TxnLineId": Text(30)})
MEMO = Inner("MemoRef", {"value": Text(1000), "name": Text(1000), "type": Text(100)})
CHECK = Inner(
    "BillPaymentCheck",
    {
        "BankAccountRef": ref("Account"),
        "PrintStatus": choice("NotSet NeedToPrint PrintComplete"),
        **dict.fromkeys(
            ("CheckDetail", "PayeeAddr", "BillPaymentCheckEx", "CheckNum", "Status", "NameOnAcct", "AcctNum", "BankName"), ANY
        ),
    },
)
CHARGE = Inner(
    "CreditChargeInfo",
    _each_any(
        "Number Type NameOnAcct CcExpiryMonth CcExpiryYear BillAddrStreet PostalCode CommercialCardCode CCTxnMode CCTxnType "
        "PrevCCTransId Amount ProcessPayment CreditCardChargeInfoEx"
    ),
)
CARD = Inner(
    "CreditCardPayment",
    {
        "CCAccountRef": ref("Account"),
        "CreditChargeInfo": CHARGE,
        **dict.fromkeys(("CCDetail", "CreditChargeResponse", "BillPaymentCreditCardEx"), ANY),
    },
)
#: A line of tax: the rate, and what it was taken from.
TAX_LINE_DETAIL = Inner(
    "TaxLineDetail",
    {
        "TaxRateRef": ref("TaxRate", named=False),
        "PercentBased": Flag(),
        "TaxPercent": Number(100, 0, faults.invalid_percent),
        "NetAmountTaxable": Money(),
        "TaxInclusiveAmount": Money(),
        "OverrideDeltaAmount": Money(),
        "ServiceDate": Day(),
    },
)
TAX_LINE = Inner(
    "Line",
    {
        "Id": Text(30),
        "LineNum": Number(),
        "Description": Text(4000),
        "Amount": Money(),
        "DetailType": choice("TaxLineDetail"),
        "TaxLineDetail": TAX_LINE_DETAIL,
    },
)
MARKUP = Inner(
    "MarkupInfo",
    {
        "PercentBased": Flag(),
        "Value": Money(),
        "Percent": Number(),
        "PriceLevelRef": ref(),
        "MarkUpIncomeAccountRef": ref("Account"),
    },
)
DELIVERY = Inner("TransactionDeliveryInfo", {"DeliveryType": Text(100), "DeliveryTime": ANY})
CASH_BACK = Inner("CashBackInfo", {"AccountRef": ref("Account"), "Amount": Money(), "Memo": Text(4000)})
ATTACHABLE_REF = Inner(
    "AttachableRef",
    {
        "EntityRef": ref(),
        "LineInfo": Text(30),
        "IncludeOnSend": Flag(),
        "Inactive": Flag(),
        "NoRefOnly": Flag(),
        "CustomField": ANY,
        "AttachableRefEx": ANY,
    },
)
SCHEDULE = Inner(
    "RecurringScheduleInfo",
    {
        **dict.fromkeys(("StartDate", "EndDate", "NextDate", "PreviousDate"), Day()),
        **dict.fromkeys(("DaysBefore", "MaxOccurrences", "RemindDays", "NumInterval"), Number(9999, 0, faults.number_range)),
        "IntervalType": choice("Daily Weekly Monthly Yearly"),
        "DayOfMonth": Number(31, 1, faults.number_range),
        "DayOfWeek": choice("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
        "MonthOfYear": choice("January February March April May June July August September October November December"),
        "WeekOfMonth": Number(5, 1, faults.number_range),
    },
)
RECURRING = Inner(
    "RecurringInfo",
    {
        "Name": Text(100, 1),
        "RecurType": choice("Automated Reminder Reminded Unscheduled UnScheduled Scheduled"),
        "Active": Flag(),
        "ScheduleInfo": SCHEDULE,
    },
)
TAX_DETAIL = Inner(
    "TxnTaxDetail",
    {
        "DefaultTaxCodeRef": ANY,
        "TxnTaxCodeRef": ref("TaxCode"),
        "TotalTax": Money(),
        "TaxReviewStatus": Text(50),
        "TaxLine": Several(TAX_LINE),
        "UseAutomatedSalesTax": ANY,
    },
)
#: What a bundle consists of.
ITEM_GROUP = Inner(
    "ItemGroupDetail",
    {
        "ItemGroupLine": Several(
            Inner(
                "ItemComponentLine", {"ItemRef": ref("Item"), "Qty": Number(low=0, beyond=faults.invalid_quantity), "UOMRef": ref()}
            )
        )
    },
)
