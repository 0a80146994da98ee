"""Who may see a page: without sign-in, people at this machine only; with it, whoever signed in and has a right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncengine import commands, queries
from syncengine.clock import SystemClock
from syncengine.ui import signin
from syncengine.ui.access import hostname, refusal
from tests.support.source import ROOT
from tests.unit.ui.conftest import as_member, now, run, signed_in, texts


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "::1"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "localhost"])
def test_this_machine_is_let_in(address, host):
    assert refusal(address, {"Host": host}) == ""
    assert refusal(address, {"Host": host, "Origin": f"http://{host}"}) == ""


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("", {"Host": "localhost:8501"}),
        ("0.0.0.0", {"Host": "localhost:8501"}),
        ("192.168.1.5", {}),
        ("localhost", {"Host": "books.example"}),
        ("localhost", {"host": "localhost.evil.example:8501"}),
        ("localhost", {"Host": "192.168.1.5:8501"}),
        ("localhost", {"Host": ""}),
        ("localhost", {"Accept": "*/*"}),
        ("localhost", {"Host": "localhost", "X-Forwarded-For": "10.0.0.1"}),
        ("localhost", {"Host": "localhost", "x-forwarded-host": "books.example"}),
        ("localhost", {"Host": "localhost", "FORWARDED": "for=10.0.0.1"}),
        ("localhost", {"Host": "localhost", "Via": "1.1 proxy"}),
        ("localhost", {"Host": "localhost", "X-Real-IP": "10.0.0.1"}),
        # What nginx sends when it is told no more than where to pass a request on.
        ("localhost", {"Host": "127.0.0.1:8501", "Origin": "https://books.example"}),
        ("localhost", {"Host": "localhost:8501", "Origin": "null"}),
        ("localhost", {"Host": "localhost:8501", "Origin": "http://["}),
    ],
)
def test_everybody_else_is_refused_with_a_sentence(address, headers):
    assert refusal(address, headers).endswith(("by http://localhost.", "or set up sign-in."))


@pytest.mark.parametrize(("host", "name"), [("localhost", "localhost"), ("[::1]", "::1"), ("a.example:80", "a.example"), ("", "")])
def test_the_port_is_no_part_of_the_name(host, name):
    assert hostname(host) == name


PATHS = ["dashboard.py", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))]
ADA, BOB = "ada@books.example", "bob@books.example"


def is_bare(at) -> bool:
    """Whether nothing of a company is shown: no table, no picker, no button but those of the door."""
    return not at.dataframe and not at.selectbox and all((each.key or "").startswith("door.") for each in at.button)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_reached_from_elsewhere_shows_nothing_but_the_reason(open_page, busy, monkeypatch, path):
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    at = open_page(path)
    assert "there is no sign-in" in texts(at)
    assert is_bare(at)


@pytest.mark.parametrize("path", PATHS)
def test_with_sign_in_a_page_asks_for_it_on_this_machine_too(open_page, busy, path):
    at = open_page(path, claims={"is_logged_in": False})
    assert at.title[0].value == "Sign in to Tieout"
    assert "to whom an owner of a company has given a role" in texts(at)
    assert "accounts.example" in texts(at)
    assert [each.label for each in at.button] == ["Sign in"]
    assert is_bare(at)


def test_each_of_several_services_has_a_button(open_page, busy, monkeypatch):
    found = signin.Setup({"google": "accounts.google.com", "microsoft": "login.microsoftonline.com"})
    monkeypatch.setattr(signin, "setup", lambda: found)
    asked = []
    monkeypatch.setattr("streamlit.login", asked.append)
    at = open_page("dashboard.py", claims={})
    assert [each.label for each in at.button] == ["Sign in with Google", "Sign in with Microsoft"]
    assert "accounts.google.com or login.microsoftonline.com" in texts(at)
    at.button(key="door.microsoft").click().run()
    assert asked == ["microsoft"]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_a_role_is_let_in_and_sees_it_beside_the_way_out(open_page, busy, path):
    as_member(busy, BOB, "viewer")
    at = open_page(path, visitor=" Bob@Books.Example ")
    assert at.title[0].value != "Sign in to Tieout"
    if path == "dashboard.py":
        assert f"{BOB}, viewer" in texts(at)
        assert at.button(key="frame.sign_out").label == "Sign out"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("owned", "says"), [(True, "Ask an owner of your company to add you"), (False, "TIEOUT_OWNER")])
def test_who_has_no_role_is_told_whom_to_ask_and_can_sign_out(open_page, busy, path, owned, says):
    if owned:
        as_member(busy, ADA, "owner")
    at = open_page(path, visitor=BOB)
    assert at.title[0].value == "No company is open to you"
    assert f"signed in as **{BOB}**" in texts(at)
    assert says in texts(at)
    assert [each.label for each in at.button] == ["Sign out"]
    assert is_bare(at)


def test_the_first_owner_is_let_in_by_the_setting(open_page, busy, monkeypatch):
    monkeypatch.setenv("TIEOUT_OWNER", ADA)
    assert "ada@books.example, owner" in texts(open_page("dashboard.py", visitor=ADA))


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"iat": now().timestamp() - 12 * 3600 - 5}, "You signed in more than 12 hours ago"),
        ({"email_verified": False}, "has not verified that ada@books.example is yours"),
        ({"email": ""}, "does not tell an e-mail address"),
    ],
)
def test_a_sign_in_that_does_not_count_is_asked_for_again_with_the_reason(open_page, busy, claims, says):
    as_member(busy, ADA, "owner")
    at = open_page("dashboard.py", claims=signed_in(ADA, **claims))
    assert says in texts(at)
    assert [each.label for each in at.button] == ["Sign in"]
    assert is_bare(at)


def test_the_age_of_a_sign_in_is_a_setting(open_page, busy, monkeypatch):
    as_member(busy, ADA, "owner")
    monkeypatch.setenv("TIEOUT_SESSION_HOURS", "1")
    assert "more than an hour ago" in texts(open_page("dashboard.py", claims=signed_in(ADA, iat=now().timestamp() - 3605)))
    monkeypatch.setenv("TIEOUT_SESSION_HOURS", "1 day")
    assert "TIEOUT_SESSION_HOURS is '1 day'" in texts(open_page("dashboard.py", visitor=ADA))


@pytest.mark.parametrize("at_home", [True, False])
def test_sign_in_that_is_set_up_wrongly_lets_nobody_in_and_tells_only_this_machine_why(open_page, busy, monkeypatch, caplog, at_home):
    as_member(busy, ADA, "owner")
    monkeypatch.setattr(signin, "setup", lambda: signin.Setup({}, "cookie_secret in [auth] is short."))
    if not at_home:
        monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    at = open_page("dashboard.py", visitor=ADA)
    assert ("cookie_secret" in texts(at)) is at_home
    assert "Sign-in is not set up right" in at.error[0].proto.title
    assert "cookie_secret in [auth] is short." in caplog.text
    assert not at.button
    assert is_bare(at)


def test_signing_out_is_remembered_and_closes_every_tab_of_the_sign_in(open_page, busy):
    as_member(busy, ADA, "owner")
    claims = signed_in(ADA)
    here, there, elsewhere = (open_page("dashboard.py", claims=each) for each in (claims, claims, signed_in(ADA, nonce="another browser")))
    here.button(key="frame.sign_out").click().run()
    assert here.title[0].value == "Sign in to Tieout"
    assert "You have signed out, here or in another tab." in texts(run(there))
    assert is_bare(there)
    assert run(elsewhere).title[0].value == "Sync"


def test_who_is_removed_is_out_with_the_next_click_and_a_click_does_nothing_more(open_page, busy):
    as_member(busy, ADA, "owner")
    as_member(busy, BOB, "operator")
    at = open_page("dashboard.py", visitor=BOB)
    commands.remove_member(busy.session, BOB)
    at.button(key="sync.now").click().run()
    assert at.title[0].value == "No company is open to you"
    assert queries.progress(busy.session) is None


def test_a_click_after_the_age_of_the_sign_in_does_nothing_and_leads_to_the_door(open_page, busy, monkeypatch):
    as_member(busy, BOB, "operator")
    at = open_page("dashboard.py", claims=signed_in(BOB, iat=now().timestamp() - 11 * 3600))
    monkeypatch.setattr(SystemClock, "now", lambda _: now() + timedelta(hours=1))
    at.button(key="sync.now").click().run()
    assert at.title[0].value == "Sign in to Tieout"
    assert queries.progress(busy.session) is None
