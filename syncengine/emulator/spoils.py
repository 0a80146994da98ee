"""Answers that are complete but wrong: bodies cut, kinds mistaken, batches and CDC out of order, objects of a later QuickBooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.http import Response
from syncengine.emulator.mischief import Fault

#: Enumerations that `new_enum_value` changes where they stand.
_ENUMERATIONS = frozenset(
    {"PrintStatus", "EmailStatus", "BillableStatus", "AccountType", "AccountSubType", "PayType", "PaymentType", "TxnStatus", "Type",
     "PreferredDeliveryMethod", "POStatus", "Classification"}
)  # fmt: skip


def spoilt(fault: Fault, response: Response) -> Response:
    """What a fault makes of a success."""
    kind, body = fault.kind, response.body
    if kind == "wrong_content_type":
        return Response(200, {**response.headers, "Content-Type": "text/html"}, body)
    raw = _RAW.get(kind)
    if raw is not None:
        return Response(200, response.headers, raw(body))
    change = _CHANGES.get(kind)
    if change is None or "json" not in response.headers.get("Content-Type", ""):
        return response
    return Response(200, response.headers, wire.dumps(change(wire.loads(body), fault.options)).encode())


_RAW: dict[str, Callable[[bytes], bytes]] = {
    "cut_json": lambda body: body[: len(body) // 2],
    "empty_200": lambda _: b"",
    "bom": lambda body: b"\xef\xbb\xbf" + body,
}


def _batch(change: Callable[[list[Any]], list[Any]]) -> Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]]:
    def changed(answer: dict[str, Any], _options: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(answer.get("BatchItemResponse"), list):
            return answer
        return {**answer, "BatchItemResponse": change(answer["BatchItemResponse"])}

    return changed


def _parts(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a CDC answer, one for each entity."""
    for response in answer.get("CDCResponse", ()):
        yield from response.get("QueryResponse", ())


def _wrong_deleted(answer: dict[str, Any], _options: Mapping[str, Any]) -> dict[str, Any]:
    for part in _parts(answer):
        for value in part.values():
            if isinstance(value, list) and value and value[0].get("status") != "Deleted":
                meta = {"LastUpdatedTime": value[0].get("MetaData", {}).get("LastUpdatedTime", "")}
                value[0] = {"domain": "QBO", "status": "Deleted", "Id": value[0]["Id"], "MetaData": meta}
                return answer
    return answer


def _item_500(answer: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The item (`item`, counted from 0) took effect; its answer says that the system failed."""
    items, place = answer.get("BatchItemResponse", []), int(options.get("item", 0))
    if 0 <= place < len(items):
        items[place] = {"Fault": faults.system_failure().item_fault(), "bId": items[place].get("bId", "")}
    return answer


def _unseen_stub(answer: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """A deletion of something that nobody ever saw, behind the last part that has anything."""
    for part in reversed(list(_parts(answer))):
        for value in part.values():
            if isinstance(value, list) and value:
                stub = {
                    "domain": "QBO",
                    "status": "Deleted",
                    "Id": str(options.get("id", "999999999")),
                    "MetaData": value[-1]["MetaData"],
                }
                value.append(stub)
                part["maxResults"] = len(value)
                return answer
    return answer


def _cut(answer: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """No more than `rows` objects (1) in all: what comes behind, and so the deletions, is missing."""
    left = max(0, int(options.get("rows", 1)))
    for part in _parts(answer):
        for name, value in list(part.items()):
            if isinstance(value, list):
                kept = value[:left]
                left -= len(kept)
                if kept:
                    part[name], part["maxResults"] = kept, len(kept)
                else:
                    part.clear()
                    break
    return answer


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with an Id in an answer, wherever it stands."""
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
    elif isinstance(value, dict):
        if "Id" in value and "MetaData" in value:
            yield value
        else:
            for item in value.values():
                yield from _objects(item)


def _new_field(answer: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    for each in _objects(answer):
        each[str(options.get("field", "BrandNewField"))] = {"value": "1", "name": "of a later QuickBooks"}
    return answer


def _new_enum_value(answer: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    for each in _objects(answer):
        for name in each.keys() & _ENUMERATIONS:
            each[name] = str(options.get("value", "SomethingNew"))
    return answer


def _changed_type(answer: dict[str, Any], _options: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and flags of each object come as texts."""
    for each in _objects(answer):
        for name, value in each.items():
            if isinstance(value, bool):
                each[name] = "true" if value else "false"
            elif isinstance(value, int | Decimal):
                each[name] = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return answer


def _null_lists(answer: dict[str, Any], _options: Mapping[str, Any]) -> dict[str, Any]:
    """Empty lists come as null, and lists that the object does not have come as well."""
    for each in _objects(answer):
        for name, value in each.items():
            if value == []:
                each[name] = None
        for name in ("CustomField", "LinkedTxn", "AttachableRef"):
            each.setdefault(name, None)
    return answer


_CHANGES: dict[str, Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]]] = {
    "batch_item_500": _item_500,
    "batch_item_missing": _batch(lambda items: items[:-1]),
    "batch_item_doubled": _batch(lambda items: items[:1] + items),
    "batch_reversed": _batch(lambda items: items[::-1]),
    "cdc_wrong_deleted": _wrong_deleted,
    "cdc_unseen_stub": _unseen_stub,
    "cdc_cut": _cut,
    "new_field": _new_field,
    "new_enum_value": _new_enum_value,
    "changed_type": _changed_type,
    "null_lists": _null_lists,
}
