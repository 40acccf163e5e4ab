"""The adjustment of one value, as host.toml describes it. The filters mean what ESPHome's filters mean."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hostcore.quantities import Quantity
from hostcore.quantities.check import checked


@dataclass(frozen=True, slots=True)
class Offset:
    """Adds a number."""

    amount: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Multiplies by a number. ESPHome calls it `multiply`."""

    factor: float


@dataclass(frozen=True, slots=True)
class CalibrateLinear:
    """Replaces each value by that of a line: the one with the least squares of the distances from the points."""

    points: tuple[tuple[float, float], ...]
    """Pairs of what the driver measured and what is true. At least two, and not all of the same measured value."""

    @property
    def slope(self) -> float:
        """How much the true value grows with the measured one."""
        measured, true = self._means
        above = sum((x - measured) * (y - true) for x, y in self.points)
        return above / sum((x - measured) ** 2 for x, _ in self.points)

    @property
    def intercept(self) -> float:
        """The true value where the measured one is 0."""
        measured, true = self._means
        return true - self.slope * measured

    @property
    def _means(self) -> tuple[float, float]:
        count = len(self.points)
        return sum(x for x, _ in self.points) / count, sum(y for _, y in self.points) / count


@dataclass(frozen=True, slots=True)
class Median:
    """Replaces each value by the median of the last ones."""

    window: int
    """How many."""


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """Replaces each value by the mean of the last ones. ESPHome calls it `sliding_window_moving_average`."""

    window: int
    """How many."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """Lets a value through if the one before it went through long enough ago. Holds that one otherwise."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Delta:
    """Lets a value through if it differs enough from the one that went through before. Holds that one otherwise."""

    least: float
    """The least difference."""


Filter = Offset | Scale | CalibrateLinear | Median | MovingAverage | Throttle | Delta


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the settings change of one value."""

    path: tuple[str, ...]
    """The keys down to the value in the driver's reading. A place in a list is its number, as text."""
    filters: tuple[Filter, ...] = ()
    """In the order in which the value passes them."""
    rename: str = ""
    """The last key under which it is published; "" for the driver's own. Places in lists have none."""
    unit: str | None = None
    """Its unit; None for that of the driver, or else the host's guess. So for the next two. Nothing is converted."""
    device_class: str | None = None
    decimals: int | None = None

    @property
    def published(self) -> tuple[str, ...]:
        """The keys down to the value when it is published."""
        return (*self.path[:-1], self.rename) if self.rename else self.path

    def over(self, quantity: Quantity) -> Quantity:
        """Return what the value measures: `quantity`, with what the settings say in its place.

        A class of `quantity` is dropped if it does not fit the unit of the settings.
        """
        said = {key: getattr(self, key) for key in ("unit", "device_class", "decimals")}
        changes = {key: value for key, value in said.items() if value is not None}
        if not changes:
            return quantity
        fitting, _ = checked(replace(quantity, **changes))
        return replace(fitting, is_guessed=False, is_set=True)
