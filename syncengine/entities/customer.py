"""Customer: whom we sell to, with sub-customers. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, HasParent, Name, Reference, Text, address
from syncengine.terms import Direction

ENTITY = Entity(
    name="Customer",
    kind="customer",
    direction=Direction.BOTH,
    natural_key="DisplayName",
    fields=(
        Name("DisplayName", "name", longest=500, forbidden=":\t\n", required=True, always=True),
        Text("CompanyName", "company_name", longest=100),
        Text("GivenName", "given_name", longest=100),
        Text("FamilyName", "family_name", longest=100),
        Text("PrimaryEmailAddr.Address", "email", longest=100),
        Text("PrimaryPhone.FreeFormNumber", "phone", longest=30),
        Text("Mobile.FreeFormNumber", "mobile", longest=30),
        Text("Fax.FreeFormNumber", "fax", longest=30),
        Text("WebAddr.URI", "website", longest=1000),
        *address("BillAddr", "bill_"),
        *address("ShipAddr", "ship_"),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Reference("ParentRef", "parent_id", refers_to="Customer"),
        HasParent("Job", "parent_id", default=False),
        Flag("Taxable", "taxable", default=True),
        Text("Notes", "notes", longest=2000),
        Flag("Active", "active", default=True),
    ),
)
