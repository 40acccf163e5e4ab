"""How the traffic pane writes a transfer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import Edge, PwmSettings
from hostcore.backends.spi import SpiSettings
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.view.traffic import SeenTransfer, Traffic
from tests.scripted_session import host_facts, plugin_facts
from tui.look import COLOURLESS
from tui.traffic.command_words import repeat_of
from tui.traffic.sheet import sheet_lines
from tui.traffic.transfer_words import place_text, transfer_line, words_of

I2C, SPI, UART = BusName("i2c-1"), BusName("spi-0"), BusName("uart-serial0")


def wrote(data: str) -> Message:
    return Message(True, bytes.fromhex(data))


def read(data: str) -> Message:
    return Message(False, bytes.fromhex(data))


def transfer(
    *messages: Message, bus: BusName = I2C, address: int | None = 0x77, plugin: str = "bme680"
) -> TransferCompleted:
    return TransferCompleted(5_000_000, plugin, bus, address, messages, Outcome.OK, "", 312_000, sequence=1)


def over_spi(*messages: Message, speed_hz: int = 500_000, mode: int = 0, plugin: str = "lis3dh") -> TransferCompleted:
    return replace(transfer(*messages, bus=SPI, address=0, plugin=plugin), spi=SpiSettings(speed_hz, mode))


def seen(*transfers: TransferCompleted) -> SeenTransfer:
    """The last of some transfers, as the view keeps it."""
    traffic = Traffic()
    traffic.know((plugin_facts("bme680"), plugin_facts("lis3dh"), plugin_facts("oled")))
    for each in transfers:
        traffic.takes()[TransferCompleted](each)
    return traffic.items.last(1)[0]


def row(made: SeenTransfer, width: int) -> str:
    return "".join(segment.text for segment in transfer_line(made, COLOURLESS, width))


IDENTITY = transfer(wrote("d0"), read("61"))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (IDENTITY, "BME680 R id=0x61"),
        (transfer(wrote("7425")), "BME680? W ctrl_meas: osrs_t 1x osrs_p 1x mode forced"),
        (transfer(read("8100"), address=0x09), "R 81 00 = 33024/-32512, little endian 129"),
        (
            over_spi(wrote("8f00"), read("ff33"), speed_hz=1_000_000, mode=3),
            "LIS3DH? 1 MHz mode 3 R WHO_AM_I=0x33",
        ),
        (over_spi(wrote("9f"), plugin="own"), "500 kHz mode 0 W 9f"),
        (transfer(wrote("00ae8d14af"), address=0x3C, plugin="oled"),
         "SSD1306? W DISPLAY_OFF CHARGE_PUMP on DISPLAY_ON"),
        (transfer(wrote("01"), bus=BusName("gpio"), address=18), "W high"),
        (transfer(read("00"), bus=BusName("gpio"), address=18), "R low"),
        (replace(transfer(bus=BusName("gpio"), address=18), pwm=PwmSettings(0.5, 1000.0)), "50% of 1000 Hz"),
        (transfer(wrote("24473a0d0a"), bus=UART, address=None), r'W "$G:\r\n" 24 47 3a 0d 0a'),
        (transfer(read(""), bus=UART, address=None), "R nothing"),
        (transfer(wrote(b"bme280 temp".hex()), read(b"21.5".hex()), bus=BusName("iio"), address=None),
         "bme280 temp 21.5"),
    ],
)  # fmt: skip
def test_a_transfer_is_told_in_the_words_of_its_chip_or_bus(made: TransferCompleted, words: str) -> None:
    assert words_of(seen(made)) == words


def test_what_a_device_sends_cannot_act_on_the_terminal() -> None:
    assert words_of(seen(transfer(read("1b5b324a"), bus=UART, address=None))) == r'R "\x1b[2J" 1b 5b 32 4a'


def test_pulses_are_bars_as_high_as_they_are_wide() -> None:
    edges = tuple(Edge(time_ns, number % 2 == 0) for number, time_ns in enumerate((0, 80_000, 120_000, 200_000)))
    capture = replace(transfer(bus=BusName("gpio"), address=4), edges=edges)
    assert words_of(seen(capture)) == "3 pulses █▅█"


def test_a_row_has_the_gap_and_a_wide_one_also_time_duration_start_and_stop() -> None:
    later = replace(IDENTITY, time_ns=6_500_000)
    narrow, wide = row(seen(IDENTITY, later), 78), row(seen(IDENTITY, later), 140)
    assert narrow.startswith("+1.19 ms bme680   i2c-1 0x77   BME680 R id=0x61")
    assert "S 0x77 W BME680" not in narrow and "312 µs" not in narrow
    assert "+1.19 ms bme680      i2c-1 0x77     312 µs  BME680 S 0x77 W id Sr R id=0x61 P" in wide


def test_a_row_does_not_repeat_its_place() -> None:
    full = "I2C bus 1, address 0x5D: no device acknowledged"
    failed = replace(transfer(address=0x5D), outcome=Outcome.NO_ACKNOWLEDGE, detail=full)
    assert full in row(seen(failed), 200)
    told = row(seen(replace(failed, problem="no device acknowledged")), 78)
    assert told.rstrip().endswith("no device acknowledged") and "I2C bus" not in told


def test_a_row_says_whether_its_bus_is_simulated_or_a_fault_struck() -> None:
    assert "i2c-1 0x77 S BME680" in row(seen(replace(IDENTITY, is_simulated=True)), 78)
    assert "i2c-1 0x77 F BME680" in row(seen(replace(IDENTITY, is_simulated=True, is_injected=True)), 78)


PLACES = st.sampled_from(
    [
        (I2C, 0x77),
        (I2C, 0x23),
        (I2C, 0x3C),
        (I2C, 0x09),
        (SPI, 0),
        (UART, None),
        (BusName("gpio"), 4),
        (BusName("iio"), None),
    ]
)
EDGES = st.lists(st.builds(Edge, st.integers(0, 10**12), st.booleans()), max_size=90).map(tuple)


@given(
    st.lists(
        st.builds(
            lambda place, messages, outcome, edges, plugin: replace(
                transfer(*messages, bus=place[0], address=place[1], plugin=plugin), outcome=outcome, edges=edges
            ),
            PLACES,
            st.lists(st.builds(Message, st.booleans(), st.binary(max_size=40)), max_size=4),
            st.sampled_from(Outcome),
            EDGES,
            st.sampled_from(["bme680", "bh1750", "oled", "lis3dh"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(40, 200),
)
def test_any_transfer_has_a_row_and_a_sheet_that_a_terminal_only_shows(
    transfers: list[TransferCompleted], width: int
) -> None:
    made = seen(*transfers)
    repeat = repeat_of(made.transfer, host_facts())
    lines = [transfer_line(made, COLOURLESS, width), *sheet_lines(made, (), repeat, COLOURLESS, width)]
    assert all(segment.text.isprintable() for line in lines for segment in line)


@pytest.mark.parametrize(
    ("bus", "address", "words"),
    [("i2c-1", 0x77, "i2c-1 0x77"), ("gpio", 18, "gpio 18"), ("uart-serial0", None, "uart-serial0")],
)
def test_only_an_i2c_address_is_hexadecimal(bus: str, address: int | None, words: str) -> None:
    assert place_text(BusName(bus), address) == words
