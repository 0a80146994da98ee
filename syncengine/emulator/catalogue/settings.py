"""What a company is and how it is set up: CompanyInfo; and Attachable."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Choice, Inner, Number, Several, Text
from syncengine.emulator.catalogue.records import ATTACHABLE_REF
from syncengine.emulator.rules import attachments

COMPANY_INFO = Entity(
    name="CompanyInfo",
    record=record(
        "CompanyInfo",
        "CompanyName LegalName CompanyAddr CustomerCommunicationAddr LegalAddr CompanyEmailAddr "
        "CustomerCommunicationEmailAddr CompanyURL PrimaryPhone CompanyStartDate CompanyFileName FlavorStratum SampleFile "
        "CompanyUserId CompanyUserAdminEmail InvitedUserNum EmployerId FiscalYearStartMonth TaxYearStartMonth QBVersion "
        "Country ShipAddr OtherAddr Mobile Fax Email WebAddr SupportedLanguages DefaultTimeZone MultiByteCharsSupported "
        "NameValue FifoCalculationStatus CompanyInfoEx TaxForm",
        {"NameValue": Several(Inner("NameValue", {"Name": Text(1000), "Value": Text(4000)})), "CompanyName": Text(1024)},
    ),
    required=("CompanyName",),
    sequence="CompanyInfo",
    singleton=True,
    read_only=words("CompanyStartDate NameValue DefaultTimeZone Country"),
    creatable=False,
    filterable=frozenset(),
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
            "AttachableRef": Several(ATTACHABLE_REF),
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

ENTITIES = (COMPANY_INFO, ATTACHABLE)
