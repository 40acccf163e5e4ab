"""Edges of `RPi.GPIO`, which its threads find, are found while the plugin sleeps or waits."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import Level
from tests.sandbox import Sandbox
from tests.wired_pi import NO_THREADS

pytest_plugins = ["tests.pressed_button"]


def test_callbacks_run_while_the_plugin_sleeps(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        import RPi.GPIO as GPIO

        seen = []
        start = time.monotonic()

        def read():
            GPIO.setmode(GPIO.BCM)
            GPIO.setup(22, GPIO.IN, pull_up_down=GPIO.PUD_UP)
            GPIO.add_event_detect(22, GPIO.FALLING, callback=note, bouncetime=100)
            time.sleep(2)
            return {"seen": seen, "detected": [GPIO.event_detected(22), GPIO.event_detected(22)]}

        def note(channel):
            seen.append([channel, round(time.monotonic() - start, 1), GPIO.input(22)])
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"seen": [[22, 0.5, 0], [22, 1.5, 0]], "detected": [True, False]}
    assert pressed.lines(Level.WARNING) == [f"GPIO 22: edges that are 10 ms apart are found, {NO_THREADS}"]


def test_an_edge_within_the_bounce_time_does_not_count(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        import RPi.GPIO as GPIO

        def read():
            seen = []
            GPIO.setmode(GPIO.BOARD)
            GPIO.setup(15, GPIO.IN)
            GPIO.add_event_detect(15, GPIO.BOTH, seen.append, 300)
            time.sleep(1)
            return {"seen": seen}
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"seen": [15]}


def test_wait_for_edge_returns_the_channel_or_none(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        import RPi.GPIO as GPIO

        def read():
            GPIO.setmode(GPIO.BCM)
            GPIO.setup(22, GPIO.IN)
            start = time.monotonic()
            rose = GPIO.wait_for_edge(22, GPIO.RISING)
            after = round(time.monotonic() - start, 1)
            return {"rose": rose, "after": after, "fell": GPIO.wait_for_edge(22, GPIO.FALLING, timeout=300)}
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"rose": 22, "after": 0.7, "fell": None}


def test_an_exception_of_a_callback_is_printed_and_the_plugin_goes_on(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        import RPi.GPIO as GPIO

        def read():
            GPIO.setmode(GPIO.BCM)
            GPIO.setup(22, GPIO.IN)
            GPIO.add_event_detect(22, GPIO.FALLING, lambda channel: 1 / 0)
            time.sleep(1)
            return {"ended": True}
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"ended": True}
    assert "ZeroDivisionError: division by zero" in pressed.lines()


def test_a_denied_access_of_a_callback_is_not_hidden(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        import RPi.GPIO as GPIO
        from host import gpio

        def read():
            GPIO.setmode(GPIO.BCM)
            GPIO.setup(22, GPIO.IN)
            GPIO.add_event_detect(22, GPIO.FALLING, lambda channel: gpio.write(5, True))
            time.sleep(1)
        """,
        "gpio:22:in",
    )
    with pytest.raises(PluginReportedError, match="gpio:5:out"):
        plugin.read()


def test_a_plugin_that_is_set_up_again_may_add_its_edges_and_modulation_again(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import host
        import RPi.GPIO as GPIO

        def setup():
            global pwm
            GPIO.setmode(GPIO.BCM)
            GPIO.setup(22, GPIO.IN)
            GPIO.add_event_detect(22, GPIO.FALLING)
            GPIO.setup(18, GPIO.OUT)
            pwm = GPIO.PWM(18, 50)

        def read():
            raise host.SensorError("silent")
        """,
        "gpio:22:in",
        "gpio:18:out",
        "pwm:18",
    )
    for _ in range(2):
        with pytest.raises(PluginReportedError, match="silent"):
            plugin.read()
