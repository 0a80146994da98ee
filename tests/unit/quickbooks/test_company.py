"""What a company has one of: rates, tax codes, and the person who signed in."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from syncengine.errors import AccessDenied, ConfigurationError, Retriable, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import CallKind, Endpoints, FaultError
from tests.unit.quickbooks.scripted import Said, document, found, granted, refused
from tests.unit.quickbooks.test_faults import GATEWAY

BASE = "/v3/company/9130"
USERINFO = "/v1/openid_connect/userinfo"


def test_a_rate_is_read_for_a_currency_and_a_day(script, bench):
    script.answers = [found("ExchangeRate", SourceCurrencyCode="EUR", Rate=Decimal("1.0923")), found("ExchangeRate", Rate=1)]
    answer = bench.client.exchange_rate("EUR", date(2026, 1, 15))
    assert (answer.payload["Rate"], answer.id) == (Decimal("1.0923"), "")
    bench.client.exchange_rate("USD")
    first, second = script.asked
    assert (first.path, first.query) == (f"{BASE}/exchangerate", {"sourcecurrencycode": ["EUR"], "asofdate": ["2026-01-15"], "minorversion": ["75"]})
    assert "asofdate" not in second.query


def test_a_rate_is_set_though_it_has_no_id(script, bench):
    script.answers = [found("ExchangeRate", Rate=2)]
    rate = {"SourceCurrencyCode": "EUR", "TargetCurrencyCode": "USD", "Rate": Decimal("1.1"), "AsOfDate": "2026-01-15"}
    assert bench.client.set_exchange_rate(rate, requestid="x-1").payload == {"Rate": 2}
    (asked,) = script.asked
    assert (asked.method, asked.path, asked.query["requestid"]) == ("POST", f"{BASE}/exchangerate", ["x-1"])
    assert json.loads(asked.body) == {**rate, "Rate": 1.1}
    with pytest.raises(ValueError):
        bench.client.set_exchange_rate(rate, requestid="")


class TestTaxCodes:
    MADE = {"TaxCode": "New", "TaxCodeId": "7", "TaxRateDetails": [{"TaxRateName": "r", "TaxRateId": "9", "RateValue": 5}]}  # noqa: RUF012

    def test_an_answer_without_envelope_is_read(self, script, bench):
        script.answers = [Said(200, json.dumps(self.MADE).encode(), {"intuit_tid": "t"})]
        made = bench.client.create_tax_code({"TaxCode": "New", "TaxRateDetails": [{"TaxRateId": "9"}]}, requestid="t-1")
        assert (made.name, made.id, made.rates[0]["TaxRateId"], made.tid) == ("New", "7", "9", "t")
        (asked,) = script.asked
        assert (asked.path, asked.query["requestid"]) == (f"{BASE}/taxservice/taxcode", ["t-1"])

    def test_an_envelope_is_no_hindrance_either(self, script, bench):
        script.answers = [document({"TaxService": {**self.MADE, "TaxRateDetails": None}})]
        made = bench.client.create_tax_code({}, requestid="t-1")
        assert (made.id, made.rates) == ("7", ())

    def test_a_taken_name_is_refused_and_a_strange_answer_unknown(self, script, bench):
        script.answers = [refused("6240", "Duplicate Name Exists Error"), document({"TaxCode": "New"})]
        with pytest.raises(FaultError):
            bench.client.create_tax_code({}, requestid="t-1")
        with pytest.raises(TransportLost):
            bench.client.create_tax_code({}, requestid="t-2")


class TestUser:
    SAID = {"sub": "u-1", "email": "a@example.com", "emailVerified": True, "givenName": "Ada", "familyName": "L", "phoneNumber": "1"}  # noqa: RUF012

    def test_the_person_is_named_and_it_costs_nothing(self, script, bench):
        script.answers = [Said(200, json.dumps(self.SAID).encode())]
        user = bench.client.user_info()
        assert (user.sub, user.email, user.email_verified, user.given_name) == ("u-1", "a@example.com", True, "Ada")
        assert "example.com" not in repr(user)
        (asked,) = script.asked
        assert (asked.path, asked.headers["authorization"]) == (USERINFO, "Bearer access-1")
        assert [(call.kind, call.metered) for call in bench.calls] == [(CallKind.TOKEN, 0)]

    def test_the_other_spelling_and_gaps_are_read_too(self, script, bench):
        script.answers = [Said(200, b'{"sub":"u","email_verified":"true","family_name":null,"phone_number":7}')]
        user = bench.client.user_info()
        assert (user.email, user.email_verified, user.family_name, user.phone_number) == ("", True, "", "")

    def test_an_old_token_is_renewed_and_a_missing_scope_told(self, script, bench):
        script.answers = [Said(401), granted("access-2", "refresh-2"), Said(200, b'{"sub":"u"}')]
        assert bench.client.user_info().sub == "u"
        script.answers = [Said(401), granted("access-3", "refresh-3"), Said(401)]
        with pytest.raises(AccessDenied, match="openid"):
            bench.client.user_info()

    @pytest.mark.parametrize(("said", "error"), [(Said(500), ServiceDown), (Said(429), Throttled), (Said(200, b"{}"), TransportLost)])
    def test_trouble_at_intuits_accounts_is_passing_trouble(self, script, bench, said, error):
        script.else_ = said
        with pytest.raises(error) as trouble:
            bench.client.user_info()
        assert isinstance(trouble.value, Retriable)

    def test_endpoints_without_it_say_so(self, script, make_bench, clock):
        url = script.url
        bench = make_bench(clock, endpoints=Endpoints(api=url, authorize=url, token=url, revoke=url))
        with pytest.raises(ConfigurationError):
            bench.client.user_info()
        with pytest.raises(ConfigurationError):
            bench.client.oauth.discover()


def test_a_401_on_a_write_of_the_company_renews_and_repeats(script, bench):
    script.answers = [Said(401, GATEWAY), granted("access-2", "refresh-2"), found("Preferences", Id="1", SyncToken="2")]
    answer = bench.client.update("Preferences", {"Id": "1", "SyncToken": "1", "sparse": True}, requestid="p-1")
    assert answer.sync_token == "2"
    assert script.paths() == [f"{BASE}/preferences", "/oauth2/v1/tokens/bearer", f"{BASE}/preferences"]
