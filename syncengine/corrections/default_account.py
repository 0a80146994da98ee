"""Only an account is missing, and the owner has set a default for it: that one is used."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, by_element, coded, override

#: Which setting stands in for which property.
_DEFAULTS: Mapping[str, str] = {
    "IncomeAccountRef": "income_account",
    "ExpenseAccountRef": "expense_account",
    "APAccountRef": "payable_account",
    "AssetAccountRef": "asset_account",
    "DepositToAccountRef": "deposit_asset_account",
}


def _missing(trouble: Trouble) -> str | None:
    return next((path for path in _DEFAULTS if path in trouble.words or path in trouble.element), None)


def _decide(trouble: Trouble, facts: Facts) -> Verdict | None:
    path = _missing(trouble)
    account = facts.accounts.get(_DEFAULTS[path]) if path else None
    if path is None or account is None or path not in facts.ours or facts.payload.get(path):
        return None
    return Verdict(f"Sends {facts.shown} with the company's default account {account[0]}.", (override(path, account[1]),))


CORRECTION = Correction(
    row="2020: only an account is missing",
    cause="The record names no account where QuickBooks wants one.",
    remedy="Choose an account on the record, or set the company's default, then save it.",
    klass=Klass.POLICY,
    consent="Use the default account where QuickBooks asks for one",
    source="Intuit's list of error codes (2020: Required param missing)",
    fits=lambda trouble: coded("2020")(trouble) and _missing(trouble) is not None,
    rank=40,
    does="Sends the record with the company's default account.",
    idle="Today's kinds of records are always sent with it where they name no account, so a person has to act.",
    decide=_decide,
    undo="The record goes without the account again.",
    group=by_element,
    there="Settings (the gear) > Chart of accounts lists the accounts that there are; New adds one.",
)
