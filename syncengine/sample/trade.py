"""What Harbor Supply Co. buys and sells in the sample's days, all invented; some of it QuickBooks had before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple


class Good(NamedTuple):
    """An item: its name, what one costs to buy and to the customer; a service costs nothing to buy."""

    name: str
    cost: str
    price: str


#: New in the range: the garden corner.
GARDEN: Mapping[str, Good] = {
    "POT-12": Good("Terracotta pot 12 in", "9.25", "18.5"),
    "SAU-12": Good("Terracotta saucer 12 in", "2.8", "6.4"),
    "GH-50": Good("Garden hose 50 ft", "17.6", "32"),
    "BS-50": Good("Bamboo stake bundle of 50", "5.45", "11.9"),
    "KIT-P1": Good("Potting kit", "17.95", "34.9"),
}
#: Everything that is sold, by code.
GOODS: Mapping[str, Good] = {
    "HB-M8": Good("Hex bolt M8 box of 100", "9.8", "18.5"),
    "HB-M10": Good("Hex bolt M10 box of 50", "11.25", "21"),
    "DS-3": Good("Deck screw 3 in 5 lb", "19.4", "34.95"),
    "CT-12": Good("Carton 12x12x12 bundle of 25", "16.1", "29.75"),
    "PT-6": Good("Packing tape 6 pack", "7.6", "14.25"),
    "SS-40": Good("Socket set 40 piece", "52.3", "89"),
    "TW-12": Good("Torque wrench 1/2 in", "78", "129.5"),
    "CD-18": Good("Cordless driver 18V", "101.5", "164"),
    "WS-W": Good("Wood stain walnut 1 gal", "27.15", "46.8"),
    "MV-1": Good("Marine varnish 1 qt", "21.9", "38.4"),
    "CB-16": Good("Cedar board 1x6x8", "7.35", "12.6"),
    "PS-24": Good("Pine stud 2x4x8", "3.1", "5.45"),
    "DELIVERY": Good("Delivery", "", "45"),
    "SHARPEN": Good("Tool sharpening", "", "18"),
    "WORKSHOP": Good("Workshop hour", "", "72.5"),
    **GARDEN,
}


def amounts(said: str) -> list[tuple[Good, Decimal]]:
    """What a list of quantities and codes says.

    >>> [(good.name, str(quantity)) for good, quantity in amounts("6 HB-M8, 1 DELIVERY")]
    [('Hex bolt M8 box of 100', '6'), ('Delivery', '1')]
    """
    pairs = (part.split() for part in said.split(","))
    return [(GOODS[code], Decimal(quantity)) for quantity, code in pairs]


class Sale(NamedTuple):
    """An invoice and, of its goods, a shipment; `what` as `amounts` reads it, and a discount on all of it."""

    number: str
    customer: str
    class_: str
    department: str
    what: str
    discount: str = "0"


class Receipt(NamedTuple):
    """Goods from a vendor: what it becomes in QuickBooks, the vendor's own number, and of which order it comes."""

    number: str
    vendor: str
    posts_as: str
    reference: str
    what: str
    order: str = ""


#: Days ago -> what was sold on that day.
SALES: Mapping[int, tuple[Sale, ...]] = {
    7: (
        Sale("10256", "Alder Creek Outfitters", "Wholesale", "Warehouse", "6 HB-M8, 2 DS-3"),
        Sale("10257", "Foxglove Garden Center", "Wholesale", "Warehouse", "24 POT-12, 24 SAU-12", "0.1"),
        Sale("10258", "Bayside Marine Repair", "Retail", "Store", "8 MV-1"),
    ),
    6: (
        Sale("10259", "Cedar & Finch Hardware", "Wholesale", "Warehouse", "6 SS-40, 12 PT-6, 1 DELIVERY"),
        Sale("10260", "Evergreen School District", "Schools", "Warehouse", "4 CD-18, 2 TW-12"),
        Sale("10261", "Ironwood Furniture Works", "Wholesale", "Warehouse", "6 WS-W, 80 CB-16"),
    ),
    5: (
        Sale("10262", "Granite Peak Builders", "Wholesale", "Warehouse", "150 PS-24, 60 CB-16, 1 DELIVERY"),
        Sale("10263", "Hollis & Daughters", "Retail", "Store", "3 GH-50, 5 BS-50"),
    ),
    4: (
        Sale("10264", "Juniper Property Group", "Wholesale", "Warehouse", "10 DS-3, 12 HB-M10"),
        Sale("10265", "Alder Creek Outfitters", "Wholesale", "Warehouse", "8 CT-12"),
        Sale("10266", "Bayside Boatyard", "Online", "Store", "4 MV-1, 2 PT-6"),
    ),
    3: (
        Sale("10267", "Foxglove Garden Center", "Wholesale", "Warehouse", "12 GH-50, 18 POT-12", "0.1"),
        Sale("10268", "Kestrel Bicycle Co-op", "Retail", "Store", "1 TW-12, 2 WORKSHOP"),
        Sale("10269", "Cedar & Finch Hardware", "Wholesale", "Warehouse", "20 HB-M8, 15 HB-M10"),
    ),
    2: (
        Sale("10270", "Ironwood Furniture Works", "Wholesale", "Warehouse", "4 WS-W, 4 MV-1"),
        Sale("10271", "Evergreen School District", "Schools", "Warehouse", "3 SS-40, 6 PT-6"),
        Sale("10272", "Granite Peak Builders", "Wholesale", "Warehouse", "90 PS-24, 6 DS-3"),
    ),
    1: (
        Sale("10273", "Juniper Property Group", "Wholesale", "Warehouse", "2 CD-18, 4 HB-M8"),
        Sale("10274", "Larkfield Nursery", "Retail", "Store", "12 POT-12, 12 SAU-12"),
        Sale("10275", "Foxglove Garden Center", "Wholesale", "Warehouse", "6 KIT-P1"),
    ),
    0: (
        Sale("10277", "Alder Creek Outfitters", "Wholesale", "Warehouse", "6 HB-M10, 6 PT-6"),
        Sale("10278", "Bayside Marine Repair", "Retail", "Store", "10 MV-1, 1 DELIVERY"),
    ),
}
#: Days ago -> what was received on that day.
RECEIPTS: Mapping[int, tuple[Receipt, ...]] = {
    7: (Receipt("IR-701", "Northbank Pottery Works", "bill", "NP-4471", "120 POT-12, 120 SAU-12", "PO-5306"),),
    6: (Receipt("IR-702", "Pacific Fastener Supply", "bill", "PF-88213", "60 HB-M8, 24 DS-3"),),
    4: (Receipt("IR-703", "Northline Packaging", "check", "2041", "30 CT-12, 40 PT-6"),),
    2: (Receipt("IR-704", "Tamarack Lumber Mill", "bill", "TL-3302", "400 PS-24, 150 CB-16"),),
}
