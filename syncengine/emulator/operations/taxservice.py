"""TaxService: makes a tax code, and the rates that do not exist yet, in one request with an answer of its own form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.kinds import Inner, Number, Record, Several, Text, Visit, choice
from syncengine.emulator.catalogue.registry import ENTITIES, SEQUENCES
from syncengine.emulator.checks import fold, keys
from syncengine.emulator.operations.memory import answered_once
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern, json_body

_DETAIL = Inner(
    "TaxRateDetails",
    {
        "TaxRateName": Text(100),
        "TaxRateId": Text(30),
        "RateValue": Number(100, 0, faults.invalid_percent),
        "TaxAgencyId": Text(30),
        "TaxApplicableOn": choice("Sales Purchase"),
    },
)
_SERVICE = Record(
    "TaxService",
    {"TaxCode": Text(100), "TaxCodeId": Text(30), "TaxRateDetails": Several(_DETAIL), "Id": Text(30)},
)


def write(books: Books, asked: Asked) -> Outcome:
    """Make a tax code; the answer has no envelope."""
    return answered_once(books, asked, "", lambda: wire.dumps(make(books, json_body(asked.request.body))))


def make(books: Books, payload: Any) -> dict[str, Any]:
    """Make a tax code of rates that exist (`TaxRateId`) or are made with it; returns the answer.

    Raises:
        Refusal: 2020, 2500, 630 for a rate named twice, or 6240 for a name that is taken.
    """
    wish = _SERVICE.check(payload, "", Visit())
    name, details = wish.get("TaxCode"), wish.get("TaxRateDetails")
    if not name:
        raise faults.required("TaxCode")
    if not details:
        raise faults.required("TaxRateDetails")
    if books.ids("TaxCode", "name", fold(name)):
        raise faults.duplicate_name("Another tax code is already using this \nname. Please use a different name.")
    rates = [_rate(books, each) for each in details]
    if len({rate["TaxRateId"] for rate in rates}) < len(rates):
        raise faults.duplicate_object("TaxRate")
    code = _code(books, name, rates)
    return {"TaxCode": name, "TaxCodeId": code, "TaxRateDetails": rates}


def _rate(books: Books, detail: dict[str, Any]) -> dict[str, Any]:
    """A rate that exists, or a new one, as the answer names it."""
    on = detail.get("TaxApplicableOn", "Sales")
    if detail.get("TaxRateId"):
        known = books.known("TaxRate", detail["TaxRateId"])
        if known is None:
            raise faults.invalid_reference(f"TaxRate element id {detail['TaxRateId']} not found", "TaxRateId")
        agency = known["AgencyRef"]["value"]
        return _shown(known["Name"], detail["TaxRateId"], known["RateValue"], agency, on)
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(name) is None:
            raise faults.required(name)
    if books.known("TaxAgency", detail["TaxAgencyId"]) is None:
        raise faults.invalid_reference(f"TaxAgency element id {detail['TaxAgencyId']} not found", "TaxAgencyId")
    if books.ids("TaxRate", "name", fold(detail["TaxRateName"])):
        raise faults.duplicate_name("Another tax rate is already using this \nname. Please use a different name.")
    value = {
        "Name": detail["TaxRateName"],
        "Description": detail["TaxRateName"],
        "Active": True,
        "RateValue": detail["RateValue"],
        "AgencyRef": {"value": detail["TaxAgencyId"]},
        "SpecialTaxType": "NONE",
        "EffectiveTaxRate": [{"RateValue": detail["RateValue"], "EffectiveDate": f"{books.today}T00:00:00-07:00"}],
        "DisplayType": "ReadOnly",
    }
    id_ = _put(books, "TaxRate", value)
    return _shown(detail["TaxRateName"], id_, detail["RateValue"], detail["TaxAgencyId"], on)


def _shown(name: str, id_: str, rate: Decimal, agency: str, on: str) -> dict[str, Any]:
    return {"TaxRateName": name, "TaxRateId": id_, "RateValue": rate, "TaxAgencyId": agency, "TaxApplicableOn": on}


def _code(books: Books, name: str, rates: list[dict[str, Any]]) -> str:
    lists: dict[str, list[dict[str, Any]]] = {"Sales": [], "Purchase": []}
    for order, rate in enumerate(rates):
        reference = {"value": rate["TaxRateId"], "name": rate["TaxRateName"]}
        lists[rate["TaxApplicableOn"]].append({"TaxRateRef": reference, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order})
    value = {
        "Name": name,
        "Description": name,
        "Active": True,
        "Taxable": True,
        "TaxGroup": True,
        "SalesTaxRateList": {"TaxRateDetail": lists["Sales"]},
        "PurchaseTaxRateList": {"TaxRateDetail": lists["Purchase"]},
    }
    return _put(books, "TaxCode", value)


def _put(books: Books, name: str, own: dict[str, Any]) -> str:
    entity = ENTITIES[name]
    id_ = books.next_id(entity.sequence, SEQUENCES[entity.sequence], entity.first_id, entity.id_step)
    obj = {**own, "domain": "QBO", "sparse": False, "Id": id_, "SyncToken": "0", "MetaData": {}}
    books.insert(name, obj, keys(entity, obj))
    return id_


PATTERNS: tuple[Pattern, ...] = (("POST", "taxservice/taxcode", Operation("write", write)),)
