"""Addresses that answers carry: temporary downloads of attached files, and the shared link of an invoice."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from syncengine.emulator import wire
from syncengine.emulator.books import Books, Company
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.http import Request, Response
from syncengine.emulator.state import State

#: How long a temporary address works (Attachable reference: 15 minutes; recorded: `X-Amz-Expires=900`).
LIFETIME_SECONDS = 900
_ALGORITHM = "AWS4-HMAC-SHA256"
_DEFAULT_BASE = "https://quickbooks.api.intuit.com"
#: The path of a temporary address, as the object store of QuickBooks forms it: realm, and a name that begins with a digest.
_PATH = re.compile(r"/(?P<realm>\d+)/attachments/(?P<mark>[0-9a-f]{32})(?P<name>.*)", re.DOTALL)
#: Where a file is named in an answer. It cannot stand inside a text: there the quotation marks are escaped.
_NAMED = re.compile(r'"(Thumbnail)?FileAccessUri":"/v3/company/\d+/(?:download|attachable-thumbnail)/(\d+)"')


def base(request: Request) -> str:
    """The address under which whoever asks has reached the emulator."""
    host = request.headers.get("Host", "")
    if not host:
        return _DEFAULT_BASE
    return f"https://{host}" if host.endswith("intuit.com") else f"http://{host}"


def mark(company: Company, id_: str) -> str:
    """What stands for an attachment in its temporary addresses; nobody can guess it from the Id."""
    return hashlib.blake2b(f"{company.seed}:{company.realm}:{id_}".encode(), digest_size=16).hexdigest()


def temporary(books: Books, id_: str, name: str, request: Request) -> str:
    """An address that gives the file to whoever has it, without a token, for 900 seconds."""
    company = books.company
    path = f"/{company.realm}/attachments/{mark(company, id_)}{name}"
    date = books.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"EMULATOR/{date[:8]}/us-east-1/s3/aws4_request"
    query = {
        "X-Amz-Algorithm": _ALGORITHM, "X-Amz-Date": date, "X-Amz-SignedHeaders": "host", "X-Amz-Expires": str(LIFETIME_SECONDS),
        "X-Amz-Credential": scope, "X-Amz-Signature": _signature(company, path, date, str(LIFETIME_SECONDS)),
    }  # fmt: skip
    return f"{base(request)}{quote(path)}?{urlencode(query)}"


def filled(books: Books, body: str, request: Request) -> str:
    """An answer in which each file that is named also has its temporary address, made for this answer."""
    if 'FileAccessUri":"' not in body:
        return body

    def both(found: re.Match[str]) -> str:
        kind, id_ = found[1] or "", found[2]
        row = books.state.execute("SELECT name FROM file WHERE company = ? AND id = ?", (books.company.key, id_)).fetchone()
        if row is None:
            return found[0]
        return f'{found[0]},"{kind}TempDownloadUri":{wire.dumps(temporary(books, id_, row[0], request))}'

    return _NAMED.sub(both, body)


def shared(books: Books, entity: Entity, body: str) -> str:
    """An invoice with the link that its customer may follow, where `include=invoiceLink` asks for it (JSON text both ways).

    QuickBooks makes the link for invoices that can be paid online and have an e-mail address (Invoice reference).
    """
    if entity.name != "Invoice" or "invoicelink" not in books.include:
        return body
    obj = wire.loads(body)
    online = any(obj.get(name) for name in ("AllowOnlineACHPayment", "AllowOnlineCreditCardPayment", "AllowOnlinePayPalPayment"))
    if books.switches["invoice_link"] == "online" and not (online and (obj.get("BillEmail") or {}).get("Address")):
        return body
    mark_ = hashlib.blake2b(f"{books.company.seed}:{books.company.realm}:invoice:{obj['Id']}".encode(), digest_size=20).hexdigest()
    return wire.dumps({**obj, "InvoiceLink": f"https://connect.intuit.com/t/scs-v1-{mark_}"})


def is_temporary(path: str) -> bool:
    """Whether a path is one that `temporary` gives."""
    return _PATH.fullmatch(path) is not None


def served(state: State, company: Company | None, request: Request, now: datetime) -> Response:
    """The file behind a temporary address; otherwise the object store's own refusal, in XML."""
    found = _PATH.fullmatch(request.path)
    if found is None or company is None:
        return _refused(404, "NoSuchBucket", "The specified bucket does not exist")
    query = request.query
    date, seconds = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
    signature = _signature(company, request.path, date, seconds)
    if not hmac.compare_digest(query.get("X-Amz-Signature", "").encode(), signature.encode()):
        reason = "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        return _refused(403, "SignatureDoesNotMatch", reason)
    # The signature holds, so date and lifetime are as `temporary` wrote them.
    made = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if (now - made).total_seconds() >= int(seconds):
        return _refused(403, "AccessDenied", "Request has expired")
    row = state.execute(
        "SELECT content_type, content FROM file WHERE company = ? AND mark = ?", (company.key, found["mark"])
    ).fetchone()
    if row is None:
        return _refused(404, "NoSuchKey", "The specified key does not exist.")
    return Response(200, {"Content-Type": row[0], "Accept-Ranges": "bytes", "Server": "AmazonS3"}, row[1])


def _signature(company: Company, path: str, date: str, seconds: str) -> str:
    key = f"{company.seed}:{company.realm}:files".encode()
    return hmac.new(key, f"{_ALGORITHM}\n{path}\n{date}\n{seconds}".encode(), "sha256").hexdigest()


def _refused(status: int, code: str, message: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>'
    return Response(status, {"Content-Type": "application/xml", "Server": "AmazonS3"}, body.encode())
