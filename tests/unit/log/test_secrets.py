"""Text that a person shows to others has no secrets: neither known ones, nor what looks like one."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.log.safe_text import escaped
from hostcore.log.secrets import LEFT_OUT, Redactor, is_secret_name, secrets_of
from hostcore.place import BusName


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("connecting to mqtt://pi:hunter2@broker:1883/x", "connecting to mqtt://(left out)@broker:1883/x"),
        ("http://a:b/c@d@host/", "http://(left out)@host/"),
        ("password=hunter2", "password=(left out)"),
        ("PASSWORD: 'hunter 2', next", "PASSWORD: (left out), next"),
        ('{"api_key": "hunt\\"er2", "gain": 4}', '{"api_key": (left out), "gain": 4}'),
        ("url?user=pi&token=hunter2&x=1", "url?user=pi&token=(left out)&x=1"),
        ("the password is hunter2", "the password is (left out)"),
        ("using token hunter2 now", "using token (left out) now"),
        ("Authorization: Basic aHVudGVyMg== x", "Authorization: (left out)"),
        ("sent Bearer hunter2hunter2", "sent Bearer (left out)"),
        ("wifi_psk = hunter2", "wifi_psk = (left out)"),
        ("MQTT_PASSWORD_FILE=/run/hunter2", "MQTT_PASSWORD_FILE=(left out)"),
        ("key=hunter2", "key=(left out)"),
        ("ghp_hunter2hunter2hunter2", "(left out)"),
        ("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\nrest", "(left out)\nrest"),
        ("-----BEGIN PRIVATE KEY-----\nhunter2", "(left out)"),
        ("0123456789abcdef0123456789abcdef", "(left out)"),
    ],
)
def test_what_looks_like_a_secret_is_left_out(text: str, shown: str) -> None:
    assert Redactor().text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'gain' in light.py line 9",
        "Nothing answers at 0x77 on i2c-1, where air looks for its BME680.",
        "https://example.org/a?b=c",
        "wrote d0, read 61: no-acknowledge",
        "the driver asks for i2c:1:0x76",
        "the keyboard is fine, and so is the author",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert Redactor().text(text) == text


@given(secret=st.text(min_size=4), before=st.text(), after=st.text())
def test_a_known_secret_is_left_out_wherever_it_stands(secret: str, before: str, after: str) -> None:
    shown = Redactor([secret]).text(before + secret + after)
    assert secret not in shown or secret in LEFT_OUT * 3 or secret in before + LEFT_OUT + after


def test_a_known_secret_that_contains_another_is_left_out_as_a_whole() -> None:
    assert Redactor(["hunter2", "hunter2-and-more"]).text("x hunter2-and-more x") == "x (left out) x"


@pytest.mark.parametrize("form", [repr, json.dumps, escaped, lambda text: quote(text, safe="")])
def test_a_known_secret_is_left_out_in_the_forms_in_which_programs_write_text(form: Callable[[str], str]) -> None:
    secret = 'hun/ter"2\x1bé'
    shown = Redactor([secret]).text(f"settings are {form(secret)}.")
    assert "ter" not in shown and LEFT_OUT in shown


def test_long_texts_of_a_plugin_that_means_harm_are_soon_done() -> None:
    for text in ("token" * 20_000, "a://" * 20_000, "-----BEGIN " * 10_000, '"' * 50_000, "key" * 30_000):
        Redactor().text(text)


def test_a_very_short_text_is_not_taken_for_a_secret() -> None:
    assert Redactor(["a", ""]).text("a cat") == "a cat"


def test_every_text_in_an_event_is_cleaned_and_its_other_values_stay() -> None:
    line = LogWritten(7, "air", Level.ERROR, "token=hunter2")
    assert Redactor().value((line,)) == (LogWritten(7, "air", Level.ERROR, "token=(left out)"),)


def test_bytes_with_a_known_secret_are_left_out_and_other_bytes_stay() -> None:
    transfer = TransferCompleted(
        1, "gps", BusName("uart-serial0"), None,
        (Message(True, b"AT hunter2"), Message(False, b"OK")), Outcome.OK, "", 1,
    )  # fmt: skip
    assert [each.data for each in Redactor(["hunter2"]).value(transfer).messages] == [b"", b"OK"]


@pytest.mark.parametrize("name", ["token", "mqtt_password", "API-Key", "key", "wifi.psk", "Authorization"])
def test_names_that_announce_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["gain", "keyboard", "interval", "path", "address"])
def test_names_that_announce_none(name: str) -> None:
    assert not is_secret_name(name)


def test_values_of_the_environment_may_be_secrets_unless_their_name_is_known_as_harmless() -> None:
    found = secrets_of({"HOME": "/home/somebody", "MY_PIN_TOKEN": "1234", "X": "long-enough", "Y": "short"})
    assert found == {"1234", "long-enough"}
