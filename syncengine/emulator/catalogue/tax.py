"""The tax lists: TaxCode, TaxRate and TaxAgency. TaxService, which makes the first two, is an operation of its own."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Day, Inner, Number, Several, Text, choice, ref
from syncengine.emulator.catalogue.records import ANY
from syncengine.emulator.rules import taxes

_RATE = Inner(
    "TaxRateDetail",
    {
        "TaxRateRef": ref("TaxRate"),
        "TaxTypeApplicable": choice("TaxOnAmount TaxOnAmountPlusTax TaxOnTax"),
        "TaxOrder": Number(),
        "TaxOnTaxOrder": Number(),
    },
)
RATES = Inner("TaxRateList", {"originatingGroupId": Text(30), "TaxRateDetail": Several(_RATE)})

TAX_CODE = Entity(
    name="TaxCode",
    record=record(
        "TaxCode",
        "Name Description Active Hidden Taxable TaxGroup SalesTaxRateList PurchaseTaxRateList AdjustmentTaxRateList TaxCodeEx "
        "TaxCodeConfigType",
        dict.fromkeys(("SalesTaxRateList", "PurchaseTaxRateList", "AdjustmentTaxRateList"), RATES),
    ),
    sequence="TaxCode",
    first_id=2,
    name_property="Name",
    shown_name="Name",
    unique_with=("TaxCode",),
    read_only=words("Taxable TaxGroup SalesTaxRateList PurchaseTaxRateList AdjustmentTaxRateList TaxCodeConfigType"),
    prepare=taxes.tax_code,
    creatable=False,
    deactivatable=True,
    cdc=False,
    filterable=words("Name Active Description"),
    sortable=words("Name Active"),
)
TAX_RATE = Entity(
    name="TaxRate",
    record=record(
        "TaxRate",
        "Name Description Active RateValue AgencyRef TaxReturnLineRef EffectiveTaxRate SpecialTaxType DisplayType "
        "OriginalTaxRate TaxRateEx",
        {"EffectiveTaxRate": Several(ANY)},
    ),
    sequence="TaxRate",
    name_property="Name",
    shown_name="Name",
    creatable=False,
    updatable=False,
    cdc=False,
    filterable=words("Name AgencyRef TaxReturnLineRef Active Description"),
    sortable=words("Name Active"),
)
TAX_AGENCY = Entity(
    name="TaxAgency",
    record=record(
        "TaxAgency",
        "DisplayName TaxAgencyConfig TaxTrackedOnPurchases TaxTrackedOnSales TaxRegistrationNumber LastFileDate "
        "ReportingPeriod TaxTrackedOnPurchasesAccountRef TaxTrackedOnSalesAccountRef FullyQualifiedName CompanyName "
        "PrintOnCheckName",
        {"DisplayName": Text(100), "LastFileDate": Day()},
    ),
    sequence="TaxAgency",
    element="TaxAgency",
    required=("DisplayName",),
    read_only=words("TaxTrackedOnPurchases TaxTrackedOnSales"),
    defaults={"TaxTrackedOnPurchases": False, "TaxTrackedOnSales": True},
    name_property="DisplayName",
    shown_name="DisplayName",
    unique_with=("TaxAgency",),
    updatable=False,
    cdc=False,
    filterable=words("DisplayName"),
    sortable=words("DisplayName"),
)
ENTITIES = (TAX_CODE, TAX_RATE, TAX_AGENCY)
