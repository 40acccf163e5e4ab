"""The password for a broker: where it comes from, and that it is shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.connection import BrokerConnection
from hostcore.broker.password import LARGEST_FILE, read_password
from hostcore.broker.settings import PASSWORD_VARIABLE, BrokerSettings, parse_broker
from hostcore.errors import BrokerError
from tests.broker import Visitor


def settings_with(file: Path, content: bytes) -> BrokerSettings:
    file.write_bytes(content)
    return BrokerSettings("broker", password_file=file)


@pytest.mark.parametrize("content", [b"hunter2", b"hunter2\n", b"hunter2\r\nmore\n"])
def test_it_is_the_first_line_of_its_file(tmp_path: Path, content: bytes) -> None:
    assert read_password(settings_with(tmp_path / "password", content)) == "hunter2"


def test_without_a_file_it_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    assert read_password(BrokerSettings("broker")) is None
    monkeypatch.setenv(PASSWORD_VARIABLE, "hunter2")
    assert read_password(BrokerSettings("broker")) == "hunter2"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\nhunter2", "an empty first line"),
        (b"\xff-hunter2", "no text in UTF-8"),
        (bytes(LARGEST_FILE + 1), "more than 4,096 bytes"),
    ],
)
def test_a_file_that_is_no_good_is_named_and_not_shown(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(BrokerError, match="password_file") as error:
        read_password(settings_with(tmp_path / "password", content))
    assert str(tmp_path / "password") in str(error.value)
    assert told in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_folder_or_nothing_at_all_is_told(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none"):
        with pytest.raises(BrokerError, match="cannot be read"):
            read_password(BrokerSettings("broker", password_file=file))


SECRETS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=40).map(lambda x: f"zq{x}")


@given(secret=SECRETS)
def test_nothing_shows_it(secret: str) -> None:
    """Neither the settings nor a connection with it, however one looks at them."""
    settings = BrokerSettings("127.0.0.1", 1, user="pi")
    visitor = Visitor(settings, password=secret)
    connection = visitor.connection
    assert secret not in f"{settings} {settings!r} {connection} {connection!r} {connection._thread!r}"
    assert isinstance(connection, BrokerConnection)
    connection.stop()


@given(secret=SECRETS)
def test_a_url_with_a_password_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match=PASSWORD_VARIABLE) as error:
        parse_broker(f"mqtt://pi:{secret}@broker")
    assert secret not in str(error.value)
    assert error.value.__context__ is None
