"""The permissions of host.toml: what each text grants, and that nothing else is a permission."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.permissions import (
    GpioMode,
    GpioPermission,
    I2cPermission,
    IioPermission,
    Permission,
    SpiPermission,
    SystemPermission,
    UartPermission,
    claims,
    covers,
    parse_permission,
)
from hostcore.permissions.actuators import LedsPermission, PwmPermission, RelayPermission

BUS = st.integers(0, 255)
ADDRESSES = st.tuples(st.integers(0x08, 0x77), st.integers(0x08, 0x77)).map(sorted)
READ_WRITE = st.sampled_from([(True, True), (True, False), (False, True)])
PERMISSIONS: st.SearchStrategy[Permission] = st.one_of(
    st.builds(lambda bus, ends, modes: I2cPermission(bus, *ends, *modes), BUS, ADDRESSES, READ_WRITE),
    st.builds(SpiPermission, BUS, BUS),
    st.builds(GpioPermission, st.integers(0, 53), st.sampled_from(GpioMode)),
    st.builds(UartPermission, st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,31}", fullmatch=True)),
    st.builds(IioPermission, st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.,@+-]{0,63}", fullmatch=True)),
    st.just(LedsPermission()),
    st.builds(RelayPermission, st.from_regex(r"[a-z][a-z0-9_-]{0,31}", fullmatch=True)),
    st.builds(PwmPermission, st.integers(0, 53)),
    st.just(SystemPermission()),
)


@pytest.mark.parametrize(
    ("text", "permission"),
    [
        ("i2c:1:0x77", I2cPermission(1, 0x77, 0x77, read=True, write=True)),
        ("i2c:1:0x3c:write", I2cPermission(1, 0x3C, 0x3C, read=False, write=True)),
        ("i2c:1:0x23:read", I2cPermission(1, 0x23, 0x23, read=True, write=False)),
        ("i2c:1:0x08-0x77", I2cPermission(1, 0x08, 0x77)),
        ("i2c:22:0x50-0x57:read", I2cPermission(22, 0x50, 0x57, write=False)),
        ("spi:0.1", SpiPermission(0, 1)),
        ("gpio:17:in", GpioPermission(17, GpioMode.IN)),
        ("gpio:17:out", GpioPermission(17, GpioMode.OUT)),
        ("gpio:4:pulses", GpioPermission(4, GpioMode.PULSES)),
        ("uart:serial0", UartPermission("serial0")),
        ("iio:dht11@4", IioPermission("dht11@4")),
        ("leds", LedsPermission()),
        ("relay:fan", RelayPermission("fan")),
        ("pwm:18", PwmPermission(18)),
        ("system", SystemPermission()),
    ],
)
def test_a_text_grants_exactly_one_thing_and_is_its_canonical_form(text: str, permission: Permission) -> None:
    assert parse_permission(text) == permission
    assert str(permission) == text


@given(PERMISSIONS)
def test_every_permission_survives_being_written_and_read(permission: Permission) -> None:
    assert parse_permission(str(permission)) == permission


def test_an_address_may_be_written_in_capitals() -> None:
    assert str(parse_permission("i2c:1:0x3C")) == "i2c:1:0x3c"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("i2c:*:0x77", "i2c:BUS:ADDRESS"),
        ("i2c:1", "i2c:BUS:ADDRESS"),
        ("i2c:1:77", "0x08 to 0x77"),
        ("i2c:1:0x07", "0x08 to 0x77"),
        ("i2c:1:0x78", "0x08 to 0x77"),
        ("i2c:1:0x77-0x08", "FIRST-LAST"),
        ("i2c:1:0x77:readwrite", ":read or :write"),
        ("i2c:256:0x77", "0 to 255"),
        ("i2c:01:0x77", "i2c:BUS:ADDRESS"),
        ("i2c:١:0x77", "i2c:BUS:ADDRESS"),
        (" i2c:1:0x77", "i2c:BUS:ADDRESS"),
        ("i2c:1:0x77\n", "i2c:BUS:ADDRESS"),
        ("spi:0", "spi:BUS.CHIP_SELECT"),
        ("spi:0.999", "0 to 255"),
        ("gpio:4", "gpio:LINE:in"),
        ("gpio:54:in", "0 to 53"),
        ("gpio:4:inout", "gpio:LINE:pulses"),
        ("uart:", "uart:PORT"),
        ("uart:../mem", "uart:PORT"),
        ("iio:", "iio:NAME"),
        ("iio:../mem", "iio:NAME"),
        ("iio:bme280:read", "iio:NAME"),
        ("system:all", "system"),
        ("net:example.org", "i2c:BUS:ADDRESS"),
        ("", "i2c:BUS:ADDRESS"),
    ],
)
def test_anything_else_is_refused_with_one_line_that_says_what_is_allowed(text: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        parse_permission(text)
    assert allowed in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.text() | st.from_regex(r"(i2c|spi|gpio|uart|iio|system)[:.0-9a-fx-]*", fullmatch=True))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        permission = parse_permission(text)
    except ValueError:
        return
    assert parse_permission(str(permission)) == permission


@pytest.mark.parametrize(
    "build",
    [
        lambda: I2cPermission(256, 0x08, 0x08),
        lambda: I2cPermission(1, 0x07, 0x08),
        lambda: I2cPermission(1, 0x20, 0x10),
        lambda: I2cPermission(1, 0x20, 0x20, read=False, write=False),
        lambda: SpiPermission(0, -1),
        lambda: GpioPermission(54, GpioMode.IN),
        lambda: UartPermission("a/b"),
        lambda: IioPermission("a b"),
    ],
)
def test_a_permission_out_of_range_cannot_be_made(build) -> None:
    with pytest.raises(ValueError, match=r"."):
        build()


@pytest.mark.parametrize(
    ("text", "bus"),
    [
        ("i2c:3:0x38", "i2c-3"),
        ("spi:0.1", "spi-0"),
        ("gpio:4:in", "gpio"),
        ("uart:ttyUSB0", "uart-ttyUSB0"),
        ("iio:bme280", "iio"),
        ("system", "system"),
    ],
)
def test_a_permission_names_its_bus_as_host_toml_does(text: str, bus: str) -> None:
    assert parse_permission(text).bus_name == bus


@pytest.mark.parametrize(
    ("granted", "wanted", "covered"),
    [
        ("i2c:1:0x77", "i2c:1:0x77", True),
        ("i2c:1:0x77", "i2c:1:0x77:read", True),
        ("i2c:1:0x77", "i2c:1:0x77:write", True),
        ("i2c:1:0x70-0x77", "i2c:1:0x71-0x76", True),
        ("i2c:1:0x77:read i2c:1:0x77:write", "i2c:1:0x77", True),
        ("i2c:1:0x08-0x77:read i2c:1:0x77:write", "i2c:1:0x77", True),
        ("i2c:1:0x77:read", "i2c:1:0x77:write", False),
        ("i2c:1:0x77:read", "i2c:1:0x77", False),
        ("i2c:1:0x77", "i2c:1:0x76-0x77", False),
        ("i2c:1:0x77", "i2c:3:0x77", False),
        ("i2c:1:0x77", "spi:1.0", False),
        ("spi:0.1", "spi:0.1", True),
        ("spi:0.1", "spi:0.0", False),
        ("gpio:4:pulses", "gpio:4:pulses", True),
        ("gpio:4:pulses", "gpio:4:in", False),
        ("gpio:4:out", "gpio:4:pulses", False),
        ("uart:serial0", "uart:serial0", True),
        ("uart:serial0", "uart:serial1", False),
        ("iio:bme280", "iio:bme280", True),
        ("iio:bme280", "iio:bmp280", False),
        ("system", "system", True),
        ("", "system", False),
    ],
)
def test_permissions_cover_what_they_allow_together_and_nothing_else(granted: str, wanted: str, covered: bool) -> None:
    assert covers([parse_permission(text) for text in granted.split()], parse_permission(wanted)) is covered


@given(PERMISSIONS)
def test_every_permission_covers_itself(permission: Permission) -> None:
    assert covers([permission], permission)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("i2c:1:0x76-0x77", (("i2c-1", 0x76), ("i2c-1", 0x77))),
        ("i2c:1:0x3c:write", (("i2c-1", 0x3C),)),
        ("i2c:1:0x3c:read", ()),
        ("spi:0.1", (("spi-0", 1),)),
        ("gpio:4:out", (("gpio", 4),)),
        ("gpio:4:pulses", (("gpio", 4),)),
        ("gpio:4:in", ()),
        ("uart:serial0", (("uart-serial0", None),)),
        ("iio:bme280", ()),
        ("system", ()),
    ],
)
def test_whatever_could_disturb_others_is_claimed(text: str, claimed: tuple[tuple[str, int | None], ...]) -> None:
    assert claims(parse_permission(text)) == claimed
