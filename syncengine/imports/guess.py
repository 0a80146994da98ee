"""What a column's name most likely means: a guess that a person sees, and may change, before anything is written.

Left out on purpose is what only looks alike: the day a customer asks for goods is not the day an invoice is
due, a discontinued product may still be sold, and quantities on hand never go to QuickBooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from syncengine.imports.fields import CHARGE, LINE, NOT, line_targets, targets
from syncengine.inventory.tables import KINDS

#: What stands between the names of two columns in that of the column that joins them.
JOIN: Final = " + "

#: What else a kind is called in the names of columns.
_NOUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "term": ("term", "terms", "paymentterm", "paymentterms"),
    "class": ("class",),
    "department": ("department", "location"),
    "item": ("item", "product", "article", "part"),
    "customer": ("customer", "client"),
    "vendor": ("vendor", "supplier"),
    "employee_link": ("employee", "worker"),
    "invoice": ("invoice", "order", "sale", "doc", "document"),
    "purchase_order": ("purchaseorder", "po", "order", "doc", "document"),
    "payment_method": ("paymentmethod", "payment", "method", "tender"),
    "category": ("category", "group"),
    "custom_field": ("customfield", "field"),
    "work_center": ("workcenter", "workcentre", "station"),
    "item_receipt": ("itemreceipt", "receipt", "delivery", "doc", "document"),
    "vendor_return": ("vendorreturn", "return", "doc", "document"),
    "estimate": ("estimate", "quote", "offer", "doc", "document"),
    "sales_order": ("salesorder", "order", "so", "doc", "document"),
    "sales_receipt": ("salesreceipt", "receipt", "sale", "doc", "document"),
    "payment": ("payment", "receipt", "doc", "document"),
    "shipment": ("shipment", "delivery", "doc", "document"),
    "customer_return": ("customerreturn", "return", "rma", "doc", "document"),
    "adjustment": ("adjustment", "doc", "document"),
    "build": ("build", "assembly", "doc", "document"),
    "process": ("process", "doc", "document"),
    "transfer": ("transfer", "doc", "document"),
}

_KEYS: Final = ("code", "key", "id", "no", "nr", "number", "num")

#: (Kind, field) -> names that mean this field in documents of this kind only.
_OF_KIND: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("shipment", "txn_date"): ("shipdate", "shippeddate", "shippingdate", "dateshipped"),
    ("build", "line.item_id"): ("component", "componentcode", "input", "material", "ingredient"),
}  # fmt: skip

#: Field -> other names, the likeliest first. What stands under `bill_…` serves vendors' plain addresses too.
_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("displayname", "fullname", "companyname", "company", "title"),
    "company_name": ("company", "business", "businessname"),
    "given_name": ("firstname", "forename", "contactfirstname"),
    "family_name": ("lastname", "surname", "contactlastname"),
    "email": ("emailaddress", "mail", "contactemail"),
    "phone": ("telephone", "phonenumber", "tel", "homephone", "workphone"),
    "mobile": ("mobilephone", "cell", "cellphone"),
    "fax": ("faxnumber",),
    "website": ("homepage", "web", "url", "webaddress"),
    "notes": ("note", "comment", "comments", "remarks"),
    "account_number": ("accountno", "acctnum", "ouraccountnumber"),
    "sku": ("stockcode", "stockkeepingunit", "barcode", "upc", "ean"),
    "description": ("salesdescription", "desc", "longdescription", "details", "memo"),
    "purchase_description": ("purchasedesc", "buyingdescription"),
    "unit_price": ("price", "salesprice", "sellprice", "listprice", "rate", "unitrate"),
    "unit_cost": ("cost", "price", "unitprice", "purchaseprice", "rate"),
    "purchase_cost": ("cost", "unitcost", "buyprice", "purchaseprice"),
    "standard_cost": ("stdcost", "averagecost", "avgcost"),
    "income_account": ("salesaccount", "revenueaccount"),
    "expense_account": ("cogsaccount", "purchaseaccount"),
    "type": ("itemtype", "kind"),
    "taxable": ("istaxable", "tax", "salestax"),
    "active": ("isactive", "enabled"),
    "will_sync": ("sync",),
    "due_days": ("duedays", "days", "netdays", "netduedays"),
    "txn_date": ("date", "invoicedate", "orderdate", "transactiondate", "docdate", "documentdate", "podate", "issuedate"),
    "due_date": ("paymentdue", "paymentduedate", "datedue"),
    "ship_date": ("shippeddate", "shippingdate", "dateshipped"),
    "service_date": ("dateofservice",),
    "po_number": ("ponumber", "pono", "customerpo", "purchaseordernumber", "yourreference"),
    "customer_memo": ("memo", "message", "customermessage"),
    "vendor_memo": ("memo", "message", "messagetovendor"),
    "private_note": ("note", "notes", "internalnote", "comment", "comments"),
    "tracking_number": ("tracking", "trackingno", "trackingcode"),
    "line_no": ("line", "lineno", "linenumber", "position", "pos"),
    "quantity": ("qty", "units", "count", "quantityordered", "qtyordered"),
    "discount": ("discountrate", "discountfraction", "disc"),
    "amount": ("linetotal", "extendedprice", "extended", "lineamount", "extension"),
    "reference_number": (
        "reference", "refno", "ref", "vendorinvoice", "vendorinvoiceno", "vendorinvoicenumber", "supplierinvoice",
        "supplierinvoiceno", "supplierinvoicenumber", "billno", "billnumber", "checkno", "checknumber",
    ),
    "vendor_invoice_date": ("supplierinvoicedate", "billdate"),
    "posts_as": ("postas", "accountingtype", "paidby"),
    "payment_account": ("paidfrom", "bankaccount", "cardaccount"),
    "vendor_credit": ("credit",),
    "credit_memo": ("creditmemo", "credit"),
    "restock_cost": ("restockvalue", "restockingcost", "returncost"),
    "deposit": ("prepayment", "downpayment", "depositamount"),
    "payment_reference": ("checkno", "checknumber", "reference", "ref"),
    "from_location": ("from", "fromwarehouse", "source"),
    "to_location": ("to", "towarehouse", "destination"),
    "carrier_id": ("carrier", "carriername", "haulier"),
    "carrier_charge": ("charge", "carriercost", "freight", "freightcost"),
    "carrier_reference": ("carrierref", "carrierinvoice", "waybill"),
    "work_center_id": ("workcentername", "station"),
    "worker_name": ("workername", "employeename", "name", "fullname"),
    "employee_qbo_id": ("qboid", "quickbooksid"),
}  # fmt: skip

_ADDRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "line1": ("address", "address1", "street", "street1", "addressline1", "line1"),
    "line2": ("address2", "street2", "addressline2", "line2"),
    "city": ("city", "town"),
    "region": ("region", "state", "province", "county"),
    "postal_code": ("postalcode", "postcode", "zip", "zipcode"),
    "country": ("country",),
}
_ADDRESS_PREFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "bill": ("bill", "billing", "billto", "invoice", ""),
    "ship": ("ship", "shipping", "shipto", "delivery"),
    "": ("",),
}

#: Kinds whose records may be people.
_PEOPLE: Final = frozenset({"customer", "vendor", "employee_link"})
#: What a column is called that may hold what people are, and a name only where there is no other.
_STANDING: Final = "title"

_CHARGES: Final[Mapping[str, str]] = {
    "freight": "Freight", "freightcharge": "Freight", "freightcost": "Freight",
    "shipping": "Shipping", "shippingcost": "Shipping", "shippingcharge": "Shipping", "shippingamount": "Shipping",
    "postage": "Postage", "handling": "Handling", "handlingfee": "Handling", "deliverycharge": "Delivery",
}  # fmt: skip
_OPPOSITES: Final[Mapping[str, str]] = {
    "inactive": "active", "isinactive": "active", "disabled": "active", "archived": "active",
    "taxexempt": "taxable", "nontaxable": "taxable",
}  # fmt: skip


def guess(columns: Sequence[str], kind: str) -> dict[str, str]:
    """Source column -> target field for the columns whose meaning is likely; each field is filled once at most.

    For a document it takes headers and lines from one file; `guess_lines` is for lines in a file of their own.
    """
    found = halves(columns, kind)
    name = {whole(*found): KINDS[kind].label} if found is not None and whole(*found) in columns else {}
    return _assign(columns, kind, targets(kind), charges=KINDS[kind].lines is not None, told=name)


def halves(columns: Sequence[str], kind: str) -> tuple[str, str] | None:
    """The columns of first and last name where the records are people and no other column has their whole name; else None.

    >>> halves(["LastName", "FirstName", "Title"], "employee_link")
    ('FirstName', 'LastName')
    """
    if kind not in _PEOPLE:
        return None
    own = [column for column in columns if JOIN not in column]
    plain = {normal(column): column for column in reversed(own)}
    first, last = (
        next((plain[word] for word in _words(kind, field) if word in plain), None) for field in ("given_name", "family_name")
    )
    if first is None or last is None:
        return None
    others = [column for column in own if normal(column) != _STANDING]
    return None if KINDS[kind].label in _assign(others, kind, targets(kind), charges=False).values() else (first, last)


def whole(first: str, last: str) -> str:
    """What the column is called that has both."""
    return f"{first}{JOIN}{last}"


def guess_header(columns: Sequence[str], kind: str) -> dict[str, str]:
    """As `guess`, for a file of document headers whose lines are in a file of their own."""
    fields = [name for name in targets(kind) if not name.startswith(LINE)]
    return _assign(columns, kind, fields, charges=True)


def guess_lines(columns: Sequence[str], kind: str) -> dict[str, str]:
    """As `guess`, for a file of lines; the column with the document's number is mapped to the kind's key."""
    known = KINDS[kind]
    fields = [known.key, *(LINE + name for name in line_targets(kind))]
    found = _assign(columns, kind, fields, charges=False)
    return {column: name.removeprefix(LINE) for column, name in found.items()}


def _assign(
    columns: Sequence[str], kind: str, fields: Iterable[str], *, charges: bool, told: Mapping[str, str] | None = None
) -> dict[str, str]:
    plain = {normal(column): column for column in reversed(columns)}
    wanted = list(fields)
    found: dict[str, str] = dict(told or {})
    # A field's own name first, for all fields, so that no synonym takes it away.
    for rank in (slice(0, 1), slice(1, None)):
        for name in wanted:
            column = next((plain[word] for word in _words(kind, name)[rank] if word in plain and plain[word] not in found), None)
            if column is not None and name not in found.values():
                found[column] = name
    for word, column in plain.items():
        if column not in found and charges and word in _CHARGES and CHARGE + _CHARGES[word] not in found.values():
            found[column] = CHARGE + _CHARGES[word]
        elif column not in found and _OPPOSITES.get(word) in wanted and _OPPOSITES[word] not in found.values():
            found[column] = NOT + _OPPOSITES[word]
    if "name" in wanted and "name" not in found.values():
        # Who has a company's name and no other is called by it.
        found = {column: "name" if name == "company_name" else name for column, name in found.items()}
    return {column: found[column] for column in columns if column in found}


def normal(column: str) -> str:
    """A column's name without case, blanks and signs: "Unit Price", "unit_price" and "UnitPrice" are one."""
    return re.sub(r"[^0-9a-z]+", "", column.casefold().replace("&", "and").replace("#", "no"))


def _words(kind: str, name: str) -> list[str]:
    """All spellings of a field, its own name first; a column may put the kind's name before them."""
    field = name.removeprefix(LINE)
    words = [*_OF_KIND.get((kind, name), ()), *_own(kind, name, field), *_SYNONYMS.get(field, ()), *_address_words(field)]
    nouns = _NOUNS[kind] if not name.startswith(LINE) else ("line",)
    # "Customer name", "supplier_city": the kind's own noun before a field's name says no more than the field's.
    return [normal(name), *dict.fromkeys([*words, *(noun + word for noun in nouns for word in [normal(field), *words] if word)])]


def _own(kind: str, name: str, field: str) -> list[str]:
    known = KINDS[kind]
    references = known.line_references if name.startswith(LINE) else known.references
    if field in references:
        if field == "parent_id":
            return ["parent", "parentcode", "parentname", "partof"]
        nouns = _NOUNS[references[field]]
        spelled = [noun + key for noun in nouns for key in ("code", "id", "no", "number", "key", "")]
        return [*spelled, *(noun + "name" for noun in nouns), *(["billto", "soldto"] if field == "customer_id" else [])]
    if field == known.key and not name.startswith(LINE):
        nouns = _NOUNS[kind]
        return [*(noun + key for noun in nouns for key in _KEYS), *_KEYS]
    if field == known.label:
        return [*(noun + "name" for noun in _NOUNS[kind]), "name", *_NOUNS[kind]]
    return [normal(field)]


def _address_words(field: str) -> list[str]:
    prefix, _, rest = field.partition("_") if field.startswith(("bill_", "ship_")) else ("", "", field)
    return [before + word for before in _ADDRESS_PREFIXES[prefix] for word in _ADDRESS.get(rest, ())]
