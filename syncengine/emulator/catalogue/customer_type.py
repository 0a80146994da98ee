"""CustomerType: what customers are sorted by. The API reads it; QuickBooks' own screens make it."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words

CUSTOMER_TYPE = Entity(
    name="CustomerType",
    record=record("CustomerType", "Name ParentRef FullyQualifiedName Active"),
    sequence="CustomerType",
    first_id=5_000_000_000_000_003_466,
    id_step=3,
    element="CustomerType",
    name_property="Name",
    shown_name="Name",
    creatable=False,
    updatable=False,
    filterable=words("Name Active"),
    sortable=words("Name Active"),
)

ENTITIES = (CUSTOMER_TYPE,)
