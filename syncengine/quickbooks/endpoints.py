"""Where QuickBooks lives: Intuit's two environments, and any emulator that keeps the same paths."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from syncengine.errors import ConfigurationError


@dataclass(frozen=True)
class Endpoints:
    """The addresses that the client talks to.

    Attributes:
        api: scheme and host of the accounting API; `/v3/company/...` is added to it.
        authorize: the page on which a person grants access.
        token: where codes and refresh tokens are exchanged.
        revoke: where a grant is given back.
        userinfo: where Intuit tells who gave a grant; "" where nobody does.
        discovery: the OpenID document that names these addresses; "" where there is none.
        reconnect: the page on which a consent is renewed; "" where there is none.

    Raises ConfigurationError for an address to which a token must not travel: plain http is for loopback only.
    """

    api: str
    authorize: str
    token: str
    revoke: str
    userinfo: str = ""
    discovery: str = ""
    reconnect: str = ""

    def __post_init__(self) -> None:
        for address in (self.api, self.authorize, self.token, self.revoke):
            _check(address)
        for address in (self.userinfo, self.discovery, self.reconnect):
            if address:
                _check(address)

    @classmethod
    def production(cls) -> Endpoints:
        """Intuit, real companies."""
        return cls._intuit("https://quickbooks.api.intuit.com", "accounts", "openid_configuration")

    @classmethod
    def sandbox(cls) -> Endpoints:
        """Intuit, sandbox companies; sign-in and tokens are shared with production."""
        return cls._intuit("https://sandbox-quickbooks.api.intuit.com", "sandbox-accounts", "openid_sandbox_configuration")

    @classmethod
    def emulator(cls, base_url: str) -> Endpoints:
        """An emulator at `base_url` (`http://127.0.0.1:8950`): Intuit's paths, all on one host."""
        base = base_url.rstrip("/")
        return cls(
            api=base,
            authorize=f"{base}/connect/oauth2",
            token=f"{base}/oauth2/v1/tokens/bearer",
            revoke=f"{base}/v2/oauth2/tokens/revoke",
            userinfo=f"{base}/v1/openid_connect/userinfo",
            discovery=f"{base}/.well-known/openid_configuration",
            reconnect=f"{base}/app/connect/oauth2/request",
        )

    @classmethod
    def _intuit(cls, api: str, accounts: str, document: str) -> Endpoints:
        return cls(
            api=api,
            authorize="https://appcenter.intuit.com/connect/oauth2",
            token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 -- an address, no secret
            revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
            userinfo=f"https://{accounts}.platform.intuit.com/v1/openid_connect/userinfo",
            discovery=f"https://developer.intuit.com/.well-known/{document}",
            reconnect="https://appcenter.intuit.com/app/connect/oauth2/request",
        )


def is_loopback(address: str) -> bool:
    """Whether `address` (a URL) leads to this machine and nowhere else."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check(address: str) -> None:
    scheme = urlsplit(address).scheme
    if scheme != "https" and not (scheme == "http" and is_loopback(address)):
        raise ConfigurationError(f"{address!r} is no address for QuickBooks: use https, or http on this machine only.")
