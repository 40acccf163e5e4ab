"""How the traffic pane writes a transfer."""

from __future__ import annotations

import pytest

from hostcore.backends.base import PwmSettings
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from tui.traffic.transfer_words import data_of, place_text


@pytest.mark.parametrize(
    ("messages", "pwm", "words"),
    [
        ((Message(True, b"\xd0"), Message(False, b"\x61")), None, "> d0  < 61"),
        ((Message(True, b""),), None, ">"),
        ((), PwmSettings(0.5, 1000.0), "50% 1000 Hz"),
        ((), None, ""),
    ],
)
def test_bytes_have_a_direction_and_settings_their_units(
    messages: tuple[Message, ...], pwm: PwmSettings | None, words: str
) -> None:
    transfer = TransferCompleted(0, "fan", BusName("gpio"), 18, messages, Outcome.OK, "", 1000, pwm=pwm)
    assert data_of(transfer) == words


@pytest.mark.parametrize(
    ("bus", "address", "words"),
    [("i2c-1", 0x77, "i2c-1 0x77"), ("gpio", 18, "gpio 18"), ("uart-serial0", None, "uart-serial0")],
)
def test_only_an_i2c_address_is_hexadecimal(bus: str, address: int | None, words: str) -> None:
    assert place_text(BusName(bus), address) == words
