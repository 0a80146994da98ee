"""What is bought: Bill, VendorCredit, PurchaseOrder, BillPayment and Purchase."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import ref
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION
from syncengine.emulator.rules import links, payments, purchases
from syncengine.emulator.rules.journal import void_lines, void_payment

_FORM = f"{TRANSACTION} VendorRef APAccountRef TotalAmt BillEmail ReplyEmail Memo GlobalTaxCalculation"

BILL = Entity(
    name="Bill",
    record=record(
        "Bill",
        "PayerRef SalesTermRef DueDate RemitToAddr ShipAddr VendorAddr Balance HomeBalance BillEx LessCIS IncludeInAnnualTPAR",
        # A bill's term is shown without its name (recorded 2026).
        {"Line": LINES, "SalesTermRef": ref("Term", named=False)},
        _FORM,
    ),
    sequence="transactions",
    plan="essentials",
    required=("VendorRef", "Line"),
    read_only=words("TotalAmt Balance HomeBalance"),
    party="VendorRef",
    dated=True,
    deletable=True,
    filterable=words("VendorRef TxnDate APAccountRef SalesTermRef TotalAmt DueDate DocNumber Balance"),
    sortable=words("VendorRef TxnDate APAccountRef TotalAmt DueDate DocNumber Balance"),
    prepare=purchases.bill,
    links=links.of_bill,
)
VENDOR_CREDIT = Entity(
    name="VendorCredit",
    record=record("VendorCredit", "VendorAddr VendorCreditEx Balance IncludeInAnnualTPAR", {"Line": LINES}, _FORM),
    sequence="transactions",
    plan="essentials",
    required=("VendorRef", "Line"),
    read_only=words("TotalAmt Balance"),
    party="VendorRef",
    dated=True,
    deletable=True,
    filterable=words("VendorRef DocNumber APAccountRef TxnDate TotalAmt"),
    sortable=words("VendorRef DocNumber APAccountRef TxnDate TotalAmt Balance"),
    prepare=purchases.vendor_credit,
)
PURCHASE_ORDER = Entity(
    name="PurchaseOrder",
    record=record(
        "PurchaseOrder",
        "TaxCodeRef ClassRef ReimbursableInfoRef SalesTermRef DueDate ExpectedDate VendorAddr ShipTo "
        "DropShipToEntity InventorySiteRef ShipAddr ShipMethodRef FOB POEmail TemplateRef PrintStatus EmailStatus "
        "ManuallyClosed POStatus PurchaseOrderEx",
        {"Line": LINES},
        _FORM,
    ),
    sequence="transactions",
    plan="plus",
    required=("APAccountRef", "VendorRef", "Line"),
    read_only=words("TotalAmt"),
    party="VendorRef",
    dated=True,
    auto_number=True,
    deletable=True,
    filterable=words("VendorRef TxnDate DueDate DocNumber TotalAmt POStatus"),
    sortable=words("VendorRef TxnDate DueDate DocNumber TotalAmt"),
    prepare=purchases.purchase_order,
)
BILL_PAYMENT = Entity(
    name="BillPayment",
    record=record(
        "BillPayment",
        "VendorRef VendorAddr APAccountRef PayType CheckPayment CreditCardPayment TotalAmt BillPaymentEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    plan="essentials",
    required=("VendorRef", "PayType"),
    party="VendorRef",
    dated=True,
    deletable=True,
    voidable=True,
    filterable=words("VendorRef TotalAmt DocNumber TxnDate APAccountRef CheckPayment CreditCardPayment"),
    sortable=words("VendorRef TotalAmt DocNumber TxnDate"),
    prepare=payments.bill_payment,
    void=void_payment,
    links=links.of_bill_payment,
)
PURCHASE = Entity(
    name="Purchase",
    record=record(
        "Purchase",
        "AccountRef PaymentMethodRef PaymentRefNum PaymentType CheckPayment CreditCardPayment EntityRef Credit "
        "RemitToAddr TotalAmt Memo PrintStatus GlobalTaxCalculation PurchaseEx LessCIS IncludeInAnnualTPAR",
        {"Line": LINES, "EntityRef": ref("Vendor", "Customer", "Employee")},
        TRANSACTION,
    ),
    sequence="transactions",
    required=("PaymentType", "AccountRef", "Line"),
    read_only=words("TotalAmt PurchaseEx RemitToAddr"),
    party="EntityRef",
    dated=True,
    deletable=True,
    voidable=True,
    filterable=words("TxnDate DocNumber PaymentType AccountRef EntityRef TotalAmt"),
    sortable=words("TxnDate DocNumber PaymentType TotalAmt"),
    prepare=purchases.purchase,
    void=void_lines,
)

ENTITIES = (BILL, VENDOR_CREDIT, PURCHASE_ORDER, BILL_PAYMENT, PURCHASE)
