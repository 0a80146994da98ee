"""The two ways out for a notice: mail by SMTP, and a signed HTTPS request. Neither follows anybody to another address."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from syncengine.errors import ConfigurationError, SyncEngineError
from syncengine.settings import Settings

#: Seconds for each step of a conversation; a message that takes longer is tried again later.
CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
#: Seconds for a webhook, and for a mail, as a whole: who answers drop by drop holds up nobody else's alerts.
WHOLE_SECONDS, MAIL_SECONDS = 30.0, 60.0
_PORTS = {"smtp": 587, "smtps": 465}


class Undelivered(SyncEngineError):  # noqa: N818 -- an outcome, handled where messages are delivered
    """A notice could not be delivered; the text says why, for a person."""


def send_mail(settings: Settings, notice: Mapping[Any, Any]) -> None:
    """Hand a notice to the installation's mail server. Raises Undelivered."""
    try:
        server = urlsplit(settings.smtp_url)
        port = server.port or _PORTS.get(server.scheme, 0)
    except ValueError:
        port = 0
    if not port or not server.hostname:
        raise Undelivered(
            "This installation has no mail server: set TIEOUT_SMTP_URL, such as smtp://name:password@mail.example.com:587."
        )
    try:
        with _line(server.hostname, port, MAIL_SECONDS) as line, closing(_server(server.scheme, server.hostname, line)) as mail:
            if server.username is not None:
                mail.login(unquote(server.username), unquote(server.password or ""))
            mail.send_message(message(settings, notice))
            with suppress(smtplib.SMTPException, OSError):  # it is delivered, whatever becomes of the goodbye
                mail.quit()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise Undelivered(_mail_words(error, server.hostname)) from error


class _Talk(smtplib.SMTP):
    """A conversation over a line that is there already; greeted."""

    def __init__(self, line: socket.socket, host: str) -> None:
        self._line = line
        super().__init__(host, 1, timeout=READ_SECONDS)

    def _get_socket(self, *_: Any) -> socket.socket:
        return self._line


def _server(scheme: str, host: str, line: socket.socket) -> smtplib.SMTP:
    """A greeted server, over TLS wherever it is not this machine."""
    context = ssl.create_default_context()
    if scheme == "smtps":
        return _Talk(context.wrap_socket(line, server_hostname=host), host)
    mail = _Talk(line, host)
    try:
        mail.ehlo()
        if mail.has_extn("starttls"):
            mail.starttls(context=context)
            mail.ehlo()
        else:
            _require_loopback(host)
    except BaseException:
        mail.close()
        raise
    return mail


def _require_loopback(host: str) -> None:
    if not _is_loopback(host):
        raise Undelivered(f"The mail server {host} offers no encryption (STARTTLS), so nothing is sent to it.")


def message(settings: Settings, notice: Mapping[Any, Any]) -> EmailMessage:
    """The mail; its Message-ID is the notice's own, so that a second copy can be told."""
    mail = EmailMessage()
    sender = settings.smtp_from or "tieout@localhost"
    mail["From"], mail["To"], mail["Subject"] = sender, notice["address"], " ".join(notice["subject"].split())
    mail["Date"] = format_datetime(notice["made_at"])
    mail["Message-ID"] = f"<{notice['uid']}.{_stamp(notice['made_at'])}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{settings.url}" if settings.url else ""
    mail.set_content(f"{notice['body']}{link}\n\n-- \nTieout. Who is told of what is set under Alerts.\n")
    return mail


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def _mail_words(error: Exception, host: str) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server {host} refuses the name or password in TIEOUT_SMTP_URL."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"The mail server {host} does not take mail for this address."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server {host} refused the message ({error.smtp_code})."
    return f"The mail server {host} cannot be reached, or broke off ({type(error).__name__})."


def send_webhook(settings: Settings, notice: Mapping[Any, Any], secret: str, now: datetime) -> None:
    """Post a notice as JSON, signed. Raises Undelivered; any answer but a 2xx is a failure, a redirect too."""
    parts = urlsplit(notice["address"])
    host, secure = parts.hostname or "", parts.scheme == "https"
    if not secure and not settings.webhooks_inside:
        raise Undelivered("A webhook's address must begin with https://.")
    port = parts.port or (443 if secure else 80)
    address = _resolved(host, port, inside=settings.webhooks_inside)
    body = json.dumps({"id": notice["uid"], **notice["facts"], "url": settings.url}, ensure_ascii=False).encode()
    headers = {
        "Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "Tieout",
        "Tieout-Id": notice["uid"], "Tieout-Signature": signature(secret, body, now),
    }  # fmt: skip
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    try:
        status = _post(address, port, host, path, body, headers, secure=secure)
    except (http.client.HTTPException, OSError) as error:
        raise Undelivered(f"{host} cannot be reached, or broke off ({type(error).__name__}).") from error
    if 300 <= status < 400:
        raise Undelivered(f"{host} answers with a redirect ({status}), which is not followed: enter the final address.")
    if not 200 <= status < 300:
        raise Undelivered(f"{host} answered {status}.")


def _post(address: str, port: int, host: str, path: str, body: bytes, headers: dict[str, str], *, secure: bool) -> int:
    """Connect to the very address that was looked at, so that a name cannot change its mind in between; gives the status."""
    with _line(address, port, WHOLE_SECONDS) as line:
        talk = http.client.HTTPConnection(host, port)
        talk.sock = ssl.create_default_context().wrap_socket(line, server_hostname=host) if secure else line
        with closing(talk):
            talk.request("POST", path, body, headers)
            with talk.getresponse() as answer:
                return answer.status


@contextmanager
def _line(address: str, port: int, seconds: float) -> Iterator[socket.socket]:
    """A line that is cut `seconds` after it stands, whatever comes over it meanwhile: TimeoutError then."""
    late = threading.Event()
    # TLS takes the line's place, so a second handle on it stays here.
    with socket.create_connection((address, port), CONNECT_SECONDS) as line, line.dup() as handle:
        line.settimeout(READ_SECONDS)

        def cut() -> None:
            late.set()
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield line
        except Exception as error:
            if late.is_set():
                raise TimeoutError(f"longer than {seconds:.0f} seconds") from error
            raise
        finally:
            timer.cancel()


def _resolved(host: str, port: int, *, inside: bool) -> str:
    """The first address of a host, none of whose addresses may lie in an inside network unless the installation allows it."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Undelivered(f"There is no host {host}, or its name cannot be looked up just now.") from error
    if not inside and any(not _is_outside(each) for each in found):
        raise Undelivered(f"{host} lies in an inside network. Where that is meant, set TIEOUT_WEBHOOKS_INSIDE=1.")
    return found[0]


def _is_outside(address: str) -> bool:
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return all(each.is_global and not each.is_multicast for each in (parsed, mapped) if each is not None)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def signature(secret: str, body: bytes, now: datetime) -> str:
    """What proves a message's origin and age: `t=<seconds>,v1=<HMAC-SHA256 of "t.body", in hex>`."""
    stamp = str(_stamp(now))
    return f"t={stamp},v1={hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def checked(settings: Settings) -> None:
    """Raise ConfigurationError where the settings of mail are no settings: said at the start of a worker, not at the first X."""
    if not settings.smtp_url:
        return
    try:
        server = urlsplit(settings.smtp_url)
        usable = server.scheme in _PORTS and bool(server.hostname) and (server.port is None or server.port > 0)
    except ValueError:
        usable = False
    if not usable or "@" not in parseaddr(settings.smtp_from)[1]:
        raise ConfigurationError(
            "TIEOUT_SMTP_URL must look like smtp://name:password@mail.example.com:587 (or smtps://), "
            "and TIEOUT_SMTP_FROM must be the address that alerts come from."
        )
