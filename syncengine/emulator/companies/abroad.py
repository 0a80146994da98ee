"""Companies outside the US: British and French ones, with the taxes of their countries; otherwise as new as an empty one."""

from __future__ import annotations

from decimal import Decimal

from syncengine.emulator.companies import empty
from syncengine.emulator.companies.build import Builder, ref

_BRITAIN = empty.Land(
    "GB", "GBP", {"Id": "1", "Line1": "12 Canal Street", "City": "Leeds", "Country": "GBR", "PostalCode": "LS1 4AB"}
)
_FRANCE = empty.Land("FR", "EUR", {"Id": "1", "Line1": "8 rue du Port", "City": "Nantes", "Country": "FRA", "PostalCode": "44000"})
#: Name of the code, percentage of its rate.
_BRITISH = (("20.0% S", "20"), ("5.0% R", "5"), ("0.0% Z", "0"), ("Exempt", "0"), ("No VAT", "0"))
_FRENCH = (("20.0% TVA", "20"), ("10.0% TVA", "10"), ("5.5% TVA", "5.5"), ("0.0% TVA", "0"))
#: Name and type of the journals of a French company (documented).
_JOURNALS = (("HA", "Expenses"), ("VT", "Sales"), ("BQ", "Bank"), ("AN", "Report A Nouveaux"), ("CA", "Cash"), ("OD", "Others"))


def british(builder: Builder) -> None:
    """Fill the books of a new British company."""
    _build(builder, _BRITAIN, "HMRC", _BRITISH)


def french(builder: Builder) -> None:
    """Fill the books of a new French company."""
    _build(builder, _FRANCE, "Direction des Impôts", _FRENCH)
    for name, type_ in _JOURNALS:
        builder.add("JournalCode", {"Name": name, "Type": type_})


def _build(builder: Builder, land: empty.Land, agency: str, codes: tuple[tuple[str, str], ...]) -> None:
    empty.settings(builder, land=land)
    empty.accounts(builder)
    empty.lists(builder, pseudo_codes=False)
    builder.put("TaxAgency", "1", {"DisplayName": agency, "TaxTrackedOnPurchases": True, "TaxTrackedOnSales": True})
    for place, (name, percent) in enumerate(codes):
        made = []
        for which, number in (("Sales", 2 * place + 1), ("Purchases", 2 * place + 2)):
            rate = {
                "Name": f"{name} ({which})", "Description": name, "Active": True, "RateValue": Decimal(percent),
                "AgencyRef": ref("1"), "SpecialTaxType": "NONE", "DisplayType": "ReadOnly",
            }  # fmt: skip
            builder.put("TaxRate", str(number), rate)
            shown = {"value": str(number), "name": rate["Name"]}
            made.append({"TaxRateDetail": [{"TaxRateRef": shown, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]})
        code = {"Name": name, "Description": name, "Active": True, "Taxable": name != "No VAT", "TaxGroup": True}
        builder.put("TaxCode", str(place + 2), {**code, "SalesTaxRateList": made[0], "PurchaseTaxRateList": made[1]})
