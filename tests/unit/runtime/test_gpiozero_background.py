"""Handlers and blinking of `gpiozero`, which run on threads, run while the plugin sleeps or waits."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import Level
from tests.contract.calls import levels
from tests.sandbox import Sandbox
from tests.wired_pi import NO_THREADS

pytest_plugins = ["tests.pressed_button"]


def test_a_buttons_handlers_run_while_the_plugin_sleeps(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        from gpiozero import Button

        button = Button(22, hold_time=0.4)
        start, seen = time.monotonic(), []

        def note(event):
            seen.append([event, round(time.monotonic() - start, 1)])

        button.when_pressed = lambda: note("pressed")
        button.when_released = lambda: note("released")
        button.when_held = lambda device: note(f"held {device.held_time}")

        def read():
            time.sleep(3)
            return {"seen": seen}
        """,
        "gpio:22:in",
    )
    expected = [["pressed", 0.5], ["released", 0.7], ["pressed", 1.5], ["held 0.0", 1.9], ["released", 2.8]]
    assert plugin.read() == {"seen": expected}


def test_waits_return_whether_it_happened(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        from gpiozero import Button

        def read():
            with Button(22) as button:
                released = button.wait_for_release(0.1)
                nothing = button.wait_for_press(0.1)
                pressed = button.wait_for_press()
                time.sleep(0.1)
                return {"waits": [released, nothing, pressed], "time": round(button.active_time, 1)}
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"waits": [True, False, True], "time": 0.1}


def test_a_short_change_within_the_bounce_time_does_not_count(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        from gpiozero import Button

        def read():
            seen = []
            with Button(22, bounce_time=1.2) as button:
                time.sleep(0.8)  # the first press is within the bounce time after the start
                button.when_pressed = lambda: seen.append("pressed")
                time.sleep(1.5)
            return {"seen": seen}
        """,
        "gpio:22:in",
    )
    assert plugin.read() == {"seen": ["pressed"]}


def test_a_light_blinks_while_the_plugin_sleeps(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import time
        from gpiozero import LED

        def setup():
            global led
            led = LED(27)
            led.blink(on_time=0.2, off_time=0.1)

        def read():
            time.sleep(0.35)
            return {"is_lit": led.is_lit}
        """,
        "gpio:27:out",
    )
    assert plugin.read() == {"is_lit": True}
    assert levels(sandbox) == ((27, False), (27, True), (27, False), (27, True))
    plugin.read()
    assert levels(sandbox)[4:] == ((27, False), (27, True))
    assert sandbox.lines(Level.WARNING) == [f"gpiozero: blinking goes on in the background, {NO_THREADS}"]


def test_setting_the_value_ends_the_blinking(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import time
        from gpiozero import PWMLED

        def read():
            with PWMLED(18) as led:
                led.pulse()
                time.sleep(0.5)
                brightness = led.value
                led.value = 0.25
                time.sleep(1)
                return {"brightness": round(brightness, 2), "then": led.value}
        """,
        "pwm:18",
    )
    assert plugin.read() == {"brightness": 0.48, "then": 0.25}


def test_a_button_that_nobody_holds_is_closed(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        from gpiozero import Button

        def read():
            return {"pressed": Button(22).wait_for_press(0.1)}
        """,
        "gpio:22:in",
    )
    for _ in range(2):
        assert plugin.read() == {"pressed": False}


def test_a_light_follows_a_button(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        from gpiozero import LED, Button

        led, button = LED(27), Button(22)
        led.source = button

        def read():
            time.sleep(1)
            return {}
        """,
        "gpio:22:in",
        "gpio:27:out",
    )
    plugin.read()
    assert levels(pressed) == ((27, False), (27, True), (27, False))


def test_a_plugin_that_is_set_up_again_may_make_its_devices_again(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import host
        from gpiozero import LED

        def setup():
            global led
            led = LED(27)

        def read():
            led.on()
            raise host.SensorError("silent")
        """,
        "gpio:27:out",
        "gpio:27:in",
    )
    for _ in range(2):
        with pytest.raises(PluginReportedError, match="silent"):
            plugin.read()
    assert levels(sandbox)[-2:] == ((27, False), (27, True))


def test_a_handler_may_wait_for_the_next_press(pressed: Sandbox) -> None:
    plugin = pressed.load(
        """
        import time
        from gpiozero import LED, Button

        button, led, seen = Button(22), LED(27), []

        def twice():
            led.blink(0.1, 0.1, n=2, background=False)
            seen.append(led.value)

        button.when_pressed = twice

        def read():
            time.sleep(2)
            return {"seen": seen}
        """,
        "gpio:22:in",
        "gpio:27:out",
    )
    assert plugin.read() == {"seen": [0, 0]}
