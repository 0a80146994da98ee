"""A person at the emulator's pages, without a browser: reads pages, fills in forms and sends them as a browser would."""

from __future__ import annotations

import html as markup
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from syncengine.emulator import Emulator, Request, Response

HOST = "localhost:8950"


@dataclass
class Form:
    """One form: where it goes, its fields as they stand, and its buttons' (name, value)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    labels: str = ""


class _Forms(HTMLParser):
    """Collects forms, links and table rows."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self._open: str = ""
        self._name = ""
        self._text: list[str] = []
        self._option: tuple[str | None, bool] | None = None
        self._form: Form | None = None
        self._cell = False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "a":
            self._open, self._name, self._text = "a", found.get("href", ""), []
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self._cell = True
        elif self._form is not None:
            self._field(tag, found)

    def _field(self, tag, found):
        fields, name = self._form.fields, found.get("name", "")
        if tag == "input" and name:
            kind = found.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in found:
                fields[name] = found.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self._open, self._name, self._text = tag, name, []
        elif tag == "select":
            self._name = name
        elif tag == "option" and self._name:
            self._open, self._text, self._option = tag, [], (found.get("value"), "selected" in found)
        elif tag == "button":
            self._form.buttons.append((name, found.get("value", "")))
            self._open, self._text = tag, []

    def handle_data(self, data):
        self._text.append(data)
        if self._cell:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag):
        text = "".join(self._text)
        if tag == "a" and self._open == "a":
            self.links.append((" ".join(text.split()), self._name))
        elif tag == "textarea":
            self._form.fields[self._name] = text.removeprefix("\n")
        elif tag == "option" and self._option and self._form:
            value, selected = self._option
            if selected or self._name not in self._form.fields:
                self._form.fields[self._name] = text if value is None else value
        elif tag == "select":
            self._name = ""
        elif tag == "button":
            self._form.labels += f"[{' '.join(text.split())}]"
        elif tag == "form":
            self._form = None
        if tag in {"td", "th"}:
            self._cell = False
        if tag == self._open:
            self._open = ""


@dataclass
class Page:
    """What came back."""

    status: int
    html: str
    headers: dict[str, str]
    url: str

    def __post_init__(self):
        parser = _Forms()
        parser.feed(self.html)
        self.forms, self.links = parser.forms, parser.links
        self.rows = [[" ".join(cell.split()) for cell in row] for row in parser.rows]

    @property
    def text(self) -> str:
        """What can be read on it, with single blanks."""
        main = re.sub(r"<(script|style|datalist).*?</\1>", "", self.html, flags=re.DOTALL)
        return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def form(self, label: str) -> Form:
        """The form with a button of that name."""
        return next(form for form in self.forms if f"[{label}]" in form.labels)

    def href(self, text: str) -> str:
        """Where the link with that text leads."""
        return next(href for shown, href in self.links if shown == text)


class Reader:
    """A person who reads and presses."""

    def __init__(self, emulator: Emulator, realm: str = "") -> None:
        self.emulator = emulator
        self.realm = realm

    def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> Response:
        sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.emulator.handle(Request(method, url, sent, body))

    def get(self, url: str, status: int = 200) -> Page:
        """A page; a path without a leading slash is one of the company."""
        url = url if url.startswith("/") else f"/company/{self.realm}/{url}".rstrip("/")
        response = self.ask("GET", url)
        return self.get(response.headers["Location"]) if response.status == 303 else self._page(response, url, status)

    def _page(self, response: Response, url: str, status: int) -> Page:
        assert response.status == status, (url, response.status, response.body[:2000])
        return Page(response.status, response.body.decode(), dict(response.headers.items()), url)

    def send(self, page: Page, label: str, status: int = 303, button: tuple[str, str] | None = None, **changes: str) -> Page:
        """Press the button of a form, with fields changed; follows the redirect that a success is.

        Fields whose names hold dots are given with `__` in their place; None takes the cross out of a box.
        """
        form = page.form(label)
        fields = {**form.fields}
        for name, value in changes.items():
            fields.pop(name.replace("__", "."), None)
            if value is not None:
                fields[name.replace("__", ".")] = value
        if button:
            fields[button[0]] = button[1]
        target = form.action or page.url
        if form.method.lower() == "get":
            return self.get(target.partition("?")[0] + "?" + urlencode(fields))
        response = self.ask("POST", target, urlencode(fields).encode(), Origin=f"http://{HOST}", Content_Type="application/x-www-form-urlencoded")
        if status == 303:
            assert response.status == 303, (response.status, Page(response.status, response.body.decode(), {}, target).text)
            return self.get(response.headers["Location"])
        return self._page(response, target, status)
