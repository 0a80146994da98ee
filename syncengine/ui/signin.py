"""Sign-in by OpenID Connect, which Streamlit carries out: whether it is set up well, and who the visitor is by it.

A deployer names the sign-in service in the section `[auth]` of `.streamlit/secrets.toml`, or of a file or folder that
`STREAMLIT_SECRETS_FILES` names, in Streamlit's own form. A section that is faulty, or a file that cannot be read, counts as
sign-in that is on and lets nobody in: what was meant to be closed is never open.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError

from syncengine.store.people import LONGEST, known_as
from syncengine.store.signins import SignIn

#: Names and addresses of this machine that only itself can reach.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: The name that Streamlit gives to a service which the section names without a heading of its own.
ONLY = "default"
#: Whoever knows the cookie's secret can be anybody.
_SHORTEST_SECRET = 32
_SERVICE_KEYS = ("client_id", "client_secret", "server_metadata_url")
#: Microsoft's addresses for everybody's accounts: there, whoever runs a directory writes any e-mail address into it.
_MICROSOFT, _ANYBODYS = ("login.microsoftonline.com", "login.microsoft.com"), ("common", "organizations", "consumers")
#: What a service says of whether the address was proven; the second is Microsoft's.
_PROVEN = ("email_verified", "xms_edov")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)
#: How far the clocks of the service and of this machine may be apart.
_LEEWAY = timedelta(minutes=5)


@dataclass(frozen=True)
class Setup:
    """How sign-in is set up.

    Attributes:
        services: the name in `[auth]` of each sign-in service, with the host that a person knows it by.
        trouble: what is wrong with the set-up, as a sentence for whoever runs the installation; empty where nothing is.
    """

    services: Mapping[str, str]
    trouble: str = ""

    @property
    def is_on(self) -> bool:
        """Whether everybody has to sign in; also where that is set up so badly that nobody can."""
        return bool(self.services or self.trouble)


#: Nothing is said of sign-in: the installation serves the machine that it runs on.
OFF = Setup({})


@dataclass(frozen=True)
class NotIn:
    """Why nobody is signed in.

    Attributes:
        because: a sentence to the visitor; empty where they simply have not signed in yet.
        again: whether to sign in once more is the remedy; otherwise the sign-in service has to be put right.
    """

    because: str = ""
    again: bool = True


def setup() -> Setup:
    """How sign-in is set up for this server, as of now: Streamlit reads a changed file anew."""
    try:
        section = _section()
    except OSError as trouble:  # Streamlit's own for a file that is no TOML is one, too
        return Setup({}, f"The secrets cannot be read, so nobody is let in: {trouble}")
    if section is None:
        return OFF
    if not isinstance(section, Mapping):
        return Setup({}, "[auth] of the secrets is no section with keys of its own.")
    if st.get_option("server.trustedUserHeaders"):
        return Setup({}, "server.trustedUserHeaders lets a request say who it comes from. Tieout takes nobody's word: remove it.")
    return read(section)


def _section() -> Any:
    """The section `[auth]`; None without one. Raises OSError for secrets that are there and cannot be read."""
    try:
        return st.secrets["auth"]
    except KeyError:
        return None
    except StreamlitSecretNotFoundError as trouble:
        if trouble.error_id != "no-secrets-found":
            raise
        return None


def read(section: Mapping[str, Any]) -> Setup:
    """The set-up that a section `[auth]` describes.

    >>> read({"redirect_uri": "https://books.example/"}).trouble
    'redirect_uri in [auth] has to end with /oauth2callback.'
    """
    named = {name: part for name, part in section.items() if isinstance(part, Mapping) and name != "client_kwargs"}
    services = named or {ONLY: section}
    trouble = next(_troubles(section, services), "")
    return Setup({} if trouble else {name: _host(part["server_metadata_url"]) for name, part in services.items()}, trouble)


def _troubles(section: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    redirect = str(section.get("redirect_uri") or "")
    if not split(redirect).path.endswith("/oauth2callback"):
        yield "redirect_uri in [auth] has to end with /oauth2callback."
    if not _is_private(redirect):
        yield f"redirect_uri in [auth] is {redirect}. It has to begin with https://, so that nobody on the way reads the sign-in."
    if len(str(section.get("cookie_secret") or "")) < _SHORTEST_SECRET:
        yield (
            f"cookie_secret in [auth] has fewer than {_SHORTEST_SECRET} characters. Whoever guesses it can be anybody: "
            "make one with `openssl rand -hex 32`."
        )
    for name, service in services.items():
        yield from _troubles_of(name, service)


def _troubles_of(name: str, service: Mapping[str, Any]) -> Iterator[str]:
    place = "[auth]" if name == ONLY else f"[auth.{name}]"
    if "_" in name:
        yield f"{place}: the name of a sign-in service must not have an underscore in it."
    missing = [key for key in _SERVICE_KEYS if not str(service.get(key) or "").strip()]
    if missing:
        yield f"{place} does not say {', '.join(missing)}."
        return
    address = str(service["server_metadata_url"])
    if not _is_private(address):
        yield f"server_metadata_url in {place} is {address}. It has to begin with https://."
    if _host(address) in _MICROSOFT and split(address).path.split("/")[1] in _ANYBODYS:
        yield (
            f"server_metadata_url in {place} is open to everybody's accounts, where an e-mail address proves nothing. "
            "Put the id of your own directory (tenant) in its place."
        )


def split(address: str) -> SplitResult:
    """The parts of an address; none of it where it is no address at all."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _is_private(address: str) -> bool:
    """Whether nobody on the way can read along: TLS, or no way at all."""
    parts = split(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _host(address: str) -> str:
    return split(address).hostname or ""


def who(claims: Mapping[str, Any], now: datetime, hours: float) -> SignIn | NotIn:
    """Who the visitor is by what the sign-in service said of them, and until when that counts.

    A person is their e-mail address, in lower case: an owner can give a role to somebody who has never been here, and read
    in the list and in the audit trail who that is. The service's own key (`sub`) can do neither.
    """
    if claims.get("is_logged_in") is not True:
        return NotIn()
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return NotIn("The sign-in service does not say when you signed in, so this sign-in could last for ever.", again=False)
    address = claims.get("email")
    address = address.strip() if isinstance(address, str) else ""
    person = known_as(address)
    # Some letters of other scripts turn into plain ones in lower case, and so one person into another.
    if not _ADDRESS.fullmatch(address) or len(person) > LONGEST:
        return NotIn(
            "The sign-in service does not tell an e-mail address by which you could be known here. "
            "It has to release the claim `email` for the scope `email`.", again=False)  # fmt: skip
    if not all(_is_yes(claims[name]) for name in _PROVEN if name in claims):
        return NotIn(f"The sign-in service has not verified that {person} is yours. Verify the address there, then sign in again.")
    return _counted(claims, person, float(issued), now, hours)


def _counted(claims: Mapping[str, Any], person: str, issued: float, now: datetime, hours: float) -> SignIn | NotIn:
    try:
        at = datetime.fromtimestamp(issued, UTC)
    except (OverflowError, ValueError, OSError):
        at = datetime.max.replace(tzinfo=UTC)
    if at > now + _LEEWAY:
        return NotIn("By this machine's clock you have not signed in yet. One of the two clocks is wrong.", again=False)
    sign_in = SignIn(_key(claims, issued), person, at, at + timedelta(hours=hours))
    if now >= sign_in.until:
        return NotIn(f"You signed in more than {_hours(hours)} ago. For your company's safety a sign-in does not last longer.")
    return sign_in


def _is_yes(claim: Any) -> bool:
    return str(claim).strip().lower() in {"true", "1"}


def _hours(hours: float) -> str:
    return "an hour" if hours == 1 else f"{hours:g} hours"


def _key(claims: Mapping[str, Any], issued: float) -> str:
    """The same for every tab and copy of one sign-in, another for each other: the nonce is drawn anew for each."""
    parts = [str(claims.get(name) or "") for name in ("iss", "sub", "nonce")]
    return hashlib.sha256("\n".join([*parts, repr(issued)]).encode()).hexdigest()


def main() -> int:
    """Say why a dashboard that is started in this folder would not ask for sign-in: 1 and the reason, or 0 where it would."""
    if named := os.environ.get("STREAMLIT_SECRETS_FILES"):
        config.set_option("secrets.files", named.split())  # `streamlit run` heeds its variables, the library alone does not
    found = setup()
    if found.services:
        return 0
    off = "without sign-in it is for this machine alone. Leave --address out, or set up sign-in: docs/deployment.md."
    sys.stdout.write(f"sign-in is not set up right. {found.trouble}\n" if found.is_on else f"{off}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
