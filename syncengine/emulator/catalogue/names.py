"""Customer, Vendor and Employee: three lists that share one sequence of ids and one set of display names."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.kinds import Text, ref
from syncengine.emulator.catalogue.properties import GLOSSARY
from syncengine.emulator.rules import names

_SHARED = (
    "IntuitId Organization Title GivenName MiddleName FamilyName Suffix FullyQualifiedName CompanyName DisplayName "
    "PrintOnCheckName UserId Active V4IDPseudonym PrimaryPhone AlternatePhone Mobile Fax PrimaryEmailAddr WebAddr "
    "OtherContactInfo DefaultTaxCodeRef"
)
_NAMES = ("Customer", "Vendor", "Employee")
_PARTS = "DisplayName GivenName MiddleName FamilyName"

CUSTOMER = Entity(
    name="Customer",
    record=record(
        "Customer",
        "Taxable BillAddr ShipAddr OtherAddr ContactName AltContactName Notes Job BillWithParent RootCustomerRef "
        "ParentRef Level CustomerTypeRef SalesTermRef SalesRepRef TaxGroupCodeRef TaxRateRef PaymentMethodRef CCDetail "
        "PriceLevelRef Balance OpenBalanceDate BalanceWithJobs CreditLimit AcctNum CurrencyRef OverDueBalance TotalRevenue "
        "TotalExpense PreferredDeliveryMethod ResaleNum JobInfo TDSEnabled CustomerEx SecondaryTaxIdentifier ARAccountRef "
        "PrimaryTaxIdentifier TaxExemptionReasonId IsProject BusinessNumber GSTIN GSTRegistrationType IsCISContractor "
        "ClientCompanyId ClientEntityId Source TaxRegime",
        {"ParentRef": ref("Customer")},
        _SHARED,
    ),
    sequence="names",
    element="Names",
    read_only=words("FullyQualifiedName Level Balance BalanceWithJobs IsProject V4IDPseudonym"),
    fixed=words("CurrencyRef"),
    defaults={
        "Taxable": True,
        "Job": False,
        "BillWithParent": False,
        "PreferredDeliveryMethod": "Print",
        "Active": True,
    },
    name_property="DisplayName",
    shown_name="DisplayName",
    unique_with=_NAMES,
    hierarchy=True,
    deactivatable=True,
    filterable=words(
        f"{_PARTS} Suffix CompanyName FullyQualifiedName PrintOnCheckName Active Balance PrimaryEmailAddr Job ParentRef"
    ),
    sortable=words(f"{_PARTS} CompanyName PrintOnCheckName Active Balance FullyQualifiedName"),
    prepare=names.customer,
)

VENDOR = Entity(
    name="Vendor",
    record=record(
        "Vendor",
        "ContactName AltContactName Notes BillAddr ShipAddr OtherAddr TaxCountry TaxIdentifier TaxIdEffectiveDate "
        "BusinessNumber ParentRef VendorTypeRef TermRef PrefillAccountRef Balance BillRate OpenBalanceDate CreditLimit AcctNum "
        "Vendor1099 T4AEligible T5018Eligible CurrencyRef TDSEnabled TDSEntityTypeId TDSSectionTypeId TDSOverrideThreshold "
        "TaxReportingBasis APAccountRef VendorEx GSTIN GSTRegistrationType IsSubContractor SubcontractorType CISRate HasTPAR "
        "VendorPaymentBankDetail Source CostRate AgencyVerificationStatus AgencyVerificationStatusMsg AgencyVerificationTSUTC "
        "CompanyRegistrationNumber",
        {"TaxIdentifier": Text(20), "PrintOnCheckName": Text(100)},
        _SHARED,
    ),
    sequence="names",
    element="Names",
    read_only=words("Balance V4IDPseudonym FullyQualifiedName"),
    fixed=words("CurrencyRef"),
    defaults={"Vendor1099": False, "Active": True},
    name_property="DisplayName",
    shown_name="DisplayName",
    unique_with=_NAMES,
    deactivatable=True,
    filterable=words(f"{_PARTS} Suffix CompanyName PrintOnCheckName Active Balance"),
    sortable=words(f"{_PARTS} CompanyName PrintOnCheckName Active Balance"),
    prepare=names.vendor,
)

EMPLOYEE = Entity(
    name="Employee",
    record=record(
        "Employee",
        "EmployeeType EmployeeNumber SSN PrimaryAddr OtherAddr BillableTime BillRate BirthDate Gender HiredDate "
        "ReleasedDate UseTimeEntry EmployeeEx CostRate Notes",
        {"SSN": Text(100), "PrimaryPhone": GLOSSARY["PrimaryPhone"]},
        _SHARED,
    ),
    sequence="names",
    element="Names",
    read_only=words("V4IDPseudonym FullyQualifiedName"),
    defaults={"BillableTime": False, "Active": True},
    name_property="DisplayName",
    shown_name="DisplayName",
    unique_with=_NAMES,
    deactivatable=True,
    filterable=words(f"{_PARTS} Suffix PrintOnCheckName Active"),
    sortable=words(f"{_PARTS} PrintOnCheckName Active"),
    prepare=names.employee,
)

ENTITIES = (CUSTOMER, VENDOR, EMPLOYEE)
