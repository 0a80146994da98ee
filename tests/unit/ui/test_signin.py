"""Sign-in: a section that is not sound lets nobody in, and a person is who a trusted service says, for so long."""

from __future__ import annotations

from datetime import timedelta

import pytest
import streamlit as st
from streamlit import config

from syncengine.store.signins import SignIn
from syncengine.ui import signin
from syncengine.ui.signin import NotIn, Setup
from tests.unit.queries import seed
from tests.unit.ui.conftest import SECTION

ENTRA = "https://login.microsoftonline.com/{}/v2.0/.well-known/openid-configuration"
CLAIMS = {
    "is_logged_in": True, "iss": "https://accounts.example", "sub": "4711", "nonce": "n1", "email": "Ada@Books.Example",
    "email_verified": True, "iat": seed.NOON.timestamp(),
}  # fmt: skip


def but(known, **changes):
    """`known` with changes; None takes a key away."""
    return {name: value for name, value in {**known, **changes}.items() if value is not None}


# --- how it is set up ------------------------------------------------------------------------------------------------------


def test_a_sound_section_names_its_service_by_its_host():
    assert signin.read(SECTION) == Setup({"default": "accounts.example"})
    assert signin.read(SECTION).is_on


def test_several_services_stand_under_names_of_their_own():
    google = {name: SECTION[name] for name in ("client_id", "client_secret", "server_metadata_url")}
    section = {
        "redirect_uri": SECTION["redirect_uri"], "cookie_secret": SECTION["cookie_secret"], "google": google,
        "microsoft": {**google, "server_metadata_url": ENTRA.format("2f6e1c3a")},
    }  # fmt: skip
    assert signin.read(section) == Setup({"google": "accounts.example", "microsoft": "login.microsoftonline.com"})
    assert "[auth.microsoft] does not say client_secret." in signin.read(
        {**section, "microsoft": but(section["microsoft"], client_secret=None)}
    ).trouble


def test_settings_of_the_client_are_no_service():
    assert signin.read({**SECTION, "client_kwargs": {"scope": "openid email"}}).services == {"default": "accounts.example"}


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_without_tls_sign_in_works_on_this_machine_only(host):
    assert not signin.read({**SECTION, "redirect_uri": f"http://{host}/oauth2callback"}).trouble
    assert not signin.read({**SECTION, "server_metadata_url": f"http://{host}/.well-known/openid-configuration"}).trouble


def test_a_dashboard_below_a_path_is_called_back_there():
    assert not signin.read({**SECTION, "redirect_uri": "https://books.example/tieout/oauth2callback"}).trouble


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"redirect_uri": None}, "redirect_uri in [auth] has to end with /oauth2callback"),
        ({"redirect_uri": "https://books.example/"}, "has to end with /oauth2callback"),
        ({"redirect_uri": "http://books.example/oauth2callback"}, "has to begin with https://"),
        ({"redirect_uri": "/oauth2callback"}, "has to begin with https://"),
        ({"redirect_uri": "https://[/oauth2callback"}, "has to end with /oauth2callback"),
        ({"cookie_secret": None}, "cookie_secret in [auth] has fewer than 32 characters"),
        ({"cookie_secret": "x" * 31}, "`openssl rand -hex 32`"),
        ({"client_id": None}, "[auth] does not say client_id."),
        ({"client_secret": " "}, "[auth] does not say client_secret."),
        ({"client_id": "", "server_metadata_url": None}, "[auth] does not say client_id, server_metadata_url."),
        ({"server_metadata_url": "http://accounts.example/x"}, "server_metadata_url in [auth] is http://accounts.example/x"),
        ({"server_metadata_url": ENTRA.format("common")}, "an e-mail address proves nothing"),
        ({"server_metadata_url": ENTRA.format("organizations")}, "an e-mail address proves nothing"),
        ({"server_metadata_url": ENTRA.format("consumers")}, "an e-mail address proves nothing"),
        ({"my_google": {"client_id": "x"}}, "must not have an underscore"),
    ],
)
def test_an_unsound_section_is_on_lets_nobody_in_and_says_what_to_mend(changes, says):
    found = signin.read(but(SECTION, **changes))
    assert says in found.trouble
    assert found.is_on
    assert not found.services


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """Writes a file of secrets for a server that reads it now; None for no file."""
    path = tmp_path / "secrets.toml"
    before = config.get_option("secrets.files")

    def written(text: str | None) -> Setup:
        if text is not None:
            path.write_text(text)
        st.secrets._reset()
        config.set_option("secrets.files", [str(path)])
        return signin.setup()

    yield written
    config.set_option("secrets.files", before)
    st.secrets._reset()


def test_without_secrets_or_without_the_section_sign_in_is_off(secrets):
    assert secrets(None) == signin.OFF
    assert secrets('other = "x"') == signin.OFF
    assert not signin.OFF.is_on


def test_the_section_is_read_from_the_servers_secrets(secrets):
    lines = "\n".join(f'{name} = "{value}"' for name, value in SECTION.items())
    assert secrets(f"[auth]\n{lines}\n") == Setup({"default": "accounts.example"})


@pytest.mark.parametrize("text", ["[auth", 'auth = "yes"', "[auth]"])
def test_secrets_that_make_no_sense_close_the_dashboard(secrets, text):
    found = secrets(text)
    assert found.is_on
    assert found.trouble


def test_secrets_that_cannot_be_read_close_the_dashboard(secrets, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "/etc/tieout/secrets.toml")

    monkeypatch.setattr("builtins.open", refuse)
    st.secrets._reset()
    found = signin.setup()
    monkeypatch.undo()
    assert "cannot be read" in found.trouble
    assert "/etc/tieout/secrets.toml" in found.trouble


def test_headers_that_say_who_somebody_is_are_not_taken_along(secrets, monkeypatch):
    lines = "\n".join(f'{name} = "{value}"' for name, value in SECTION.items())
    secrets(f"[auth]\n{lines}\n")
    monkeypatch.setattr("streamlit.get_option", lambda name: {"X-Email": "email"} if name == "server.trustedUserHeaders" else "")
    assert "trustedUserHeaders" in signin.setup().trouble


# --- who somebody is ---------------------------------------------------------------------------------------------------------


def test_a_person_is_their_e_mail_address_in_lower_case_until_the_age_is_reached():
    found = signin.who(CLAIMS, seed.NOON, 12)
    assert found == SignIn(found.key, "ada@books.example", seed.NOON, seed.NOON + timedelta(hours=12))
    last = seed.NOON + timedelta(hours=12, seconds=-1)
    assert signin.who(CLAIMS, last, 12) == found
    assert signin.who(CLAIMS, last + timedelta(seconds=1), 12) == NotIn(
        "You signed in more than 12 hours ago. For your company's safety a sign-in does not last longer."
    )


def test_each_sign_in_has_a_key_of_its_own_which_its_tabs_share():
    first = signin.who(CLAIMS, seed.NOON, 12).key
    assert signin.who(dict(CLAIMS), seed.NOON, 1).key == first
    changes = ({"nonce": "n2"}, {"sub": "4712"}, {"iss": "https://other.example"}, {"iat": seed.NOON.timestamp() - 60})
    others = [signin.who({**CLAIMS, **change}, seed.NOON, 12).key for change in changes]
    assert len({first, *others}) == 5


@pytest.mark.parametrize("claims", [{}, {"is_logged_in": False}, but(CLAIMS, is_logged_in=None), {**CLAIMS, "is_logged_in": "true"}])
def test_who_has_not_signed_in_is_just_asked_to(claims):
    assert signin.who(claims, seed.NOON, 12) == NotIn()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"email": None}, "does not tell an e-mail address"),
        ({"email": "ada"}, "does not tell an e-mail address"),
        ({"email": "ada @books.example"}, "does not tell an e-mail address"),
        ({"email": "ada@books.example,bob@books.example"}, "does not tell an e-mail address"),
        ({"email": "mar\N{KELVIN SIGN}@books.example"}, "does not tell an e-mail address"),
        ({"email": "a" * 200 + "@books.example"}, "does not tell an e-mail address"),
        ({"email": ["ada@books.example"]}, "does not tell an e-mail address"),
        ({"email_verified": False}, "has not verified that ada@books.example is yours"),
        ({"email_verified": "false"}, "has not verified"),
        ({"email_verified": ""}, "has not verified"),
        ({"xms_edov": False}, "has not verified"),
        ({"iat": None}, "does not say when you signed in"),
        ({"iat": "1768496400"}, "does not say when you signed in"),
        ({"iat": True}, "does not say when you signed in"),
        ({"iat": seed.NOON.timestamp() + 301}, "One of the two clocks is wrong"),
        ({"iat": 1e20}, "One of the two clocks is wrong"),
        ({"iat": float("nan")}, "One of the two clocks is wrong"),
        ({"iat": -1e20}, "clock"),
        ({"iat": 0}, "more than 12 hours ago"),
    ],
)
def test_claims_that_prove_too_little_let_nobody_in(changes, says):
    found = signin.who(but(CLAIMS, **changes), seed.NOON, 12)
    assert isinstance(found, NotIn)
    assert says in found.because


@pytest.mark.parametrize("proof", [{"email_verified": None}, {"email_verified": "true"}, {"xms_edov": "1"}, {"xms_edov": True}])
def test_a_service_that_says_nothing_of_proof_is_taken_at_its_word(proof):
    assert isinstance(signin.who(but(CLAIMS, **proof), seed.NOON, 12), SignIn)
