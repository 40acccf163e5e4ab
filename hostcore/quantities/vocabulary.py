"""Home Assistant's classes of sensors: the units and the state classes that each allows.

Source: Home Assistant's developer documentation, "Sensor entity", and homeassistant/components/sensor/const.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from unicodedata import normalize

from hostcore.quick_dataclass import dataclass

STATE_CLASSES = ("measurement", "measurement_angle", "total", "total_increasing")
"""How a number changes: it is measured, it is the direction of something, or it is counted up."""
ANY_UNIT = "*"
"""Stands for all units: those of `monetary` are the currencies of ISO 4217."""

_MEASURED = ("measurement",)
_COUNTED = ("total", "total_increasing")
_EITHER = (*_MEASURED, *_COUNTED)


@dataclass(frozen=True, slots=True)
class DeviceClass:
    """What Home Assistant says of one class."""

    units: tuple[str, ...]
    """Allowed units, the most usual first. "" stands for none."""
    state_classes: tuple[str, ...] = _MEASURED
    """Allowed state classes. Empty for a value that is no number."""


def _class(units: str, state_classes: tuple[str, ...] = _MEASURED) -> DeviceClass:
    return DeviceClass(tuple(each.strip() for each in units.split(",")), state_classes)


_PARTICLES = "µg/m³"
_GAS = "µg/m³, ppb"
_ENERGY = "kWh, Wh, mWh, MWh, GWh, TWh, J, kJ, MJ, GJ, cal, kcal, Mcal, Gcal"
_LENGTH = "m, mm, cm, km, in, ft, yd, mi, nmi"
_PRESSURE = "hPa, Pa, kPa, mPa, mbar, cbar, bar, mmHg, inHg, inH₂O, psi"
_SPEED = "m/s, m/min, mm/s, km/h, mph, ft/s, in/s, kn, Beaufort"
_RAIN_RATE = "mm/h, mm/d, in/h, in/d"
_TEMPERATURE = "°C, °F, K"
_VOLUME = "L, mL, m³, ft³, gal, fl. oz., CCF, MCF"

DEVICE_CLASSES: Mapping[str, DeviceClass] = MappingProxyType({
    "absolute_humidity": _class("g/m³, mg/m³"),
    "apparent_power": _class("VA, mVA, kVA"),
    "aqi": _class(""),
    "area": _class("m², mm², cm², km², in², ft², yd², mi², ac, ha", _EITHER),
    "atmospheric_pressure": _class(_PRESSURE),
    "battery": _class("%"),
    "blood_glucose_concentration": _class("mg/dL, mmol/L"),
    "carbon_dioxide": _class("ppm"),
    "carbon_monoxide": _class(f"{_GAS}, mg/m³, ppm"),
    "conductivity": _class("µS/cm, mS/cm, S/cm"),
    "current": _class("A, mA"),
    "data_rate": _class("B/s, kB/s, MB/s, GB/s, KiB/s, MiB/s, GiB/s, bit/s, kbit/s, Mbit/s, Gbit/s"),
    "data_size": _class(
        "B, kB, MB, GB, TB, PB, EB, ZB, YB, KiB, MiB, GiB, TiB, PiB, EiB, ZiB, YiB, bit, kbit, Mbit, Gbit", _EITHER
    ),
    "date": _class("", ()),
    "distance": _class(_LENGTH, _EITHER),
    "duration": _class("s, ms, µs, min, h, d", _EITHER),
    "energy": _class(_ENERGY, _COUNTED),
    "energy_distance": _class("kWh/100km, Wh/km, mi/kWh, km/kWh"),
    "energy_storage": _class(_ENERGY),
    "enum": _class("", ()),
    "frequency": _class("Hz, kHz, MHz, GHz"),
    "gas": _class("m³, L, ft³, CCF, MCF", _COUNTED),
    "humidity": _class("%"),
    "illuminance": _class("lx"),
    "irradiance": _class("W/m², BTU/(h⋅ft²)"),
    "moisture": _class("%"),
    "monetary": _class(ANY_UNIT, ("total",)),
    "nitrogen_dioxide": _class(f"{_GAS}, ppm"),
    "nitrogen_monoxide": _class(_GAS),
    "nitrous_oxide": _class("µg/m³"),
    "ozone": _class(f"{_GAS}, ppm"),
    "ph": _class(""),
    "pm1": _class(_PARTICLES),
    "pm10": _class(_PARTICLES),
    "pm25": _class(_PARTICLES),
    "pm4": _class(_PARTICLES),
    "power": _class("W, mW, kW, MW, GW, TW"),
    "power_factor": DeviceClass(("%", "")),
    "precipitation": _class("mm, cm, in", _EITHER),
    "precipitation_intensity": _class(_RAIN_RATE),
    "pressure": _class(_PRESSURE),
    "reactive_energy": _class("varh, kvarh", _COUNTED),
    "reactive_power": _class("var, mvar, kvar"),
    "signal_strength": _class("dBm, dB"),
    "sound_pressure": _class("dB, dBA"),
    "speed": _class(f"{_SPEED}, {_RAIN_RATE}"),
    "sulphur_dioxide": _class(_GAS),
    "temperature": _class(_TEMPERATURE),
    "temperature_delta": _class(_TEMPERATURE),
    "timestamp": _class("", ()),
    "volatile_organic_compounds": _class("µg/m³, mg/m³"),
    "volatile_organic_compounds_parts": _class("ppb, ppm"),
    "voltage": _class("V, mV, µV, kV, MV"),
    "volume": _class(_VOLUME, _COUNTED),
    "volume_flow_rate": _class("L/min, L/h, L/s, mL/s, m³/h, m³/min, m³/s, ft³/min, gal/min, gal/h, gal/d"),
    "volume_storage": _class(_VOLUME),
    "water": _class("L, m³, ft³, gal, CCF, MCF", _COUNTED),
    "weight": _class("kg, g, mg, µg, oz, lb, st", _EITHER),
    "wind_direction": _class("°", ("measurement_angle",)),
    "wind_speed": _class(_SPEED),
})  # fmt: skip
"""All classes, by name."""


def fits(device_class: str, unit: str) -> bool:
    """Whether values of this class, one of `DEVICE_CLASSES`, can have this unit."""
    units = DEVICE_CLASSES[device_class].units
    # µ and ° have several characters in Unicode, which look the same.
    return ANY_UNIT in units or normalize("NFKC", unit) in {normalize("NFKC", each) for each in units}
