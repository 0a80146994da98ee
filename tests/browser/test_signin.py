"""Sign-in in a real browser: through a proxy, against a real sign-in service, over the real worker and emulator."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from syncengine import commands, queries
from tests.browser.conftest import ADA, at_the_door, in_the_dashboard, within

#: Whoever loses a role here must have none in the companies that other tests leave in the same installation.
BEN = "ben@books.example"


def test_nobody_comes_in_without_signing_in_neither_through_the_proxy_nor_past_it(served):
    for url in (served.url, f"{served.url}/preview?company=Served", served.behind, f"{served.behind}/errors"):
        served.page.goto(url)
        at_the_door(served.page)


def test_signing_in_leads_to_the_page_that_was_asked_for_and_survives_a_reload(served):
    page = served.sign_in("Ada@Books.Example", path="preview?company=Served")
    in_the_dashboard(page)
    expect(page.get_by_role("heading", name="Preview sync")).to_be_visible()
    expect(page).to_have_url(f"{served.url}/preview?company=Served")
    for each in within(page):  # none of which is there at the door
        expect(each.first).to_be_visible()
    expect(within(page)[0]).to_have_value("Served")
    assert "tieout_way_back" not in {cookie["name"] for cookie in page.context.cookies()}
    expect(page.get_by_text("ada@books.example, owner")).to_be_visible()
    page.reload()
    in_the_dashboard(page)
    asked = served.provider.asked[-1]
    assert (asked["scope"], asked["code_challenge_method"]) == ("openid email profile", "S256")
    assert asked["redirect_uri"] == f"{served.url}/oauth2callback"


def test_signing_out_clears_the_cookies_tells_the_service_and_ends_the_other_tab(served):
    page = served.sign_in(ADA)
    in_the_dashboard(page)
    before = page.context.cookies()
    other = page.context.new_page()
    other.goto(served.url)
    in_the_dashboard(other)
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    assert not [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    assert served.provider.farewells[-1]["post_logout_redirect_uri"] == f"{served.url}/oauth2callback"
    # No click is needed there: its panel notices.
    expect(other.get_by_text("You have signed out, here or in another tab.")).to_be_visible()
    at_the_door(other)
    # Whoever kept a copy of the cookie has nothing of it.
    page.context.add_cookies(before)
    page.goto(served.url)
    expect(page.get_by_text("You have signed out")).to_be_visible()


def test_a_cookie_that_was_tampered_with_is_worth_nothing(served):
    page = served.sign_in(ADA)
    in_the_dashboard(page)
    cookie = next(each for each in page.context.cookies() if each["name"] == "_streamlit_user")
    middle = len(cookie["value"]) // 2
    changed = cookie["value"][:middle] + ("A" if cookie["value"][middle] != "A" else "B") + cookie["value"][middle + 1 :]
    page.context.add_cookies([{**cookie, "value": changed}])
    page.goto(served.url)
    at_the_door(page)


def test_an_open_page_closes_by_itself_when_the_sign_in_comes_of_age(served):
    page = served.sign_in(ADA, ago=12 * 3600 - 15)
    in_the_dashboard(page)
    expect(page.get_by_text("You signed in more than 12 hours ago.")).to_be_visible()
    at_the_door(page)
    page.reload()
    at_the_door(page)
    served.provider.ago = 0
    page.get_by_role("button", name="Sign in").click()
    in_the_dashboard(page)


def test_who_is_unknown_or_not_verified_does_not_come_in(served):
    page = served.sign_in("eve@elsewhere.example")
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()
    for each in within(page):
        expect(each).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    served.sign_in(ADA, email_verified=False)
    expect(page.get_by_text("has not verified that")).to_be_visible()
    at_the_door(page)
    served.provider.person = None
    page.get_by_role("button", name="Sign in").click()
    at_the_door(page)


def test_a_role_that_is_taken_away_while_the_page_is_open_ends_it_and_a_lesser_one_takes_its_buttons(served):
    served.give(BEN, "operator")
    page = served.sign_in(BEN, path="?company=Served")
    in_the_dashboard(page)
    commands.set_role(served.session, BEN, "viewer")
    page.get_by_test_id("stMain").get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("may not press Sync now")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)
    assert queries.progress(served.session) is None
    commands.remove_member(served.session, BEN)
    expect(page.get_by_role("heading", name="No company is open to you")).to_be_visible()


def test_nothing_of_the_door_is_fetched_from_outside(served):
    hosts = set()
    served.page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    served.page.goto(served.url)
    at_the_door(served.page)
    assert hosts <= {"127.0.0.1", None}
