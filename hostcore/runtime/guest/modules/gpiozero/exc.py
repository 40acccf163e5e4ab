"""The exceptions and warnings of gpiozero. Source: gpiozero 2.0.1, `exc.py`."""

# ruff: noqa: N818 - the names are those of the original


class GPIOZeroError(Exception):
    """An error of gpiozero."""


class DeviceClosed(GPIOZeroError):
    """The device was closed."""


class BadEventHandler(GPIOZeroError, ValueError):
    """A handler of an event takes more than one argument."""


class BadWaitTime(GPIOZeroError, ValueError):
    """A time is negative."""


class BadQueueLen(GPIOZeroError, ValueError):
    """A queue has no room."""


class BadPinFactory(GPIOZeroError, ImportError):
    """There is no such source of pins."""


class ZombieThread(GPIOZeroError, RuntimeError):
    """A thread did not end. Not raised here: there are no threads."""


class CompositeDeviceError(GPIOZeroError):
    """An error of a device that consists of others."""


class GPIODeviceError(GPIOZeroError):
    """An error of a device on a pin."""


class GPIODeviceClosed(GPIODeviceError, DeviceClosed):
    """The device on a pin was closed."""


class GPIOPinInUse(GPIODeviceError):
    """Another device uses the pin."""


class GPIOPinMissing(GPIODeviceError, ValueError):
    """No pin was given."""


class InputDeviceError(GPIODeviceError):
    """An error of an input."""


class OutputDeviceError(GPIODeviceError):
    """An error of an output."""


class OutputDeviceBadValue(OutputDeviceError, ValueError):
    """An output cannot have this value."""


class PinError(GPIOZeroError):
    """An error of a pin."""


class PinInvalidFunction(PinError, ValueError):
    """A pin has no such function."""


class PinInvalidState(PinError, ValueError):
    """A pin cannot have this state."""


class PinInvalidPull(PinError, ValueError):
    """A pin has no such resistor."""


class PinInvalidEdges(PinError, ValueError):
    """There are no such edges."""


class PinInvalidBounce(PinError, ValueError):
    """A bounce time is negative."""


class PinSetInput(PinError, AttributeError):
    """An input was set."""


class PinFixedPull(PinError, AttributeError):
    """The resistor of the pin cannot be changed."""


class PinEdgeDetectUnsupported(PinError, AttributeError):
    """The pin finds no edges."""


class PinUnsupported(PinError, NotImplementedError):
    """There are no pins."""


class PinSPIUnsupported(PinError, NotImplementedError):
    """The pins have no SPI."""


class PinPWMError(PinError):
    """An error of pulse-width modulation."""


class PinPWMUnsupported(PinPWMError, AttributeError):
    """The pin has no pulse-width modulation."""


class PinPWMFixedValue(PinPWMError, AttributeError):
    """The pulse-width modulation of the pin cannot be changed."""


class PinUnknownPi(PinError, RuntimeError):
    """The Raspberry Pi is not known."""


class PinMultiplePins(PinError, RuntimeError):
    """Several pins have this function."""


class PinNoPins(PinError, RuntimeError):
    """No pin has this function."""


class PinInvalidPin(PinError, ValueError):
    """There is no such pin."""


class GPIOZeroWarning(Warning):
    """A warning of gpiozero."""


class DistanceSensorNoEcho(GPIOZeroWarning):
    """A distance sensor heard nothing."""


class PWMWarning(GPIOZeroWarning):
    """A warning about pulse-width modulation."""


class PWMSoftwareFallback(PWMWarning):
    """Pulse-width modulation is less exact than it could be."""


class PinWarning(GPIOZeroWarning):
    """A warning about pins."""


class PinFactoryFallback(PinWarning):
    """Another source of pins is used."""


class PinNonPhysical(PinWarning):
    """A pin is not on the header."""


class ThresholdOutOfRange(GPIOZeroWarning):
    """A threshold is never reached."""


class CallbackSetToNone(GPIOZeroWarning):
    """A handler was set to None, although there was none."""
