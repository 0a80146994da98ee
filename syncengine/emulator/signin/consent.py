"""The page on which a person lets an app into a company, and the way back to the app."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from syncengine.emulator.http import Request, Response
from syncengine.emulator.signin.forms import answer, form, page, redirect, web_address

ACCOUNTING = "com.intuit.quickbooks.accounting"
#: Scope -> what the page says about it. Others that Intuit knows are shown by their name.
_SCOPES = {
    ACCOUNTING: "Read and change the company's books",
    "com.intuit.quickbooks.payment": "Process payments",
    "openid": "Know who you are",
    "profile": "Your name",
    "email": "Your e-mail address",
    "phone": "Your phone number",
    "address": "Your postal address",
}
_FAMILIES = ("com.intuit.quickbooks.", "project-management.", "app-foundations.", "intuit_name", "payroll.", "indirect-tax.")
_STYLE = (
    "body{font:16px sans-serif;max-width:32em;margin:3em auto}button,select{font:inherit;padding:.3em 1em;margin:.3em .5em .3em 0}"
)


class Wish:
    """What an app asks of a person: the parameters of `/connect/oauth2`, from the address or from the page's own form."""

    def __init__(self, request: Request) -> None:
        self.fields: dict[str, str] = {**request.query, **(form(request) if request.method == "POST" else {})}
        self.client_id = self.fields.get("client_id", "")
        self.redirect_uri = self.fields.get("redirect_uri", "")
        self.scope = " ".join(self.fields.get("scope", "").split())
        self.answer = self.fields.get("emulator_answer", "")
        self.realm = self.fields.get("realmId", "")

    @property
    def prompted(self) -> bool:
        """Whether the app wants the person to be asked, whatever else is set (OpenID Connect's `prompt`)."""
        return "consent" in self.fields.get("prompt", "").split()

    @property
    def state(self) -> dict[str, str]:
        """The app's own state, given back as it came."""
        return {"state": self.fields["state"]} if "state" in self.fields else {}

    def wrong(self, registered: list[str]) -> str:
        """What keeps the page from being shown at all (then nobody is sent anywhere); "" for nothing."""
        if not self.client_id:
            return "client_id is missing"
        if self.fields.get("response_type") != "code":
            return "response_type must be code"
        if not web_address(self.redirect_uri):
            return "redirect_uri is missing or no web address"
        if registered and self.redirect_uri not in registered:
            return "redirect_uri is not one of the app's redirect URIs"
        return ""

    def unknown_scopes(self) -> list[str]:
        """The words of the scope that Intuit does not know."""
        return [word for word in self.scope.split() if word not in _SCOPES and not word.startswith(_FAMILIES)]


def refused(reason: str) -> Response:
    """The answer to a wish that no person gets to see."""
    return answer(400, {"error": "invalid_request", "error_description": reason})


def denied(wish: Wish, error: str) -> Response:
    """Back to the app without a code."""
    return redirect(wish.redirect_uri, {"error": error, **wish.state})


def allowed(wish: Wish, code: str, realm: str) -> Response:
    """Back to the app with a code and, where a company was chosen, its realmId."""
    return redirect(wish.redirect_uri, {"code": code, **wish.state, **({"realmId": realm} if realm else {})})


def consent_page(wish: Wish, app: Mapping[str, Any], companies: list[tuple[str, str]]) -> Response:
    """The page: who asks, for what, for which company; Connect and No thanks. It works without scripts."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in wish.fields.items()
        if name not in {"realmId", "emulator_answer"}
    )
    choices = "".join(
        f'<option value="{escape(realm)}"{" selected" if realm == wish.realm else ""}>{escape(name)} ({escape(realm)})</option>'
        for realm, name in companies
    )
    company = f'<p><label>Company <select name="realmId">{choices}</select></label></p>' if ACCOUNTING in wish.scope.split() else ""
    asked = "".join(f"<li>{escape(_SCOPES.get(word, word))}</li>" for word in wish.scope.split())
    title = f"Connect {escape(str(app.get('name') or wish.client_id))} to QuickBooks"
    return page(
        200,
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style><h1>{title}?</h1>'
        f"<p>The app will be able to:</p><ul>{asked}</ul>"
        f'<form method="post" action="/connect/oauth2">{hidden}{company}'
        '<button name="emulator_answer" value="allow">Connect</button>'
        '<button name="emulator_answer" value="deny">No, thanks</button></form>'
        "<p><small>This is a local emulator of QuickBooks Online, not Intuit.</small></p></html>",
    )


def reconnect(request: Request, settings: Mapping[str, Any]) -> Response:
    """Intuit's page that sends a person to the app's reconnect URL; apps have to name one since 2026."""
    target = settings.get("reconnect_url")
    if not target:
        text = "This app has named no reconnect URL."
        return page(400, f'<!doctype html><html lang="en"><title>Reconnect</title><p>{text}</p></html>')
    return redirect(target, {"realmId": request.query.get("realmId", "")})
