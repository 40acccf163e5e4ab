"""Permissions in a person's words."""

from __future__ import annotations

import pytest

from hostcore.permissions import device_of, parse_permission, use_of


@pytest.mark.parametrize(
    ("text", "device", "use"),
    [
        ("i2c:1:0x76", "0x76 on i2c-1", "use 0x76 on i2c-1"),
        ("i2c:1:0x76:read", "0x76 on i2c-1", "read 0x76 on i2c-1"),
        ("i2c:1:0x76:write", "0x76 on i2c-1", "write to 0x76 on i2c-1"),
        ("i2c:1:0x50-0x57", "0x50 to 0x57 on i2c-1", "use 0x50 to 0x57 on i2c-1"),
        ("spi:0.1", "chip select 1 of spi-0", "use chip select 1 of spi-0"),
        ("gpio:4:in", "GPIO 4", "read GPIO 4"),
        ("gpio:4:out", "GPIO 4", "use GPIO 4 as an output"),
        ("gpio:4:pulses", "GPIO 4", "send and record pulses on GPIO 4"),
        ("pwm:18", "GPIO 18", "use GPIO 18 for PWM"),
        ("uart:serial0", "the serial port serial0", "use the serial port serial0"),
        ("iio:dht11@4", "the kernel's sensor dht11@4", "read the kernel's sensor dht11@4"),
        ("leds", "the LED strip", "use the LED strip"),
        ("relay:fan", "the relay fan", "use the relay fan"),
        ("system", "the computer's own state", "read the computer's own state"),
    ],
)
def test_a_permission_is_told_as_a_device_and_a_use_of_it(text: str, device: str, use: str) -> None:
    permission = parse_permission(text)
    assert (device_of(permission), use_of(permission)) == (device, use)
