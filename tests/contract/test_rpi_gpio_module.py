"""The guest's `RPi.GPIO` against rpi-lgpio, which has the same functions, on the emulated kernel.

Where rpi-lgpio differs from RPi.GPIO 0.7.1, the messages of RPi.GPIO count.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.contract.calls import Told, ours, theirs
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.sandbox import Sandbox

pytestmark = pytest.mark.thorough

if find_spec("RPi") is None or find_spec("lgpio") is None:
    pytest.skip("rpi-lgpio is not installed (make install-dev-pi)", allow_module_level=True)

LINES = (2, 4, 17, 18, 22, 27)
PERMISSIONS = [f"gpio:{line}:{mode}" for line in LINES for mode in ("in", "out")] + ["pwm:18"]
PREPARE = "import RPi.GPIO as GPIO"
BCM = "GPIO.setmode(GPIO.BCM)"

CASES = {
    "modes": (
        "GPIO.getmode()",
        "GPIO.setup(17, GPIO.OUT)",
        "GPIO.input(17)",
        "GPIO.setmode(99)",
        BCM,
        "GPIO.getmode()",
        BCM,
        "GPIO.setmode(GPIO.BOARD)",
        "GPIO.cleanup()",
        "GPIO.getmode()",
    ),
    "constants": tuple(
        f"GPIO.{name}"
        for name in (
            *("BCM", "BOARD", "BOTH", "FALLING", "HARD_PWM", "HIGH", "I2C", "IN", "LOW", "OUT", "PUD_DOWN", "PUD_OFF"),
            *("PUD_UP", "RISING", "RPI_REVISION", "SERIAL", "SPI", "UNKNOWN", "RPI_INFO['P1_REVISION']"),
        )
    ),
    "an output": (
        BCM,
        "GPIO.output(17, 1)",
        "GPIO.setup(17, GPIO.OUT, initial=GPIO.HIGH)",
        "GPIO.input(17)",
        "GPIO.output(17, GPIO.LOW)",
        "GPIO.input(17)",
        "GPIO.output(17, True)",
        "GPIO.output(17, 7)",
        "GPIO.gpio_function(17)",
        "GPIO.cleanup(17)",
        "GPIO.output(17, 1)",
        "GPIO.gpio_function(17)",
    ),
    "lists": (
        BCM,
        "GPIO.setup([17, 27], GPIO.OUT, initial=0)",
        "GPIO.output([17, 27], 1)",
        "GPIO.output((17, 27), (0, 1))",
        "GPIO.output((17, 27), (0, 1, 1))",
        "GPIO.output(17, (0, 1))",
        "GPIO.input(17), GPIO.input(27)",
        "GPIO.setup((22,), GPIO.IN, pull_up_down=GPIO.PUD_UP)",
        "GPIO.input(22)",
        "GPIO.cleanup([17, 27])",
        "GPIO.cleanup()",
    ),
    "inputs": (
        BCM,
        "GPIO.input(22)",
        "GPIO.setup(22, GPIO.IN, pull_up_down=GPIO.PUD_UP)",
        "GPIO.input(22)",
        "GPIO.setup(22, GPIO.IN, pull_up_down=GPIO.PUD_DOWN)",
        "GPIO.input(22)",
        "GPIO.output(22, 1)",
        "GPIO.gpio_function(22)",
        "GPIO.setup(2, GPIO.IN, pull_up_down=GPIO.PUD_UP)",
        "GPIO.setwarnings(False)",
        "GPIO.setup(2, GPIO.IN, pull_up_down=GPIO.PUD_UP)",
        "GPIO.setwarnings(True)",
    ),
    "wrong arguments": (
        BCM,
        "GPIO.setup(99, GPIO.OUT)",
        "GPIO.setup(-1, GPIO.OUT)",
        "GPIO.setup(17, 7)",
        "GPIO.setup(17, GPIO.OUT, pull_up_down=GPIO.PUD_UP)",
        "GPIO.setup(17, GPIO.IN, initial=1)",
        "GPIO.setup(17, GPIO.IN, pull_up_down=99)",
        "GPIO.setup(17, GPIO.OUT, nonsense=1)",
    ),
    "board numbers": (
        "GPIO.setmode(GPIO.BOARD)",
        "GPIO.setup(11, GPIO.OUT, initial=1)",
        "GPIO.setup(12, GPIO.OUT, initial=0)",
        "GPIO.setup(13, GPIO.OUT, initial=1)",
        "GPIO.setup(13, GPIO.OUT)",
        "GPIO.setup(1, GPIO.OUT)",
        "GPIO.setup(41, GPIO.OUT)",
        "GPIO.setup(27, GPIO.OUT)",
        "GPIO.input(11)",
        "GPIO.cleanup()",
    ),
    "edges without callbacks": (
        BCM,
        "GPIO.add_event_detect(22, GPIO.RISING)",
        "GPIO.setup(22, GPIO.IN, pull_up_down=GPIO.PUD_UP)",
        "GPIO.add_event_detect(22, 5)",
        "GPIO.add_event_detect(22, GPIO.BOTH, callback=5)",
        "GPIO.add_event_detect(22, GPIO.BOTH, bouncetime=0)",
        "GPIO.add_event_callback(22, print)",
        "GPIO.event_detected(22)",
        "GPIO.add_event_detect(22, GPIO.RISING)",
        "GPIO.event_detected(22)",
        "GPIO.add_event_detect(22, GPIO.FALLING)",
        "GPIO.add_event_callback(22, 5)",
        "GPIO.add_event_callback(22, print)",
        "GPIO.remove_event_detect(22)",
        "GPIO.add_event_detect(22, GPIO.FALLING, bouncetime=20)",
        "GPIO.remove_event_detect(22)",
        "GPIO.wait_for_edge(22, GPIO.RISING, timeout=5)",
        "GPIO.wait_for_edge(22, 9, timeout=5)",
        "GPIO.wait_for_edge(22, GPIO.BOTH, timeout=0)",
        "GPIO.wait_for_edge(22, GPIO.BOTH, bouncetime=-3, timeout=5)",
        "GPIO.setup(17, GPIO.OUT, initial=0)",
        "GPIO.wait_for_edge(17, GPIO.BOTH)",
        "GPIO.cleanup()",
    ),
    "wrong modulation": (
        BCM,
        "GPIO.PWM(18, 50)",
        "GPIO.setup(18, GPIO.OUT)",
        "GPIO.PWM(18, 0)",
        "GPIO.PWM(18, -5)",
        "pwm = GPIO.PWM(18, 50)",
        "GPIO.PWM(18, 60)",
        "pwm.start(101)",
        "pwm.start(-1)",
        "pwm.ChangeDutyCycle(101)",
        "pwm.ChangeFrequency(0)",
        "pwm.nonsense",
        "del pwm",
        "GPIO.cleanup()",
    ),
}

MESSAGES = {
    "GPIO.output(17, 'high')": "ValueError: Value must be an integer/boolean or a list/tuple of integers/booleans",
    "GPIO.output([17], ['high'])": "ValueError: Value must be an integer or boolean",
    "GPIO.output('17', 1)": "ValueError: Channel must be an integer or list/tuple of integers",
    "GPIO.output(['17'], 1)": "ValueError: Channel must be an integer",
    "GPIO.setup({17}, GPIO.OUT)": "ValueError: Channel must be an integer or list/tuple of integers",
    "GPIO.cleanup(1.5)": "ValueError: Channel must be an integer or list/tuple of integers",
}
"""RPi.GPIO 0.7.1, `py_gpio.c`, where rpi-lgpio accepts more types."""


@pytest.fixture(scope="module")
def original() -> Iterator[dict[str, Told]]:
    """What rpi-lgpio does."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    with EmulatedKernel() as kernel:
        kernel.boot()
        yield theirs(kernel, CASES, PREPARE, finish="GPIO.setwarnings(False); GPIO.cleanup(); GPIO.setwarnings(True)")


@pytest.mark.parametrize("name", CASES)
def test_the_same_calls_have_the_same_results_and_drive_the_same_levels(
    name: str, sandbox: Sandbox, original: dict[str, Told]
) -> None:
    told = ours(sandbox, CASES[name], PREPARE, *PERMISSIONS)
    assert told.results == original[name].results
    assert told.levels == original[name].levels


@pytest.mark.parametrize(("call", "message"), MESSAGES.items())
def test_a_value_of_a_wrong_type_is_refused_as_by_rpi_gpio(call: str, message: str, sandbox: Sandbox) -> None:
    told = ours(sandbox, (BCM, "GPIO.setup(17, GPIO.OUT)", call), PREPARE, *PERMISSIONS)
    assert told.results[-1] == message


def test_a_cleanup_of_nothing_warns_unless_warnings_are_off(sandbox: Sandbox) -> None:
    told = ours(sandbox, (BCM, "GPIO.cleanup()", "GPIO.setwarnings(False)", "GPIO.cleanup()"), PREPARE)
    assert [each for each in told.results if each != "None"] == [
        "warned: No channels have been set up yet - nothing to clean up!  "
        "Try cleaning up at the end of your program instead!"
    ]
