"""Which of a quantity Home Assistant accepts. It refuses the whole entity for a unit that does not fit its class."""

from __future__ import annotations

from unicodedata import normalize

from hostcore.broker.bodies import ValueInfo
from hostcore.quantities.vocabulary import ANY_UNIT, DEVICE_CLASSES, STATE_CLASSES, fits

NOT_NUMBERS = frozenset(name for name, each in DEVICE_CLASSES.items() if not each.state_classes)
"""Classes of values that are no numbers."""
NEW = frozenset({("nitrogen_dioxide", "ppm"), ("ozone", "ppm")})
"""Units of a class that Home Assistant accepts only since 2026.3 or later."""
MOST_DECIMALS = 9
ANGLE = "measurement_angle"


def accepted(info: ValueInfo) -> dict[str, str | int]:
    """Return the unit, the classes and the decimals of a number, as far as Home Assistant accepts them together.

    A class that does not fit the unit is left out: the value is worth more than its icon.
    """
    unit, device_class, decimals = info.unit.strip(), info.device_class, info.decimals
    known = DEVICE_CLASSES.get(device_class)
    is_usual = device_class not in NOT_NUMBERS and (device_class, unit) not in NEW
    is_class = known is not None and is_usual and fits(device_class, unit)
    state_class = _state_class(info, device_class if is_class else "", unit)
    return {
        **({"unit_of_meas": _spelled(device_class, unit) if is_class else unit} if unit else {}),
        **({"dev_cla": device_class} if is_class else {}),
        **({"stat_cla": state_class} if state_class else {}),
        **({"sug_dsp_prc": decimals} if decimals is not None and 0 <= decimals <= MOST_DECIMALS else {}),
    }


def _state_class(info: ValueInfo, device_class: str, unit: str) -> str:
    """The state class; "" if it has none, or one that Home Assistant does not accept here."""
    state_class = info.state_class
    if state_class not in STATE_CLASSES or (state_class == ANGLE and unit != "°"):
        return ""
    return state_class if not device_class or state_class in DEVICE_CLASSES[device_class].state_classes else ""


def _spelled(device_class: str, unit: str) -> str:
    """The unit in the characters of Home Assistant: µ and ° have several in Unicode."""
    same = (each for each in DEVICE_CLASSES[device_class].units if normalize("NFKC", each) == normalize("NFKC", unit))
    return unit if ANY_UNIT in DEVICE_CLASSES[device_class].units else next(same)
