"""Envelopes and answers of files, forms and reports."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from syncengine.emulator import Request
from tests.unit.emulator.desk import cost, parsed, side
from tests.unit.emulator.forms import body, content, metadata, send, uploaded
from tests.unit.emulator.reading import report


def invoice(desk):
    return desk.invoice(desk.customer()["Id"], desk.item()["Id"])


def test_an_upload_answers_with_one_attachableresponse_per_file_and_the_time(desk):
    answer = parsed(send(desk, body(content(b"1", "01"), content(b"2", "02"))))
    assert list(answer) == ["AttachableResponse", "time"]
    assert [list(each) for each in answer["AttachableResponse"]] == [["Attachable"], ["Attachable"]]


def test_an_uploaded_file_is_shown_as_recorded(desk):
    form = invoice(desk)
    wish = {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": form["Id"]}}], "FileName": "a.xml", "ContentType": "text/xml"}
    (answer,) = uploaded(desk, metadata(**wish), content(b"x" * 538, content_type="text/xml", filename="a.xml"))
    made = answer["Attachable"]
    assert made["FileAccessUri"] == f"/v3/company/{desk.realm}/download/{made['Id']}"
    assert (made["FileName"], made["Size"], made["ContentType"], made["SyncToken"]) == ("a.xml", 538, "text/xml", "0")
    assert made["AttachableRef"] == [{"EntityRef": {"value": form["Id"], "type": "Invoice"}, "IncludeOnSend": False}]
    assert re.fullmatch(r"5\d{18}", made["Id"])


def test_a_temporary_address_is_signed_for_900_seconds(desk):
    (answer,) = uploaded(desk, content(b"x"))
    query = parse_qs(urlsplit(answer["Attachable"]["TempDownloadUri"]).query)
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert re.fullmatch(r"[0-9a-f]{64}", query["X-Amz-Signature"][0])


def test_a_link_to_what_does_not_exist_is_a_fault_of_its_file_inside_200(desk):
    (answer,) = uploaded(desk, metadata(AttachableRef=[{"EntityRef": {"type": "Estimate", "value": "75"}}]), content(b"x"))
    detail = "Business Validation Error: The entity Estimate 75 that you are trying to link does not exist. Estimate 75"
    message = "A business validation error has occurred while processing your request"
    assert answer["Fault"] == {
        "Error": [{"Message": message, "Detail": detail, "code": "6000", "element": ""}], "type": "ValidationFault",
    }  # fmt: skip


def test_download_answers_with_the_temporary_address_as_plain_text(desk):
    (answer,) = uploaded(desk, content(b"bytes"))
    response = desk.ask("GET", f"download/{answer['Attachable']['Id']}")
    assert response.headers["Content-Type"].startswith("text/plain")
    address = urlsplit(response.body.decode())
    assert desk.emulator.handle(Request("GET", f"{address.path}?{address.query}")).body == b"bytes"


def test_an_attachable_is_deleted_by_its_id_alone(desk):
    note = desk.post("attachable", {"Note": "n"})
    assert desk.post("attachable?operation=delete", {"Id": note["Id"]}) == {"domain": "QBO", "status": "Deleted", "Id": note["Id"]}


def test_a_pdf_is_answered_as_application_pdf(desk):
    response = desk.ask("GET", f"invoice/{invoice(desk)['Id']}/pdf", Accept="application/pdf")
    assert (response.status, response.headers["Content-Type"], response.body[:5]) == (200, "application/pdf", b"%PDF-")


def test_sending_fills_emailstatus_deliveryinfo_and_billemail(desk):
    form = invoice(desk)
    sent = desk.post(f"invoice/{form['Id']}/send?sendTo=ada@example.com", b"")
    assert sent["EmailStatus"] == "EmailSent"
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    assert sent["BillEmail"] == {"Address": "ada@example.com"}


def test_sending_without_any_address_is_6420(desk):
    assert desk.refused(f"invoice/{invoice(desk)['Id']}/send", b"")["code"] == "6420"


def test_the_link_of_an_invoice_comes_only_with_include(desk):
    made = desk.invoice(desk.customer()["Id"], desk.item()["Id"], AllowOnlineACHPayment=True, BillEmail={"Address": "a@example.com"})
    assert "InvoiceLink" not in made
    assert parsed(desk.ask("GET", f"invoice/{made['Id']}?include=invoiceLink"))["Invoice"]["InvoiceLink"].startswith("https://")


def test_a_report_has_header_columns_and_rows_and_no_envelope(desk):
    shown = parsed(desk.ask("GET", "reports/ProfitAndLoss"))
    assert list(shown) == ["Header", "Columns", "Rows"]
    assert list(shown["Header"]) == [
        "Time", "ReportName", "DateMacro", "ReportBasis", "StartPeriod", "EndPeriod", "SummarizeColumnsBy", "Currency", "Option",
    ]  # fmt: skip
    assert shown["Header"]["Option"] == [{"Name": "AccountingStandard", "Value": "GAAP"}, {"Name": "NoReportData", "Value": "true"}]
    assert shown["Columns"]["Column"] == [
        {"ColTitle": "", "ColType": "Account", "MetaData": [{"Name": "ColKey", "Value": "account"}]},
        {"ColTitle": "Total", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]},
    ]  # fmt: skip


def test_a_balance_sheet_has_the_groups_that_were_recorded(desk):
    checking, card = desk.account("Checking"), {"AccountType": "Credit Card", "AccountSubType": "CreditCard"}
    loan = {"AccountType": "Long Term Liability", "AccountSubType": "NotesPayable"}
    for name, kind in (("Visa", card), ("Loan", loan)):
        made = {"value": desk.post("account", {"Name": name, **kind})["Id"]}
        desk.post("journalentry", {"Line": [side("Debit", checking, 10), side("Credit", made, 10)]})
    desk.bill(desk.vendor()["Id"], 5)
    desk.invoice(desk.customer()["Id"], desk.item()["Id"], 100)
    groups = [row.group for row in report(desk, "BalanceSheet").rows if row.group]
    assert groups == [
        "BankAccounts", "AR", "CurrentAssets", "TotalAssets", "AP", "CreditCards", "CurrentLiabilities", "LongTermLiabilities",
        "Liabilities", "NetIncome", "Equity", "TotalLiabilitiesAndEquity",
    ]  # fmt: skip


def test_amounts_are_texts_with_two_decimals_and_rows_carry_the_ids(desk):
    desk.post("bill", {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [cost(desk.account("Supplies"), 1234.5)]})
    shown = parsed(desk.ask("GET", "reports/ProfitAndLoss"))
    row = next(row for row in shown["Rows"]["Row"] if row.get("group") == "Expenses")["Rows"]["Row"][0]
    assert row == {"ColData": [{"value": "Supplies", "id": desk.account("Supplies")["value"]}, {"value": "1234.50"}], "type": "Data"}


def test_the_trial_balance_ends_in_a_grand_total_and_its_rows_have_no_type(desk):
    desk.bill(desk.vendor()["Id"], 5)
    shown = parsed(desk.ask("GET", "reports/TrialBalance"))
    assert [each["ColTitle"] for each in shown["Columns"]["Column"]] == ["", "Debit", "Credit"]
    assert "type" not in shown["Rows"]["Row"][0]
    total = {"ColData": [{"value": "TOTAL"}, {"value": "5.00"}, {"value": "5.00"}]}
    assert shown["Rows"]["Row"][-1] == {"Summary": total, "type": "Section", "group": "GrandTotal"}


def test_the_general_ledger_has_the_columns_that_were_recorded(desk):
    found = report(desk, "GeneralLedger")
    assert [each["ColTitle"] for each in found.columns] == [
        "Date", "Transaction Type", "Num", "Name", "Memo/Description", "Split", "Amount", "Balance",
    ]  # fmt: skip
    assert found.keys == ["tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount"]
    assert found.header["DateMacro"] == "this month-to-date"


def test_aged_receivables_have_five_ages_and_name_their_day(desk):
    desk.invoice(desk.customer()["Id"], desk.item()["Id"], 100)
    found = report(desk, "AgedReceivables", report_date="2026-01-15")
    assert [each["ColTitle"] for each in found.columns] == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert found.columns[0]["ColType"] == "Customer"
    assert found.header["Option"][0] == {"Name": "report_date", "Value": "2026-01-15"}


def test_the_ages_of_the_detail_are_named_by_days_past_due(desk):
    desk.invoice(desk.customer()["Id"], desk.item()["Id"], 100, TxnDate="2025-06-01", DueDate="2025-07-01")
    assert report(desk, "AgedReceivableDetail").rows[0].texts[0] == "91 or more days past due"


def test_an_unknown_report_is_an_unsupported_operation(desk):
    error = desk.refused("reports/Horoscope", None, "GET")
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")


def test_a_report_is_a_metered_read(desk):
    desk.ask("GET", "reports/TrialBalance")
    assert desk.control("GET", "meter")[1]["meter"][-1]["coreplus"] == 1


def test_reports_have_a_limit_of_their_own(make):
    desk = make(quotas=True, requests_per_second=1000, reports_per_minute=2)
    assert [desk.ask("GET", "reports/TrialBalance").status for _ in range(3)] == [200, 200, 429]
    assert desk.ask("GET", f"companyinfo/{desk.realm}").status == 200


def test_a_report_in_xml_is_a_report_with_cells_as_attributes(desk):
    desk.bill(desk.vendor()["Id"], 5)
    response = desk.ask("GET", "reports/TrialBalance", Accept="application/xml")
    root = ET.fromstring(response.body)
    space = "{http://schema.intuit.com/finance/v3}"
    assert root.tag == f"{space}Report"
    assert root.find(f"{space}Header/{space}ReportName").text == "TrialBalance"
    rows = root.findall(f"{space}Rows/{space}Row")
    assert [each.get("value") for each in rows[0]] == ["Accounts Payable (A/P)", "", "5.00"]
    assert (rows[-1].get("type"), rows[-1].get("group")) == ("Section", "GrandTotal")
