"""Reports: the tree, the flat rows, and cells that are no numbers although they should be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from syncengine.errors import TransportLost
from syncengine.quickbooks import CallKind
from tests.unit.quickbooks.scripted import Said, document
from tests.unit.quickbooks.scripted import wire as scripted_wire


def column(title: str, kind: str, key: str = "") -> dict[str, Any]:
    return {"ColTitle": title, "ColType": kind, **({"MetaData": [{"Name": "ColKey", "Value": key}]} if key else {})}


def cells(*values: Any) -> dict[str, Any]:
    return {"ColData": [value if isinstance(value, dict) else {"value": value} for value in values]}


def report(rows: list[Any], columns: list[Any] | None = None, **header: Any) -> dict[str, Any]:
    usual = {"Time": "2026-01-15T09:19:21-08:00", "ReportName": "ProfitAndLoss", "ReportBasis": "Accrual", "Currency": "USD"}
    columns = columns or [column("", "Account", "account"), column("Total", "Money", "total")]
    return {"Header": {**usual, **header}, "Columns": {"Column": columns}, "Rows": {"Row": rows}}


PROFIT = report(
    [
        {
            "Header": cells("Income", ""),
            "Rows": {
                "Row": [
                    {
                        "Header": cells({"value": "Landscaping", "id": "45"}, "10.00"),
                        "Rows": {"Row": [{**cells({"value": "Plants", "id": "46"}, "-1,234.50"), "type": "Data"}]},
                        "Summary": cells("Total Landscaping", "-1224.50"),
                        "type": "Section",
                    },
                    {**cells({"value": "Services", "id": "1"}, ""), "type": "Data"},
                ]
            },
            "Summary": cells("Total Income", "-1224.50"),
            "type": "Section",
            "group": "Income",
        },
        {"Summary": cells("Net Income", "-1224.50"), "type": "Section", "group": "NetIncome"},
    ],
    StartPeriod="2026-01-01",
    EndPeriod="2026-01-31",
    Option=[{"Name": "AccountingStandard", "Value": "GAAP"}, {"Name": "NoReportData", "Value": "false"}],
)


def ask(script, bench, body: dict[str, Any], **parameters: Any):
    script.answers = [Said(200, scripted_wire.dumps(body), {"Content-Type": "application/json;charset=utf-8"})]
    return bench.client.report("ProfitAndLoss", **parameters)


def test_a_report_is_asked_for_by_its_name_and_metered(script, bench):
    ask(script, bench, PROFIT, start_date=date(2026, 1, 1), accounting_method="Accrual", adjusted_gain_loss=True)
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("GET", "/v3/company/9130/reports/ProfitAndLoss")
    assert asked.query == {
        "start_date": ["2026-01-01"],
        "accounting_method": ["Accrual"],
        "adjusted_gain_loss": ["true"],
        "minorversion": ["75"],
    }
    assert [(call.kind, call.metered, call.entity) for call in bench.calls] == [(CallKind.REPORT, 1, "ProfitAndLoss")]


def test_the_header_is_read(script, bench):
    found = ask(script, bench, PROFIT)
    assert (found.name, found.basis, found.currency, found.no_data) == ("ProfitAndLoss", "Accrual", "USD", False)
    assert (found.start, found.end) == (date(2026, 1, 1), date(2026, 1, 31))
    assert found.time == datetime(2026, 1, 15, 17, 19, 21, tzinfo=UTC)
    assert found.payload == PROFIT


def test_rows_nest_as_quickbooks_nests_them_and_amounts_are_exact(script, bench):
    income, net = ask(script, bench, PROFIT).rows
    assert (income.group, income.head[0].value, income.total[1].value) == ("Income", "Income", Decimal("-1224.50"))
    landscaping, services = income.rows
    assert (landscaping.head[0].id, landscaping.head[1].value) == ("45", Decimal("10.00"))
    assert (landscaping.rows[0].cells[0].value, landscaping.rows[0].cells[1].value) == ("Plants", Decimal("-1234.50"))
    assert services.cells[1].value is None
    assert (net.kind, net.group, net.rows) == ("Section", "NetIncome", ())


def test_flat_rows_are_dicts_with_their_path(script, bench):
    rows = list(ask(script, bench, PROFIT).flat())
    assert rows == [
        {"account": "Plants", "total": Decimal("-1234.50"), "_path": ("Income", "Landscaping"), "_ids": {"account": "46"}, "_total": False},
        {"account": "Services", "total": None, "_path": ("Income",), "_ids": {"account": "1"}, "_total": False},
    ]


def test_totals_and_headings_with_amounts_come_when_asked_for(script, bench):
    rows = list(ask(script, bench, PROFIT).flat(totals=True))
    assert [(row["account"], row["_total"]) for row in rows] == [
        ("Landscaping", False),
        ("Plants", False),
        ("Total Landscaping", True),
        ("Services", False),
        ("Total Income", True),
        ("Net Income", True),
    ]


def test_columns_of_one_title_are_told_apart(script, bench):
    columns = [column("", "Account"), column("Jan", "Money"), column("Jan", "Money"), column("", "Money")]
    found = ask(script, bench, report([cells("Rent", "1.00", "2.00", "3")], columns))
    (row,) = found.flat()
    assert (row["Account"], row["Jan"], row["Jan 2"], row["Money"]) == ("Rent", Decimal("1.00"), Decimal("2.00"), Decimal(3))


@pytest.mark.parametrize(("text", "value"), [("12.5%", Decimal("12.5")), ("n/a", "n/a"), ("  ", None), (None, None), ("NaN", "NaN")])
def test_a_cell_that_is_no_number_stays_what_it_is(script, bench, text, value):
    columns = [column("a", "Account"), column("b", "Percent")]
    (row,) = ask(script, bench, report([cells("x", text)], columns)).flat()
    assert row["b"] == value


def test_a_report_without_data_says_so(script, bench):
    body = {**report([]), "Rows": {}}
    body["Header"]["Option"] = [{"Name": "NoReportData", "Value": "true"}]
    found = ask(script, bench, body)
    assert found.no_data
    assert list(found.flat()) == []


@pytest.mark.parametrize(
    "rows", [None, [None], [{"ColData": None}], [{"Rows": None, "Header": None, "Summary": None}], [{"ColData": [None, {}, {"value": "1"}, {}]}]]
)
def test_gaps_in_a_report_are_no_error(script, bench, rows):
    body = {**report([]), "Rows": {"Row": rows}, "Header": None}
    found = ask(script, bench, body)
    list(found.flat(totals=True))
    assert (found.name, found.start) == ("", None)


@pytest.mark.parametrize("options", [None, 1, True, "NoReportData", {"Name": "NoReportData"}, [None, 1, []]])
def test_options_in_no_shape_that_is_known_say_nothing(script, bench, options):
    body = report([])
    body["Header"]["Option"] = options
    assert not ask(script, bench, body).no_data


def test_what_holds_no_columns_is_no_report(script, bench):
    script.else_ = document({"QueryResponse": {}})
    with pytest.raises(TransportLost):
        bench.client.report("ProfitAndLoss")


@pytest.mark.parametrize("name", ["", "../query", "Profit And Loss", "a?b"])
def test_a_name_that_could_lead_elsewhere_is_refused(script, bench, name):
    with pytest.raises(ValueError):
        bench.client.report(name)
    assert script.asked == []
