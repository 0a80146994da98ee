"""What customers, vendors and documents have in common: names, ways to reach somebody, addresses."""

from __future__ import annotations

from syncengine.entities._fields import Field, Name, Text

#: Lengths from Intuit's schema of a physical address.
_ADDRESS = (
    ("Line1", "line1", 500),
    ("Line2", "line2", 500),
    ("City", "city", 255),
    ("CountrySubDivisionCode", "region", 255),
    ("PostalCode", "postal_code", 30),
    ("Country", "country", 255),
)


def address(path: str, prefix: str) -> tuple[Field, ...]:
    """The six parts of an address: `path` there, columns beginning with `prefix` here."""
    return tuple(Text(f"{path}.{theirs}", f"{prefix}{ours}", longest=longest) for theirs, ours, longest in _ADDRESS)


def contact() -> tuple[Field, ...]:
    """Name and reach of a customer or a vendor; lengths from Intuit's reference of both."""
    return (
        Name("DisplayName", "name", longest=500, forbidden=":\t\n", required=True, always=True),
        Text("CompanyName", "company_name", longest=100),
        Text("GivenName", "given_name", longest=100),
        Text("FamilyName", "family_name", longest=100),
        Text("PrimaryEmailAddr.Address", "email", longest=100),
        Text("PrimaryPhone.FreeFormNumber", "phone", longest=30),
        Text("Mobile.FreeFormNumber", "mobile", longest=30),
        Text("Fax.FreeFormNumber", "fax", longest=30),
        Text("WebAddr.URI", "website", longest=1000),
    )
