"""A client of an emulator's company that hides nothing, and the lines that tests put together."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from syncengine.emulator import Emulator, Request, Response


class Desk:
    """One signed-in client of one company."""

    def __init__(self, emulator: Emulator, kind: str, client_id: str = "app") -> None:
        self.emulator = emulator
        self.realm = emulator.add_company(kind).realm
        self.tokens = emulator.connect(self.realm, client_id, "secret")

    def ask(self, method: str, tail: str, body: Any = None, **headers: str) -> Response:
        """One request behind `/v3/company/{realm}/`."""
        sent = {"Authorization": f"Bearer {self.tokens['access_token']}", "Accept": "application/json", **headers}
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=float).encode()
        return self.emulator.handle(Request(method, f"/v3/company/{self.realm}/{tail}", sent, raw))

    def post(self, tail: str, body: Any) -> dict[str, Any]:
        """The answer to a POST that has to succeed: the object out of its envelope."""
        response = self.ask("POST", tail, body)
        assert response.status == 200, response.body
        return next(iter(parsed(response).values()))

    def read(self, entity: str, id_: str) -> dict[str, Any]:
        """One object."""
        response = self.ask("GET", f"{entity.lower()}/{id_}")
        assert response.status == 200, response.body
        return parsed(response)[entity]

    def refused(self, tail: str, body: Any, method: str = "POST") -> dict[str, Any]:
        """The one error of a request that has to be refused with HTTP 400."""
        response = self.ask(method, tail, body)
        assert response.status == 400, (response.status, response.body)
        (error,) = parsed(response)["Fault"]["Error"]
        return error

    def select(self, statement: str) -> list[dict[str, Any]]:
        """The objects of a query."""
        response = self.ask("GET", f"query?query={quote(statement)}")
        assert response.status == 200, response.body
        return next((rows for rows in parsed(response)["QueryResponse"].values() if isinstance(rows, list)), [])

    def batch(self, *items: dict[str, Any], requestid: str = "") -> dict[str, dict[str, Any]]:
        """The answers of a batch by bId; items without one get `i0`, `i1`..."""
        numbered = [{"bId": f"i{place}", **item} for place, item in enumerate(items)]
        response = self.ask("POST", f"batch?requestid={requestid}", {"BatchItemRequest": numbered})
        assert response.status == 200, response.body
        return {each["bId"]: each for each in parsed(response)["BatchItemResponse"]}

    def control(self, method: str, name: str, body: Any = None) -> tuple[int, Any]:
        """One control request: status and JSON."""
        raw = b"" if body is None else json.dumps(body).encode()
        response = self.emulator.handle(Request(method, f"/_emulator/{name}", {}, raw))
        return response.status, parsed(response)

    def act(self, action: str, **wish: Any) -> dict[str, Any]:
        """What the bookkeeper does."""
        status, answer = self.control("POST", "actor", {"realm_id": self.realm, "action": action, **wish})
        assert status == 200, answer
        return answer.get("object", answer)

    def account(self, name: str) -> dict[str, str]:
        """A reference to an account by its full name."""
        return {"value": self.select(f"select * from Account where FullyQualifiedName = '{quoted(name)}'")[0]["Id"]}

    def customer(self, name: str = "Ada Ltd", **more: Any) -> dict[str, Any]:
        return self.post("customer", {"DisplayName": name, **more})

    def vendor(self, name: str = "Bolt & Co", **more: Any) -> dict[str, Any]:
        return self.post("vendor", {"DisplayName": name, **more})

    def item(self, name: str = "Widget", **more: Any) -> dict[str, Any]:
        wish = {"Name": name, "Type": "NonInventory", "IncomeAccountRef": self.account("Sales of Product Income"), **more}
        return self.post("item", wish)

    def invoice(self, customer: str, item: str, amount: Any = 100, **more: Any) -> dict[str, Any]:
        return self.post("invoice", {"CustomerRef": {"value": customer}, "Line": [sale(item, amount)], **more})

    def bill(self, vendor: str, amount: Any = 50, **more: Any) -> dict[str, Any]:
        return self.post("bill", {"VendorRef": {"value": vendor}, "Line": [cost(self.account("Supplies"), amount)], **more})


def quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def parsed(response: Response) -> Any:
    return json.loads(response.body, parse_float=Decimal)


def sale(item: str, amount: Any, **detail: Any) -> dict[str, Any]:
    """A line of a sales form."""
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": item}, **detail}}


def cost(account: dict[str, str], amount: Any, **detail: Any) -> dict[str, Any]:
    """A line of a bill."""
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": account, **detail},
    }


def side(posting: str, account: dict[str, str], amount: Any, **detail: Any) -> dict[str, Any]:
    """A line of a journal entry."""
    return {
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": account, **detail},
    }
