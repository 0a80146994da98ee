"""A line's amount is not its quantity x price by QuickBooks' rounding: it is reckoned anew."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from syncengine.corrections._correction import Act, Correction, Facts, Klass, Trouble, Verdict, coded, override


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    acts: list[Act] = []
    total = Decimal(0)
    for line in facts.ours.get("Line") or ():
        detail = line.get("DetailType", "")
        quantity, price = line.get(f"{detail}.Qty"), line.get(f"{detail}.UnitPrice")
        if quantity is None or price is None or line.get("line") is None:
            continue
        amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if amount != Decimal(line["Amount"]):
            total += amount - Decimal(line["Amount"])
            acts.append(override(f"Line.{line['line']}.Amount", format(amount, "f").rstrip("0").rstrip(".")))
    if not acts:
        return None
    return Verdict(f"Sends {facts.shown} with the amounts that QuickBooks reckons: {total:+} in all.", tuple(acts))


CORRECTION = Correction(
    row="6070",
    cause="A line's amount is not its quantity x price.",
    remedy="Correct the amount, the quantity or the price of the line, then save the record.",
    klass=Klass.POLICY,
    consent="Reckon a line's amount anew",
    source="Intuit's list of error codes (6070: Amount calculation incorrect)",
    fits=coded("6070"),
    rank=30,
    does="Sends the line with quantity x price, rounded half up to the cent, as its amount.",
    decide=_decide,
    undo="Our own amounts are sent again.",
)
