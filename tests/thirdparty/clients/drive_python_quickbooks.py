"""python-quickbooks through everything that it offers: every class of quickbooks.objects with every method, then the rest.

Its base URL is three constants of its client class (`api_url_v3`, `sandbox_api_url_v3`, `current_user_url`), set here as a
program would set them. intuit-oauth, which signs it in, takes the address of a discovery document as its environment, and
finds everything else there. oauthlib asks for OAUTHLIB_INSECURE_TRANSPORT where the address is http.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
import warnings
from typing import Any

import python_quickbooks_extras as extras
import python_quickbooks_lists as lists
import quickbooks
from quickbooks.client import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.mixins import UpdateNoIdMixin
from report import Report, WrongAnswerError, at, claim, contains, labelled, plain

#: Methods that ask nobody: they are exercised together, on the object that was read.
LOCAL = {"from_json", "to_json", "json_filter", "to_dict"}
#: The Recurring... classes are parts of a RecurringTransaction, but each also inherits the operations of its form.
FINDERS = ("all", "where", "filter", "choose", "query", "count")


def classes() -> dict[str, type]:
    """Every class of the client's that has operations of its own at QuickBooks, by its name."""
    found: dict[str, type] = {}
    for module in pkgutil.walk_packages(quickbooks.__path__, "quickbooks."):
        if ".tools" in module.name or not module.name.startswith("quickbooks.objects."):
            continue
        for name, each in vars(importlib.import_module(module.name)).items():
            own = inspect.isclass(each) and each.__module__ == module.name and getattr(each, "qbo_object_name", "")
            if own and set(operations(each)) - LOCAL - {"get_object", "set_object", "append", "pop"}:
                found[name] = each
    return found


def operations(cls: type) -> list[str]:
    """The public methods of a class; saving counts twice where an Id tells creating from updating."""
    names = [name for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name))]
    if "save" in names and not issubclass(cls, UpdateNoIdMixin):
        names = [name for name in names if name != "save"] + ["save (create)", "save (update)"]
    return names


class Walk:
    """One class through its operations."""

    def __init__(self, report: Report, client: QuickBooks, cls: type, recipe: dict[str, Any]) -> None:
        self.report, self.client, self.cls, self.recipe = report, client, cls, recipe
        self.offered = set(operations(cls))
        self.name = cls.__name__

    def go(self) -> None:
        """All of it, in an order in which each step leaves what the next one needs."""
        made = self._try("save (create)", self.create)
        if made is None:
            return
        self.look(made)
        changed = self._try("save (update)", lambda: self.update(made)) or made
        self._try("download_pdf", lambda: self.pdf(changed))
        self._try("send", lambda: self.send(changed))
        self._try("void", lambda: self.void(self.get(changed.Id)))
        self.remove(changed.Id)

    def look(self, made: Any) -> None:
        """What only reads."""
        self._try("get", lambda: self.read(made))
        self.local(made)
        for name in FINDERS:
            self._try(name, lambda name=name: self.find(name, made))

    def _try(self, operation: str, call: Any) -> Any:
        if operation in self.offered or operation == "deactivate":
            return self.report.attempt(self.name, operation, call)
        return None

    def get(self, id_: str) -> Any:
        return self.cls.get(id_, qb=self.client)

    def create(self) -> Any:
        wish = self.cls.from_json(self.recipe["create"])
        made = wish.save(qb=self.client)
        claim((wish.Id, str(made.SyncToken)), (made.Id, "0"), "Id and SyncToken")
        self._as_sent(made, self.recipe["create"], self.recipe["expect"])
        return made

    def _as_sent(self, obj: Any, sent: dict[str, Any], expected: dict[str, Any]) -> None:
        found = plain(obj)
        contains(found, sent)
        for path, value in expected.items():
            claim(at(found, path), value, path)

    def read(self, made: Any) -> None:
        claim(plain(self.get(made.Id)), plain(made), "the object as read")

    def local(self, made: Any) -> None:
        """What asks nobody: the object survives its own JSON, and its references name it."""
        found = plain(made)
        for name in ("from_json", "to_json", "json_filter", "to_dict"):
            self._try(name, lambda: claim(plain(self.cls.from_json(json.loads(made.to_json()))) | found, found, "its own JSON"))
        self._try("to_ref", lambda: claim(made.to_ref().type, self.cls.qbo_object_name, "the type of its reference"))
        self._try("to_linked_txn", lambda: claim(made.to_linked_txn().TxnId, made.Id, "the id of its link"))
        for name in ("get_void_params", "get_void_data"):
            self._try(name, lambda name=name: claim(bool(getattr(made, name)()), True, "what a void says"))

    def find(self, name: str, made: Any) -> None:
        by_id = f"Id = '{made.Id}'"
        where = self.recipe["where"] or by_id
        entity = self.cls.qbo_object_name
        calls = {
            "all": lambda: self.cls.all(max_results=1000, qb=self.client),
            "where": lambda: self.cls.where(where, start_position=1, max_results=10, qb=self.client),
            "filter": lambda: self.cls.filter(Id=made.Id, qb=self.client),
            "choose": lambda: self.cls.choose([made.Id, "999999"], field="Id", qb=self.client),
            "query": lambda: self.cls.query(f"SELECT * FROM {entity} WHERE {where} MAXRESULTS 5", qb=self.client),
            "count": lambda: self.cls.count(where, qb=self.client),
        }
        found = calls[name]()
        if name == "count":
            claim(found, 1, f"how many there are {where}")
            return
        ids = [each.Id for each in found]
        claim([id_ for id_ in ids if id_ == made.Id], [made.Id], "the object among the rows")
        if name != "all":
            claim(ids, [made.Id], "the rows")
            claim(plain(found[0]), plain(self.get(made.Id)), "the row")

    def update(self, made: Any) -> Any:
        before = self.get(made.Id)
        for name, value in self.recipe["change"].items():
            setattr(before, name, value)
        after = before.save(qb=self.client)
        claim((after.Id, str(after.SyncToken)), (made.Id, str(int(made.SyncToken) + 1)), "Id and SyncToken after the update")
        self._as_sent(after, self.recipe["change"], self.recipe["changed"])
        self._stale(made)
        return after

    def _stale(self, made: Any) -> None:
        """The object as it was before the update cannot be saved any more."""
        for name, value in self.recipe["change"].items():
            setattr(made, name, value)
        try:
            made.save(qb=self.client)
        except QuickbooksException as refused:
            claim(refused.error_code, 5010, "the refusal of an old SyncToken")
        else:
            raise WrongAnswerError("an old SyncToken was taken")

    def pdf(self, made: Any) -> None:
        content = made.download_pdf(qb=self.client)
        claim((content[:5], content.rstrip()[-5:]), (b"%PDF-", b"%%EOF"), "the ends of the PDF")

    def send(self, made: Any) -> None:
        entity = self.cls.qbo_object_name
        for address in ("buyer+test@example.com", None):
            answer = made.send(qb=self.client, send_to=address)[entity]
            claim((answer["Id"], answer["EmailStatus"]), (made.Id, "EmailSent"), "the form that was sent")

    def void(self, made: Any) -> None:
        made.void(qb=self.client)
        found = self.get(made.Id)
        claim(float(found.TotalAmt), 0.0, "TotalAmt of a void")
        claim("Voided" in found.PrivateNote, True, "Voided in PrivateNote")
        claim(int(found.SyncToken), int(made.SyncToken) + 1, "SyncToken of a void")

    def remove(self, id_: str) -> None:
        self._try("delete", lambda: self.delete(id_))
        if self.recipe["removal"] == "deactivate":
            self._try("deactivate", lambda: self.deactivate(id_))

    def delete(self, id_: str) -> None:
        answer = self.get(id_).delete(qb=self.client)[self.cls.qbo_json_object_name or self.cls.qbo_object_name]
        claim((answer["Id"], answer["status"]), (id_, "Deleted"), "the answer to the delete")
        try:
            self.get(id_)
        except ObjectNotFoundException as gone:
            claim(gone.error_code, 610, "the code of what is gone")
        else:
            raise WrongAnswerError("it can still be read")
        claim(self.cls.where(f"Id = '{id_}'", qb=self.client), [], "rows after the delete")

    def deactivate(self, id_: str) -> None:
        found = self.get(id_)
        found.Active = False
        found.save(qb=self.client)
        claim(self.get(id_).Active, False, "Active as read")
        claim(self.cls.where(f"Id = '{id_}'", qb=self.client), [], "rows without the inactive ones")
        claim([each.Id for each in self.cls.where(f"Id = '{id_}' AND Active = false", qb=self.client)], [id_], "inactive rows")


def ground(client: QuickBooks, known: dict[str, type], plan: dict[str, Any]) -> dict[str, str]:
    """What all the others stand on, created; label -> id."""
    labels: dict[str, str] = {}
    for label, entity, wish in plan["ground"]:
        labels[label] = known[entity].from_json(labelled(wish, labels)).save(qb=client).Id
    return labels


def main() -> None:
    """Read the plan, walk, print the report."""
    plan = json.load(sys.stdin)
    report, known = Report(), classes()
    auth = extras.sign_in(report, plan)
    client = extras.connect(auth, plan)
    for name, cls in known.items():
        report.offered |= {f"{name}.{operation}" for operation in operations(cls)}
    labels = ground(client, known, plan)
    recipes = labelled(plan["recipes"], labels)
    for name, cls in known.items():
        recipe = recipes.get(name.removeprefix("Recurring") if name != "RecurringTransaction" else name)
        if recipe is not None and name != "CompanyCurrency":
            Walk(report, client, cls, recipe).go()
    lists.go(report, client, known, {**plan, "labels": labels, "recipes": recipes})
    extras.go(report, client, auth, known, {**plan, "labels": labels, "recipes": recipes})
    report.finish()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
