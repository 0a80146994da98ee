"""What a company is and how it is set up: CompanyInfo, Preferences, the tax lists; and Attachable."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Choice, Flag, Inner, Number, Several, Text, ref
from syncengine.emulator.catalogue.records import ANY
from syncengine.emulator.rules import attachments, settings

#: What an attachment is attached to (Attachable reference).
_ATTACHABLE_REF = Inner(
    "AttachableRef",
    {
        "EntityRef": ref(),
        **dict.fromkeys(("IncludeOnSend", "NoRefOnly", "Inactive"), Flag()),
        "LineInfo": Text(100),
        "CustomField": ANY,
    },
)

COMPANY_INFO = Entity(
    name="CompanyInfo",
    record=record(
        "CompanyInfo",
        "CompanyName LegalName CompanyAddr CustomerCommunicationAddr LegalAddr CompanyEmailAddr "
        "CustomerCommunicationEmailAddr CompanyURL PrimaryPhone CompanyStartDate CompanyFileName FlavorStratum SampleFile "
        "CompanyUserId CompanyUserAdminEmail InvitedUserNum EmployerId FiscalYearStartMonth TaxYearStartMonth QBVersion "
        "Country ShipAddr OtherAddr Mobile Fax Email WebAddr SupportedLanguages DefaultTimeZone MultiByteCharsSupported "
        "NameValue FifoCalculationStatus CompanyInfoEx TaxForm",
    ),
    sequence="CompanyInfo",
    singleton=True,
    read_only=words("CompanyStartDate NameValue DefaultTimeZone Country"),
    creatable=False,
    filterable=frozenset(),
)
PREFERENCES = Entity(
    name="Preferences",
    record=record(
        "Preferences",
        "AccountingInfoPrefs AdvancedInventoryPrefs ProductAndServicesPrefs SalesFormsPrefs PrintDocumentPrefs EmailMessagesPrefs "
        "VendorAndPurchasesPrefs TimeTrackingPrefs TaxPrefs FinanceChargesPrefs CurrencyPrefs ReportPrefs OtherPrefs",
    ),
    sequence="Preferences",
    singleton=True,
    creatable=False,
    cdc=False,
    prepare=settings.preferences,
)
TAX_CODE = Entity(
    name="TaxCode",
    record=record(
        "TaxCode",
        "Name Description Active Hidden Taxable TaxGroup SalesTaxRateList PurchaseTaxRateList AdjustmentTaxRateList TaxCodeEx "
        "TaxCodeConfigType",
    ),
    sequence="TaxCode",
    first_id=2,
    name_property="Name",
    shown_name="Name",
    unique_with=("TaxCode",),
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
        {"DisplayName": Text(100)},
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
ATTACHABLE = Entity(
    name="Attachable",
    record=record(
        "Attachable",
        "FileName FileAccessUri TempDownloadUri Size ContentType Category Lat Long PlaceName Note Tag ThumbnailFileAccessUri "
        "ThumbnailTempDownloadUri AttachableEx documentId",
        {
            "FileName": Text(1000),
            "Note": Text(2000),
            "AttachableRef": Several(_ATTACHABLE_REF),
            "Category": Choice(frozenset({"Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"})),
            "Size": Number(),
            **dict.fromkeys(("ContentType", "Lat", "Long"), Text(100)),
            **dict.fromkeys(("PlaceName", "Tag"), Text(2000)),
        },
    ),
    sequence="Attachable",
    first_id=5_000_000_000_000_503_624,
    id_step=11,
    read_only=words("FileAccessUri TempDownloadUri Size ThumbnailFileAccessUri ThumbnailTempDownloadUri"),
    deletable=True,
    filterable=words("AttachableRef FileName Note ContentType Category PlaceName Tag Lat Long Size"),
    sortable=words("FileName Note ContentType Category PlaceName Tag Lat Long Size"),
    prepare=attachments.attachable,
)

ENTITIES = (COMPANY_INFO, PREFERENCES, TAX_CODE, TAX_RATE, TAX_AGENCY, ATTACHABLE)
