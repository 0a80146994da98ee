"""The story: eight days of Harbor Supply Co., told hour by hour and played on a stage.

docs/sample.md tells it to people: who, what, and each trouble with its cause and its cure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from syncengine import commands
from syncengine.sample import acts
from syncengine.sample.stage import Stage
from syncengine.sample.trade import GARDEN, Receipt, Sale
from syncengine.store.samples import MISSING

D = Decimal
#: Who presses Sync now.
OFFICE, STORE, BOOKS = "Maya Okafor", "Tomas Lindqvist", "Priya Raman"
#: The story begins so long before the moment at which the day is looked at.
BEGINS = timedelta(days=8, hours=7)
#: Each day has its automatic sync so many hours before the hour at which the last day ends.
_AUTOMATIC = 4.0


@dataclass(frozen=True)
class Moment:
    """One thing that happens, so many days and hours before the end. What `syncs` is one of the syncs that are counted."""

    days: int
    hours: float
    act: Callable[[Stage], object]
    syncs: bool = False


def play(stage: Stage, say: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Play the whole story; `say` hears after each sync how many are done, and of how many."""
    total, done = sum(moment.syncs for moment in STORY), 0
    say(0, total)
    for moment in STORY:
        stage.at(moment.days, moment.hours)
        moment.act(stage)
        if moment.syncs:
            done += 1
            say(done, total)
    stage.at(0, 0)


# --- eight days ago: the company is connected ----------------------------------------------------------------------


def _connected(stage: Stage) -> None:
    """The bookkeeper opens an account for what customers pay ahead."""
    account = {"Name": "Customer deposits", "AccountType": "Other Current Liability", "AccountSubType": "OtherCurrentLiabilities"}
    stage.bookkeeper("create", entity="Account", object=account)


def _settled(stage: Stage) -> None:
    """The owner says which accounts to post to and when to sync."""
    owner = stage.person("owner")
    accounts = {
        "adjustment_account": "Inventory Shrinkage", "checking_account": "Checking",
        "deposit_liability_account": "Customer deposits", "close_drop_ship": True,
    }  # fmt: skip
    commands.change_settings(owner, accounts)
    local = (stage.anchor - timedelta(hours=_AUTOMATIC)).astimezone(stage.clocks)
    commands.set_schedule(owner, frequency="daily", time=f"{local:%H:%M}")


def _range(stage: Stage) -> None:
    """The garden corner: its category and items, whom they come from, who asks for them."""
    stage.save("category", {"code": "GDN", "name": "Garden"})
    for code, good in GARDEN.items():
        money = {"unit_price": D(good.price), "purchase_cost": D(good.cost), "standard_cost": D(good.cost)}
        values = {"code": code, "sku": code, "name": good.name, "description": good.name, **money}
        stage.save("item", {**values, "category_id": stage.id("category", "Garden")})
    stage.save("vendor", {
        "code": "V-31", "name": "Northbank Pottery Works", "company_name": "Northbank Pottery Works",
        "email": "sales@northbank.example.com", "line1": "7 Kiln Road", "city": "Astoria", "region": "OR",
        "term_id": stage.id("term", "Net 30"),
    })  # fmt: skip
    acts.customer(stage, "C-201", "Larkfield Nursery", "orders@larkfield.example.com", "18 Mill Lane", "Salem")
    acts.order(stage, 8, "PO-5306", "Northbank Pottery Works", "120 POT-12, 120 SAU-12", due_date=stage.day(7))


# --- seven days ago ------------------------------------------------------------------------------------------------


def _seven(stage: Stage) -> None:
    acts.received(stage, 7)
    acts.sold(stage, 7)
    acts.edited(stage, "purchase_order", "PO-5306", status="closed")


def _seven_later(stage: Stage) -> None:
    stage.save("sales_receipt", {
        "number": "SR-1501", "customer_id": stage.id("customer", "Kestrel Bicycle Co-op"), "txn_date": stage.day(7),
        "department_id": stage.id("department", "Store"), "payment_method_id": stage.id("payment_method", "Visa"),
        "payment_reference": "4471",
    }, acts.sales_lines(stage, "1 SS-40, 2 PT-6", "Online"))  # fmt: skip


# --- six days ago: a web address that is none ----------------------------------------------------------------------


def _six(stage: Stage) -> None:
    mail, web = "office@marigold.example.com", "marigold street"
    acts.customer(stage, "C-202", "Marigold Street Market", mail, "233 Marigold St", "Salem", website=web)
    acts.received(stage, 6)
    acts.sold(stage, 6)


def _six_later(stage: Stage) -> None:
    """Somebody puts the web address right; a count finds two boxes less."""
    acts.edited(stage, "customer", "Marigold Street Market", website="https://marigold.example.com")
    line = {"item_id": stage.id("item", "Hex bolt M8 box of 100"), "quantity": D(-2), "unit_cost": D("9.8")}
    stage.save("adjustment", {"number": "ADJ-547", "txn_date": stage.day(6), "private_note": "Cycle count, aisle 3"}, [line])


# --- five days ago: QuickBooks is out of order in the afternoon ----------------------------------------------------


def _five(stage: Stage) -> None:
    acts.sold(stage, 5)
    acts.payment(stage, 5, "PMT-3301", "Foxglove Garden Center", "10257", "537.84", "1188")


def _five_later(stage: Stage) -> None:
    stage.save("estimate", {
        "number": "EST-901", "customer_id": stage.id("customer", "Juniper Property Group"), "txn_date": stage.day(5),
        "expiration_date": stage.day(-25),
    }, acts.sales_lines(stage, "40 DS-3, 2 DELIVERY", "Wholesale"))  # fmt: skip
    stage.trouble(kind="system_500", count=60)


# --- four days ago: an order that the mill delivers itself, a deposit, an address that is none ---------------------


def _four(stage: Stage) -> None:
    acts.customer(stage, "C-203", "Harbor Lights Inn", "front desk", "1 Lighthouse Way", "Newport")
    acts.received(stage, 4)
    acts.sold(stage, 4)
    note = "Straight to Granite Peak's site"
    acts.order(stage, 4, "PO-5307", "Tamarack Lumber Mill", "300 PS-24", drop_ship=True, private_note=note)


def _four_later(stage: Stage) -> None:
    stage.save("sales_order", {
        "number": "SO-601", "customer_id": stage.id("customer", "Hollis & Daughters"), "txn_date": stage.day(4), "deposit": D(150),
        "payment_method_id": stage.id("payment_method", "Check"),
    }, acts.sales_lines(stage, "12 KIT-P1, 4 GH-50", "Retail"))  # fmt: skip


# --- three days ago: returns, and what the bookkeeper did ----------------------------------------------------------


def _three(stage: Stage) -> None:
    acts.sold(stage, 3)
    [line] = acts.sales_lines(stage, "1 SS-40", "Wholesale")
    stage.save("customer_return", {
        "number": "RET-301", "customer_id": stage.id("customer", "Cedar & Finch Hardware"), "txn_date": stage.day(3),
        "invoice_id": stage.id("invoice", "10259"), "credit_memo": True, "customer_memo": "One ratchet was missing",
    }, [{**line, "restock_cost": D("52.3")}])  # fmt: skip


def _three_later(stage: Stage) -> None:
    """Crushed cartons go back; the bookkeeper deletes an estimate and types an invoice."""
    stage.save("vendor_return", {
        "number": "VR-201", "vendor_id": stage.id("vendor", "Northline Packaging"), "txn_date": stage.day(3), "vendor_credit": True,
        "private_note": "Crushed in transit",
    }, acts.cost_lines(stage, "3 CT-12"))  # fmt: skip
    stage.bookkeeper("delete", entity="Estimate", id=stage.there("Estimate", "EST-901")["Id"])
    workshop, cafe = stage.there("Item", "Workshop hour")["Id"], stage.there("Customer", "Driftwood Cafe")["Id"]
    detail = {"ItemRef": {"value": workshop}, "Qty": 2, "UnitPrice": D("72.5")}
    line = {"Amount": 145, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, "Description": "Counter repaired"}
    typed = {"DocNumber": "B-118", "TxnDate": stage.day(3).isoformat(), "CustomerRef": {"value": cafe}, "Line": [line]}
    stage.bookkeeper("create", entity="Invoice", object=typed)


# --- two days ago: kits are built, a vendor's name is taken, money comes in ----------------------------------------


def _two(stage: Stage) -> None:
    stage.save("vendor", {
        "code": "V-32", "name": "Kestrel Bicycle Co-op", "company_name": "Kestrel Bicycle Co-op",
        "email": "parts@kestrel.example.com", "line1": "31 Spoke Alley", "city": "Corvallis", "region": "OR",
    })  # fmt: skip
    acts.order(stage, 2, "PO-5308", "Kestrel Bicycle Co-op", "4 TW-12", vendor_memo="Used, tested")
    acts.received(stage, 2)
    acts.sold(stage, 2)
    kit = {"item_id": stage.id("item", "Potting kit"), "quantity": D(20), "class_id": stage.id("class", "Retail")}
    parts = acts.cost_lines(stage, "20 POT-12, 20 SAU-12, 4 BS-50")
    stage.save("build", {"number": "BLD-81", "txn_date": stage.day(2), **kit}, parts)
    stage.save("transfer", {
        "number": "TR-51", "txn_date": stage.day(2), "from_location": "Warehouse", "to_location": "Store",
        "carrier_id": stage.id("vendor", "Cascade Freight Lines"), "carrier_charge": D("38.5"), "carrier_reference": "CF-21044",
        "carrier_account": "Freight & delivery - COS",
    }, [{"item_id": stage.id("item", "Potting kit"), "quantity": D(12)}])  # fmt: skip


def _two_later(stage: Stage) -> None:
    """The bookkeeper takes a payment in, and corrects a telephone number."""
    paid = stage.there("Invoice", "10256")
    link = {"Amount": paid["Balance"], "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Invoice"}]}
    money = {"CustomerRef": paid["CustomerRef"], "TotalAmt": paid["Balance"], "TxnDate": stage.day(2).isoformat(), "Line": [link]}
    stage.bookkeeper("create", entity="Payment", object={**money, "PaymentRefNum": "77120"})
    hollis = stage.there("Customer", "Hollis & Daughters")["Id"]
    stage.bookkeeper("edit", entity="Customer", id=hollis, changes={"PrimaryPhone": {"FreeFormNumber": "(541) 555-0188"}})


# --- yesterday: a bill is changed in QuickBooks, a card pays for the first time ------------------------------------


def _one(stage: Stage) -> None:
    acts.sold(stage, 1)


def _one_later(stage: Stage) -> None:
    acts.receipt(stage, 1, Receipt("IR-705", "Pacific Fastener Supply", "credit card", "AUTH-5520", "24 HB-M10"))
    acts.customer(stage, "C-204", "Café Señorita", "kitchen(at)senorita.example.com", "402 Alder Street", "Portland")
    acts.invoice(stage, 1, Sale("10276", "Café Señorita", "Retail", "Store", "3 PT-6, 1 DELIVERY"))
    bill = stage.twin("Bill", "item_receipt", "IR-702")
    first, *rest = bill["Line"]
    lines = [{**first, "Amount": first["Amount"] + 25}, *rest]
    stage.bookkeeper("edit", entity="Bill", id=bill["Id"], changes={"Line": lines, "VendorRef": bill["VendorRef"]})


def _one_late(stage: Stage) -> None:
    """The workshop gives tool sharpening up, and the bookkeeper makes the service inactive."""
    stage.bookkeeper("deactivate", entity="Item", id=stage.there("Item", "Tool sharpening")["Id"])


# --- today ---------------------------------------------------------------------------------------------------------


def _today(stage: Stage) -> None:
    """The invoice that goes missing; and one e-mail address is changed on both sides."""
    acts.sold(stage, 0)
    acts.invoice(stage, 0, Sale(MISSING, "Hollis & Daughters", "Retail", "Store", "4 SHARPEN, 2 GH-50"))
    acts.edited(stage, "customer", "Juniper Property Group", email="payables@juniper.example.com")
    juniper = stage.there("Customer", "Juniper Property Group")["Id"]
    address = {"PrimaryEmailAddr": {"Address": "ap@juniper-group.example.com"}}
    stage.bookkeeper("edit", entity="Customer", id=juniper, changes=address)


def _today_later(stage: Stage) -> None:
    """A customer is given up here that still owes; some tape is found."""
    acts.edited(stage, "customer", "Granite Peak Builders", active=False)
    found = {"number": "ADJ-548", "txn_date": stage.day(0), "private_note": "Found behind the pallet"}
    stage.save("adjustment", found, acts.cost_lines(stage, "3 PT-6"))


def _waiting(stage: Stage) -> None:
    """What was saved since the last sync: a new customer with two sites and an invoice, and more."""
    head = acts.customer(stage, "C-205", "Summit Trail Lodges", "office@summit.example.com", "9 Pass Road", "Bend")
    for code, place in (("C-205-1", "Bend"), ("C-205-2", "Sisters")):
        name = f"Summit Trail Lodges {place}"
        acts.customer(stage, code, name, "office@summit.example.com", "9 Pass Road", place, parent_id=head)
    sale = Sale("10280", "Summit Trail Lodges Bend", "Wholesale", "Warehouse", "4 PT-6, 10 KIT-P1")
    acts.invoice(stage, 0, sale)
    acts.shipment(stage, 0, sale)
    acts.order(stage, 0, "PO-5309", "Northbank Pottery Works", "60 POT-12", due_date=stage.day(-14))
    acts.payment(stage, 0, "PMT-3302", "Bayside Marine Repair", "10258", "307.2", "2290")
    stage.capture()


def _sync(by: str) -> Callable[[Stage], object]:
    return lambda stage: stage.sync(by)


#: Everything that happens, in order.
STORY = (
    Moment(8, 6.5, _connected),
    Moment(8, 5, _sync("owner"), syncs=True),
    Moment(8, 3, _range),
    Moment(8, 2, _settled),
    Moment(8, 1, _sync(OFFICE), syncs=True),
    Moment(7, 6, _seven),
    Moment(7, 4, Stage.automatic, syncs=True),
    Moment(7, 3, _seven_later),
    Moment(7, 1, _sync(OFFICE), syncs=True),
    Moment(6, 6, _six),
    Moment(6, 4, Stage.automatic, syncs=True),
    Moment(6, 3, _six_later),
    Moment(6, 1, _sync(STORE), syncs=True),
    Moment(5, 6, _five),
    Moment(5, 4, Stage.automatic, syncs=True),
    Moment(5, 3, _five_later),
    Moment(5, 1, _sync(OFFICE), syncs=True),
    Moment(4, 6.5, Stage.calm),
    Moment(4, 6, _four),
    Moment(4, 4, Stage.automatic, syncs=True),
    Moment(4, 3, _four_later),
    Moment(4, 1, _sync(STORE), syncs=True),
    Moment(3, 6, _three),
    Moment(3, 4, Stage.automatic, syncs=True),
    Moment(3, 3, _three_later),
    Moment(3, 1, _sync(OFFICE), syncs=True),
    Moment(2, 6, _two),
    Moment(2, 4, Stage.automatic, syncs=True),
    Moment(2, 3, _two_later),
    Moment(2, 1, _sync(BOOKS), syncs=True),
    Moment(1, 6, _one),
    Moment(1, 4, Stage.automatic, syncs=True),
    Moment(1, 3, _one_later),
    Moment(1, 0.75, _sync(OFFICE), syncs=True),
    Moment(1, 0.5, _one_late),
    Moment(0, 6, _today),
    Moment(0, 4, Stage.automatic, syncs=True),
    Moment(0, 2, _today_later),
    Moment(0, 0.8, _sync(OFFICE), syncs=True),
    Moment(0, 0.2, _waiting),
)
