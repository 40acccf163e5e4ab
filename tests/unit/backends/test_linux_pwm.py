"""Pulse-width modulation of the Linux backend: gpiozero on its mock pins, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin

from hostcore.backends.base import Pull
from hostcore.backends.linux.factory import LinuxFactory
from hostcore.errors import UnsupportedError


@pytest.fixture
def pins(request: pytest.FixtureRequest) -> Iterator[MockFactory]:
    """gpiozero's mock pins, which can do PWM unless the test says otherwise."""
    Device.pin_factory = MockFactory(pin_class=getattr(request, "param", MockPWMPin))
    yield Device.pin_factory
    if Device.pin_factory is not None:
        Device.pin_factory.close()
    Device.pin_factory = None


@pytest.fixture
def linux(pins: MockFactory) -> Iterator[LinuxFactory]:
    factory = LinuxFactory()
    yield factory
    factory.close()


def state(pins: Any, line: int) -> tuple[str, float, float | None]:
    pin = pins.pin(line)
    return pin.function, pin.state, pin.frequency


def test_the_pin_gets_duty_and_frequency_at_once_and_whenever_they_change(
    pins: MockFactory, linux: LinuxFactory
) -> None:
    output = linux.pwm(18)
    output.write(0.25, 440.0)
    assert state(pins, 18) == ("output", 0.25, 440.0)
    output.write(0.75, 50.0)
    assert state(pins, 18) == ("output", 0.75, 50.0)


@pytest.mark.parametrize(("duty", "level"), [(1.0, 1), (0.0, 0)])
def test_a_line_that_is_always_high_or_low_has_no_periods(
    pins: MockFactory, linux: LinuxFactory, duty: float, level: int
) -> None:
    output = linux.pwm(18)
    for _ in range(2):
        output.write(0.5, 100.0)
        output.write(duty, 100.0)
        assert state(pins, 18) == ("output", level, None)


def test_nothing_is_taken_before_it_is_written(pins: MockFactory, linux: LinuxFactory) -> None:
    linux.pwm(18)
    assert state(pins, 18) == ("input", 0, None)


def test_a_line_goes_back_and_forth_between_levels_and_modulation(pins: MockFactory, linux: LinuxFactory) -> None:
    line, output = linux.gpio_line(18), linux.pwm(18)
    for _ in range(2):
        line.write(True)
        assert state(pins, 18) == ("output", 1, None)
        output.write(0.5, 100.0)
        assert state(pins, 18) == ("output", 0.5, 100.0)
    assert line.read(Pull.UP) is True
    assert state(pins, 18)[0] == "input"


def test_other_lines_go_on(pins: MockFactory, linux: LinuxFactory) -> None:
    linux.pwm(18).write(0.5, 100.0)
    linux.gpio_line(17).write(True)
    assert state(pins, 18) == ("output", 0.5, 100.0)


def test_closing_gives_the_line_back_and_the_next_write_takes_it_anew(pins: MockFactory, linux: LinuxFactory) -> None:
    output = linux.pwm(18)
    output.write(0.5, 100.0)
    linux.close()
    assert Device.pin_factory is None
    Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    output.write(0.75, 100.0)
    assert state(Device.pin_factory, 18) == ("output", 0.75, 100.0)


@pytest.mark.parametrize("is_installed", [True, False])
@pytest.mark.parametrize("pins", [MockPin], indirect=True)
def test_pins_that_cannot_do_it_say_so_and_lgpio_is_advised_only_where_it_is_not_installed(
    pins: MockFactory, linux: LinuxFactory, monkeypatch: pytest.MonkeyPatch, is_installed: bool
) -> None:
    monkeypatch.setattr("hostcore.backends.linux.gpiozero.find_spec", lambda name: name if is_installed else None)
    with pytest.raises(UnsupportedError, match=r"GPIO line 18: .* cannot do pulse-width modulation; ") as raised:
        linux.pwm(18).write(0.5, 100.0)
    assert ("pip install lgpio" in str(raised.value)) is not is_installed


@pytest.mark.parametrize("line", [-1, 54])
def test_a_line_that_does_not_exist_is_refused_by_its_number(linux: LinuxFactory, line: int) -> None:
    with pytest.raises(UnsupportedError, match=str(line)):
        linux.pwm(line)
