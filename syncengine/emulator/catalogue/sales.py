"""What is sold: Invoice, SalesReceipt, CreditMemo, RefundReceipt, Estimate and Payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import ref
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION
from syncengine.emulator.rules import links, payments, sales
from syncengine.emulator.rules.draft import Draft
from syncengine.emulator.rules.journal import void_lines, void_payment

_FORM = (
    f"{TRANSACTION} AutoDocNumber CustomerRef CustomerMemo BillAddr ShipAddr FreeFormAddress ShipFromAddr RemitToRef ClassRef "
    "SalesTermRef DueDate SalesRepRef PONumber FOB ShipMethodRef ShipDate TrackingNum GlobalTaxCalculation TotalAmt "
    "HomeTotalAmt ApplyTaxAfterDiscount ShippingTaxIncludedInTotalTax TemplateRef PrintStatus EmailStatus BillEmail "
    "BillEmailCc BillEmailBcc ARAccountRef Balance HomeBalance FinanceCharge PaymentMethodRef PaymentRefNum PaymentType "
    "CheckPayment CreditCardPayment DepositToAccountRef DeliveryInfo DiscountRate DiscountAmt GovtTxnRefIdentifier "
    "TaxExemptionRef"
)
_COMPUTED = "TotalAmt Balance HomeBalance HomeTotalAmt DeliveryInfo RemainingCredit InvoiceLink"
_ASKED = "CustomerRef ProjectRef TxnDate DocNumber TotalAmt Balance DepartmentRef"


def _form(name: str, own: str, prepare: Callable[[Draft], None], required: tuple[str, ...], asked: str = "", **more: Any) -> Entity:
    """A sales form: what its name, own properties and rule add to what all of them have."""
    known = record(name, own, {"Line": LINES}, _FORM)
    return Entity(
        name=name,
        record=known,
        sequence="transactions",
        required=required,
        read_only=words(_COMPUTED) & known.properties.keys(),
        party="CustomerRef",
        dated=True,
        auto_number=True,
        deletable=True,
        filterable=words(f"{_ASKED} {asked}"),
        sortable=words(f"{_ASKED} {asked}"),
        prepare=prepare,
        **more,
    )


INVOICE = _form(
    "Invoice",
    "Deposit AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment AllowOnlinePayPalPayment "
    "EInvoiceStatus ECloudStatusTimeStamp CfdiUse Exportation GlobalInfo invoiceStatus callToAction invoiceStatusLog "
    "InvoiceEx LessCIS InvoiceLink PaymentDetailsMessage ConvenienceFeeDetail EnabledSurchargeInfo InvoiceLinkSecurityCode "
    "InvoiceLinkExpiryDate AutoPayEligible SchedulePayEligible ScheduledPaymentId GratuityEnabled FinancingProductType "
    "SubscriptionPaymentsSetting",
    sales.invoice,
    ("CustomerRef", "Line"),
    "SalesTermRef DueDate",
    voidable=True,
    void=void_lines,
    links=links.of_invoice,
)
SALES_RECEIPT = _form(
    "SalesReceipt",
    "SalesReceiptEx LessCIS",
    sales.sales_receipt,
    ("Line",),
    "PaymentRefNum PaymentMethodRef",
    voidable=True,
    void=void_lines,
)
CREDIT_MEMO = _form(
    "CreditMemo",
    "RemainingCredit InvoiceRef CreditMemoEx",
    sales.credit_memo,
    ("CustomerRef", "Line"),
    "SalesTermRef",
    voidable=True,
    void=void_lines,
)
REFUND_RECEIPT = _form(
    "RefundReceipt",
    "RemainingCredit RefundReceiptEx",
    sales.refund_receipt,
    ("DepositToAccountRef", "Line"),
    "PaymentRefNum",
    voidable=True,
    void=void_lines,
)
ESTIMATE = _form(
    "Estimate", "ExpirationDate AcceptedBy AcceptedDate EstimateEx", sales.estimate, ("CustomerRef", "Line"), "TxnStatus"
)

PAYMENT = Entity(
    name="Payment",
    record=record(
        "Payment",
        "CustomerRef RemitToRef ARAccountRef DepositToAccountRef PaymentMethodRef PaymentRefNum PaymentType "
        "CheckPayment CreditCardPayment TotalAmt UnappliedAmt ProcessPayment PaymentExtendedType PaymentEx",
        # Shown without the name of what they point to (recorded 2019, 2026).
        {
            "Line": LINES,
            "DepositToAccountRef": ref("Account", named=False),
            "PaymentMethodRef": ref("PaymentMethod", named=False),
        },
        TRANSACTION,
    ),
    sequence="transactions",
    required=("CustomerRef", "TotalAmt"),
    read_only=words("UnappliedAmt"),
    party="CustomerRef",
    dated=True,
    deletable=True,
    voidable=True,
    filterable=words(
        "CustomerRef ProjectRef TxnDate PaymentRefNum DocNumber TotalAmt PaymentMethodRef UnappliedAmt DepositToAccountRef"
    ),
    sortable=words("CustomerRef TxnDate PaymentRefNum DocNumber TotalAmt PaymentMethodRef UnappliedAmt"),
    prepare=payments.payment,
    void=void_payment,
    links=links.of_payment,
)

ENTITIES = (INVOICE, SALES_RECEIPT, CREDIT_MEMO, REFUND_RECEIPT, ESTIMATE, PAYMENT)
