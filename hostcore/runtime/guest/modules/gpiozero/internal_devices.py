"""gpiozero's devices inside the Pi. Source: gpiozero 2.0.1, `internal_devices.py`."""

from host import system

from gpiozero.devices import Device
from gpiozero.pins import HostFactory


class CPUTemperature(Device):
    """The temperature of the processor. It needs the permission "system".

    Args:
        sensor_file: is not used.
        min_temp: °C of the value 0.
        max_temp: °C of the value 1.
        threshold: °C; it is on if the temperature is higher.
    """

    def __init__(
        self,
        sensor_file: str = "",
        *,
        min_temp: float = 0.0,
        max_temp: float = 100.0,
        threshold: float = 80.0,
        pin_factory: HostFactory | None = None,
    ) -> None:
        self._is_closed = False
        super().__init__(pin_factory=pin_factory)
        if min_temp >= max_temp:
            raise ValueError("max_temp must be greater than min_temp")
        self.min_temp, self.max_temp, self.threshold = min_temp, max_temp, threshold

    def close(self) -> None:
        """Measure no longer."""
        self._is_closed = True

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._is_closed

    @property
    def temperature(self) -> float:
        """The temperature in °C."""
        return system.status().cpu_temperature

    @property
    def value(self) -> float:
        """The temperature, 0 at `min_temp` and 1 at `max_temp`."""
        return (self.temperature - self.min_temp) / (self.max_temp - self.min_temp)

    @property
    def is_active(self) -> bool:
        """Whether the temperature is higher than `threshold`."""
        return self.temperature > self.threshold
