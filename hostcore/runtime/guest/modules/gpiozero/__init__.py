"""gpiozero's devices on GPIO lines.

They behave like those of gpiozero 2.0.1 on a Raspberry Pi, with these differences:

- Handlers, `blink` and `source` run while the plugin sleeps or waits, because the sandbox has no threads. Inputs are
  looked at every 10 ms. The log says so once.
- Only the devices below exist. The others are refused by name.
- All pins are the host's. `Device.pin_factory` and the argument `pin_factory` have no effect.
- `close` makes outputs inputs only if the plugin may read them. After pulse-width modulation, a pin remains low.
"""

# ruff: noqa: F401 - the package exports what it imports

from typing import NoReturn

from gpiozero.devices import Device, GPIODevice
from gpiozero.distance_sensor import DistanceSensor
from gpiozero.exc import *  # noqa: F403 - the original exports all of them
from gpiozero.input_devices import Button, DigitalInputDevice, InputDevice, MotionSensor, SmoothedInputDevice
from gpiozero.internal_devices import CPUTemperature
from gpiozero.mixins import EventsMixin, HoldMixin, event
from gpiozero.output_devices import LED, Buzzer, DigitalOutputDevice, OutputDevice, SourceMixin
from gpiozero.pwm_devices import PWMLED, PWMOutputDevice
from gpiozero.servos import AngularServo, Servo

__version__ = "2.0.1"

INSTEAD = {
    "MCP3001": "adafruit-circuitpython-mcp3xxx",
    "MCP3002": "adafruit-circuitpython-mcp3xxx",
    "MCP3004": "adafruit-circuitpython-mcp3xxx",
    "MCP3008": "adafruit-circuitpython-mcp3xxx",
    "LineSensor": "DigitalInputDevice",
    "LightSensor": "an analog converter, such as the ADS1115",
    "RotaryEncoder": "a chip that follows encoders",
    "Motor": "two PWMOutputDevice",
    "Robot": "four PWMOutputDevice",
    "RGBLED": "three PWMLED",
    "LEDBoard": "one LED for each pin",
    "TrafficLights": "one LED for each pin",
    "TonalBuzzer": "PWMOutputDevice with a frequency",
}
"""What to use in place of a device that does not exist here."""


def __getattr__(name: str) -> NoReturn:
    if not name[:1].isupper():
        raise AttributeError(f"module 'gpiozero' has no attribute {name!r}")
    raise ImportError(f"the host's gpiozero has no {name}; use {INSTEAD.get(name, 'other devices of gpiozero')}")
