"""What the guest's modules for GPIO lines refuse, and what they advise instead."""

from __future__ import annotations

import pytest

from hostcore.errors import PluginReportedError
from tests.contract.calls import ours
from tests.sandbox import Sandbox


@pytest.mark.parametrize(
    ("made", "alternative"),
    [
        ("analogio.AnalogIn(Pin(4))", "ADS1115"),
        ("analogio.AnalogOut(Pin(4))", "MCP4725"),
        ("touchio.TouchIn(Pin(4))", "MPR121"),
        ("countio.Counter(Pin(4))", "host.gpio.capture()"),
        ("rotaryio.IncrementalEncoder(Pin(4), Pin(5))", "seesaw"),
        ("keypad.Keys((Pin(4),), value_when_pressed=False)", "gpiozero.Button"),
        ("pulseio.PulseOut(Pin(4))", "use a chip"),
        ("machine.ADC(26)", "ADS1115"),
        ("machine.Timer(-1)", "read()"),
    ],
)
def test_what_a_pi_or_the_sandbox_does_not_have_is_refused_with_an_alternative(
    sandbox: Sandbox, made: str, alternative: str
) -> None:
    plugin = sandbox.load(
        f"""
        import analogio, countio, keypad, machine, pulseio, rotaryio, touchio
        from microcontroller.pin import Pin

        def read():
            {made}
        """
    )
    with pytest.raises(PluginReportedError) as refusal:
        plugin.read()
    name = made.partition("(")[0]
    assert name.rpartition(".")[2] in str(refusal.value)
    assert alternative in str(refusal.value)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("from gpiozero import MCP3008", "the host's gpiozero has no MCP3008; use adafruit-circuitpython-mcp3xxx"),
        ("from gpiozero import Energenie", "the host's gpiozero has no Energenie"),
        (
            "from gpiozero.pins.pigpio import PiGPIOFactory; PiGPIOFactory(host='10.0.0.7')",
            "the sandbox cannot reach the pins of 10.0.0.7",
        ),
    ],
)
def test_what_gpiozero_does_not_have_here_is_an_import_error(sandbox: Sandbox, statement: str, error: str) -> None:
    told = ours(sandbox, (statement,), "").results[0]
    assert error in told


@pytest.mark.parametrize("kind", ["pigpio.PiGPIOFactory", "lgpio.LGPIOFactory", "rpigpio.RPiGPIOFactory"])
def test_every_pin_factory_of_gpiozero_is_the_host(sandbox: Sandbox, kind: str) -> None:
    module, _, name = kind.partition(".")
    prepare = f"from gpiozero import LED, Device\nfrom gpiozero.pins.{module} import {name}"
    calls = ("led = LED(17, pin_factory=" + name + "())", "Device.pin_factory = " + name + "()", "LED(17)")
    assert "GPIOPinInUse" in ours(sandbox, calls, prepare, "gpio:17:out").results[2]
