"""What a company has one of, or what has no Id: company info, preferences, exchange rates, tax codes, the signed-in user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from syncengine.errors import AccessDenied
from syncengine.quickbooks import answers, wire
from syncengine.quickbooks.answers import TaxCodeMade
from syncengine.quickbooks.calls import Answer, CallKind
from syncengine.quickbooks.oauth import UserInfo
from syncengine.quickbooks.road import Road, check_requestid
from syncengine.quickbooks.transport import TokenRefused


class Company(Road):
    """Operations on the company itself. Preferences and CompanyInfo are changed by `update`, as any object."""

    def company_info(self) -> Answer:
        """The company's name, address, zone and country."""
        return self._one(f"companyinfo/{quote(self._realm_id, safe='')}", "CompanyInfo")

    def preferences(self) -> Answer:
        """The company's preferences: closing date, tracking of classes and departments, numbering."""
        return self._one("preferences", "Preferences")

    def exchange_rate(self, currency: str, on: date | None = None) -> Answer:
        """The rate of `currency` (ISO 4217) to the home currency, on a day or today. It has neither Id nor SyncToken."""
        day = {"asofdate": on.isoformat()} if on else {}
        return self._one("exchangerate", "ExchangeRate", {"sourcecurrencycode": currency, **day})

    def set_exchange_rate(self, payload: Mapping[str, Any], *, requestid: str) -> Answer:
        """Set a rate: SourceCurrencyCode, TargetCurrencyCode, Rate and AsOfDate."""
        return self._posted("exchangerate", "ExchangeRate", payload, requestid)

    def create_tax_code(self, payload: Mapping[str, Any], *, requestid: str) -> TaxCodeMade:
        """Make a tax code with its rates (TaxService): TaxCode, and TaxRateDetails of existing or of new rates."""
        check_requestid(requestid)
        errand = self._errand(
            CallKind.WRITE,
            "POST",
            "taxservice/taxcode",
            "TaxService",
            {"requestid": requestid},
            body=wire.dumps(payload),
            requestid=requestid,
        )
        return self._authorized(errand, self._until(), answers.tax_code)

    def user_info(self) -> UserInfo:
        """Who connected the company; needs the scope `openid` and is asked at Intuit's accounts, outside all quotas."""
        return self._again(self._signed)

    def _signed(self, until: float) -> UserInfo:
        tokens = self._keeper.current()
        try:
            return self.oauth.user_info(tokens, until)
        except TokenRefused:
            tokens = self._keeper.renewed(tokens)
        try:
            return self.oauth.user_info(tokens, until)
        except TokenRefused:
            raise AccessDenied("Intuit tells nothing about the user: connect again with the scope openid.") from None

    def _posted(self, path: str, entity: str, payload: Mapping[str, Any], requestid: str) -> Answer:
        check_requestid(requestid)
        body = wire.dumps(payload)
        errand = self._errand(CallKind.WRITE, "POST", path, entity, {"requestid": requestid}, body=body, requestid=requestid)
        return self._authorized(
            errand, self._until(), lambda document: answers.answer(document, entity, self._clock.now(), written=False)
        )
