"""The guest's `gpiozero` against the original: with its lgpio pins on the emulated kernel."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import gpiozero
import gpiozero.exc
import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from tests.contract.calls import MAKE_CALLS, Told, ours, theirs
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.sandbox import Sandbox

pytestmark = pytest.mark.thorough

LINES = (2, 4, 17, 18, 22, 24, 27)
PERMISSIONS = [f"gpio:{line}:{mode}" for line in LINES for mode in ("in", "out")] + ["pwm:18"]
PREPARE = "from gpiozero import *"

CASES = {
    "an LED": (
        "led = LED(17)",
        "led",
        "led.value, led.is_lit, led.is_active, led.active_high, led.closed",
        "led.on()",
        "led.value, led.is_lit",
        "led.toggle()",
        "led.toggle()",
        "led",
        "led.off()",
        "led.value = 1",
        "led.value = 0.5",
        "led.value",
        "led.values.__next__()",
        "led.nonsense = 5",
        "led.pin",
        "led.close()",
        "led, led.closed, led.pin",
        "led.on()",
        "led.value",
        "led.close()",
    ),
    "an active-low output": (
        "relay = OutputDevice('GPIO27', active_high=False, initial_value=True)",
        "relay.value, relay.active_high",
        "relay.off()",
        "relay.on()",
        "relay.active_high = True",
        "relay.value",
        "relay",
        "relay.close()",
    ),
    "blinking in the foreground": (
        "led = LED(17)",
        "led.blink(on_time=0.002, off_time=0.001, n=2, background=False)",
        "led.value",
        "buzzer = Buzzer(27)",
        "buzzer.beep(0.001, 0.001, 3, False)",
        "buzzer.is_active",
        "led.close()",
        "buzzer.close()",
    ),
    "a context": (
        "with LED(17) as led: led.on()",
        "led.closed",
        "again = LED(17)",
        "again.close()",
    ),
    "a pin in use": (
        "led = LED(17)",
        "LED(17)",
        "Button('BCM17')",
        "led.close()",
        "button = Button(17)",
        "button.close()",
    ),
    "names of pins": (
        "def name(pin):\n    with LED(pin) as led: return led.pin.info.name",
        "[name(pin) for pin in (17, 'GPIO17', 'BCM17', 'BOARD11', 'J8:11', 'WPI0', '17')]",
        *(f"LED({pin})" for pin in ("99", "-1", "'GPIO28'", "'BOARD2x'", "1.5", "None", "'gpio17'", "'GPIO017'")),
    ),
    "an input": (
        "pin = InputDevice(22)",
        "pin.value, pin.is_active, pin.pull_up, pin.closed",
        "pin",
        "pin.value = 1",
        "pin.close()",
        "pin.value",
        "InputDevice(22, pull_up=None)",
        "InputDevice(22, active_state=True)",
        "pin = InputDevice(22, pull_up=None, active_state=False)",
        "pin.pull_up",
        "pin.close()",
        "pin = InputDevice(22, pull_up=True)",
        "pin.value, pin.is_active, pin.pull_up",
        "pin.close()",
    ),
    "a button": (
        "button = Button(22)",
        "button.is_pressed, button.value, button.pull_up, button.hold_time, button.hold_repeat, button.is_held",
        "button",
        "button.wait_for_press(0.02)",
        "button.wait_for_release(0.02)",
        "button.when_pressed",
        "button.when_pressed = 5",
        "button.when_pressed = lambda a, b: None",
        "button.when_pressed = print",
        "button.when_pressed = lambda: None",
        "button.when_pressed = lambda device: None",
        "button.when_pressed is None",
        "button.when_pressed = None",
        "button.hold_time = -1",
        "button.held_time",
        "button.active_time is None, button.inactive_time >= 0",
        "button.close()",
        "Button(2, pull_up=True).pull_up",
        "InputDevice(4, bounce=3)",
        "Button(4, hold_time=-2)",
        "Button(4, bounce_time=-2)",
    ),
    "values of modulation": (
        "PWMLED(18, initial_value=2)",
        "led = PWMLED(18)",
        "led.value, led.is_lit, led.frequency",
        "led.value = 0.5",
        "led.value, led.is_lit",
        "led.value = 1.5",
        "led.value = -0.1",
        "led.toggle()",
        "led.value",
        "led.on()",
        "led.value",
        "led.off()",
        "led.value",
        "led.frequency = 50",
        "led.frequency",
        "led",
        "led.close()",
        "led = PWMLED(18, active_high=False, initial_value=0.25)",
        "led.value",
        "led.close()",
    ),
    "a servo": (
        "Servo(18, min_pulse_width=0.002, max_pulse_width=0.001)",
        "Servo(18, max_pulse_width=0.03)",
        "servo = Servo(18)",
        "servo.is_active, servo.frame_width",
        "round(servo.min_pulse_width, 9), round(servo.max_pulse_width, 9)",
        "servo.value = 2",
        "servo.detach()",
        "servo.value, servo.is_active, servo.pulse_width",
        "servo.close()",
        "AngularServo(18, initial_angle=100)",
        "servo = AngularServo(18, initial_angle=None)",
        "servo.angle, servo.value, servo.min_angle, servo.max_angle",
        "servo.angle = 91",
        "servo.close()",
    ),
}

POSITIONS = (
    "servo = Servo(18)",
    "servo.value, servo.pulse_width",
    "servo.min(); result = servo.value, servo.pulse_width",
    "result",
    "servo.max(); result = servo.value, servo.pulse_width",
    "result",
    "servo.value = 0.3",
    "servo.value",
    "servo.pulse_width = 0.0012",
    "servo.value",
    "servo.close()",
    "servo = AngularServo(18, initial_angle=10, min_angle=-42, max_angle=44)",
    "servo.angle, servo.value",
    "servo.angle = -40",
    "servo.angle, servo.pulse_width",
    "servo.close()",
)
"""Where exact duties matter. gpiozero's lgpio pins round them to a percent, its simulated pins do not."""


@pytest.fixture(scope="module")
def original() -> Iterator[dict[str, Told]]:
    """What gpiozero does."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    if find_spec("lgpio") is None:
        pytest.skip("lgpio is not installed")
    with EmulatedKernel() as kernel:
        kernel.boot()
        yield theirs(kernel, CASES, PREPARE)


@pytest.mark.parametrize("name", CASES)
def test_the_same_calls_have_the_same_results_and_drive_the_same_levels(
    name: str, sandbox: Sandbox, original: dict[str, Told]
) -> None:
    told = ours(sandbox, CASES[name], PREPARE, *PERMISSIONS)
    assert told.results == original[name].results
    if "18" not in CASES[name][0]:  # lgpio makes pulses on a thread of its own
        assert told.levels == original[name].levels


def test_a_servo_turns_where_the_original_turns_it(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpiozero.Device, "pin_factory", MockFactory(pin_class=MockPWMPin))
    names: dict[str, Any] = dict(vars(gpiozero))
    made: dict[str, Any] = {}
    exec(MAKE_CALLS, made)
    assert list(ours(sandbox, POSITIONS, PREPARE, "pwm:18").results) == made["make_calls"](names, POSITIONS)


def test_the_exceptions_have_the_names_and_bases_of_the_original(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import gpiozero.exc

        def read():
            return {
                name: [base.__name__ for base in kind.__mro__]
                for name, kind in vars(gpiozero.exc).items()
                if isinstance(kind, type)
            }
        """
    )
    theirs_by_name = {
        name: [base.__name__ for base in kind.__mro__] for name, kind in vars(gpiozero.exc).items() if name[0].isupper()
    }
    for name, bases in plugin.read().items():
        assert bases == theirs_by_name[name]
