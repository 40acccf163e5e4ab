"""gpiozero's servos. Source: gpiozero 2.0.1, `output_devices.py`. They need the permission ``pwm:LINE``."""

from gpiozero.devices import Device
from gpiozero.exc import OutputDeviceBadValue
from gpiozero.output_devices import SourceMixin
from gpiozero.pins import HostFactory, HostPin
from gpiozero.pwm_devices import PWMOutputDevice


class Servo(SourceMixin, Device):
    """A servo. The width of a pulse in each frame says where it turns.

    Args:
        pin: the name of its pin.
        initial_value: where it turns at first, -1 to 1; None is nowhere.
        min_pulse_width: seconds for -1.
        max_pulse_width: seconds for 1.
        frame_width: seconds from one pulse to the next.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        initial_value: float | None = 0.0,
        min_pulse_width: float = 1 / 1000,
        max_pulse_width: float = 2 / 1000,
        frame_width: float = 20 / 1000,
        pin_factory: HostFactory | None = None,
    ) -> None:
        if min_pulse_width >= max_pulse_width:
            raise ValueError("min_pulse_width must be less than max_pulse_width")
        if max_pulse_width >= frame_width:
            raise ValueError("max_pulse_width must be less than frame_width")
        self._frame_width = frame_width
        self._least_duty = min_pulse_width / frame_width
        self._duty_range = (max_pulse_width - min_pulse_width) / frame_width
        super().__init__(pin_factory=pin_factory)
        self.pwm_device = PWMOutputDevice(pin, frequency=int(1 / frame_width), pin_factory=pin_factory)
        self.value = initial_value

    def close(self) -> None:
        """Free the pin."""
        super().close()
        if hasattr(self, "pwm_device"):
            self.pwm_device.close()

    @property
    def closed(self) -> bool:
        """Whether the pin is free."""
        return not hasattr(self, "pwm_device") or self.pwm_device.closed

    @property
    def frame_width(self) -> float:
        """Seconds from one pulse to the next."""
        return self._frame_width

    @property
    def min_pulse_width(self) -> float:
        """Seconds for the value -1."""
        return self._least_duty * self.frame_width

    @property
    def max_pulse_width(self) -> float:
        """Seconds for the value 1."""
        return self._duty_range * self.frame_width + self.min_pulse_width

    @property
    def pulse_width(self) -> float | None:
        """Seconds of a pulse; None without pulses."""
        return None if self._pin.frequency is None else self._pin.state * self.frame_width

    @pulse_width.setter
    def pulse_width(self, value: float) -> None:
        self._pin.state = value / self.frame_width

    def min(self) -> None:
        """Turn to -1."""
        self.value = -1

    def mid(self) -> None:
        """Turn to 0."""
        self.value = 0

    def max(self) -> None:
        """Turn to 1."""
        self.value = 1

    def detach(self) -> None:
        """Send no more pulses."""
        self.value = None

    @property
    def value(self) -> float | None:
        """Where it turns, -1 to 1; None without pulses."""
        position = self._position()
        return None if position is None else round(position, 14)

    @value.setter
    def value(self, value: float | None) -> None:
        if value is None:
            self._pin.frequency = None
        elif -1 <= value <= 1:
            self._pin.frequency = int(1 / self.frame_width)
            self._pin.state = self._least_duty + self._duty_range * ((value + 1) / 2)
        else:
            raise OutputDeviceBadValue("Servo value must be between -1 and 1, or None")

    @property
    def is_active(self) -> bool:
        """Whether it gets pulses."""
        return self.value is not None

    @property
    def _pin(self) -> HostPin:
        return self.pwm_device._open_pin()

    def _position(self) -> float | None:
        """Where it turns, -1 to 1; None without pulses."""
        if self._pin.frequency is None:
            return None
        return (self._pin.state - self._least_duty) / self._duty_range * 2 - 1


class AngularServo(Servo):
    """A servo whose position is an angle.

    Args:
        pin: the name of its pin.
        initial_angle: where it turns at first; None is nowhere.
        min_angle: the angle of -1.
        max_angle: the angle of 1.
        min_pulse_width: seconds for -1.
        max_pulse_width: seconds for 1.
        frame_width: seconds from one pulse to the next.
    """

    def __init__(
        self,
        pin: int | str | None = None,
        *,
        initial_angle: float | None = 0.0,
        min_angle: float = -90,
        max_angle: float = 90,
        min_pulse_width: float = 1 / 1000,
        max_pulse_width: float = 2 / 1000,
        frame_width: float = 20 / 1000,
        pin_factory: HostFactory | None = None,
    ) -> None:
        self._min_angle, self._angular_range = min_angle, max_angle - min_angle
        super().__init__(
            pin,
            initial_value=self._value_at(initial_angle),
            min_pulse_width=min_pulse_width,
            max_pulse_width=max_pulse_width,
            frame_width=frame_width,
            pin_factory=pin_factory,
        )

    @property
    def min_angle(self) -> float:
        """The angle of the value -1."""
        return self._min_angle

    @property
    def max_angle(self) -> float:
        """The angle of the value 1."""
        return self._min_angle + self._angular_range

    @property
    def angle(self) -> float | None:
        """Where it turns; None without pulses."""
        position = self._position()
        return None if position is None else round(self._angular_range * (position + 1) / 2 + self._min_angle, 12)

    @angle.setter
    def angle(self, angle: float | None) -> None:
        self.value = self._value_at(angle)

    def _value_at(self, angle: float | None) -> float | None:
        if angle is None:
            return None
        low, high = sorted((self.min_angle, self.max_angle))
        if not low <= angle <= high:
            text = f"AngularServo angle must be between {self.min_angle} and {self.max_angle}, or None"
            raise OutputDeviceBadValue(text)
        return 2 * (angle - self._min_angle) / self._angular_range - 1
