"""Which chips are commonly found at which I2C address."""

from __future__ import annotations

_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0C, 0x0F, "AK8963 compass"),
    (0x10, 0x10, "VEML7700 light"),
    (0x18, 0x19, "LIS3DH accelerometer"),
    (0x18, 0x1F, "MCP9808 temperature"),
    (0x1C, 0x1D, "MMA8451 accelerometer"),
    (0x1E, 0x1E, "HMC5883L compass"),
    (0x20, 0x27, "MCP23017 port expander"),
    (0x20, 0x27, "PCF8574 port expander, LCD backpack"),
    (0x23, 0x23, "BH1750 light"),
    (0x29, 0x29, "VL53L0X distance"),
    (0x29, 0x29, "TSL2591 light"),
    (0x36, 0x36, "MAX17048 fuel gauge"),
    (0x38, 0x38, "AHT20 humidity"),
    (0x38, 0x3F, "PCF8574A port expander"),
    (0x39, 0x39, "APDS-9960 gesture"),
    (0x3C, 0x3D, "SSD1306 display"),
    (0x3C, 0x3D, "SH1106 display"),
    (0x40, 0x40, "HTU21D, Si7021 humidity"),
    (0x40, 0x4F, "INA219 power"),
    (0x40, 0x7F, "PCA9685 PWM"),
    (0x44, 0x45, "SHT3x, SHT4x humidity"),
    (0x48, 0x4B, "ADS1115 ADC"),
    (0x48, 0x4F, "LM75, TMP102 temperature"),
    (0x50, 0x57, "24Cxx EEPROM"),
    (0x5A, 0x5A, "MLX90614 infrared thermometer"),
    (0x5A, 0x5D, "MPR121 touch"),
    (0x5C, 0x5C, "BH1750 light"),
    (0x5C, 0x5D, "LPS25H pressure"),
    (0x60, 0x60, "MCP4725 DAC"),
    (0x61, 0x61, "SCD30 CO2"),
    (0x62, 0x62, "SCD40 CO2"),
    (0x68, 0x68, "DS3231, DS1307 clock"),
    (0x68, 0x69, "MPU-6050 motion"),
    (0x70, 0x77, "HT16K33 LED matrix"),
    (0x70, 0x77, "TCA9548A bus switch"),
    (0x76, 0x77, "BME280, BMP280, BME680 climate"),
    (0x77, 0x77, "BMP180 pressure"),
)
"""First and last address from the makers' data sheets. An address proves nothing: many chips share it."""


def chips_at(address: int) -> tuple[str, ...]:
    """Chips that can be set to this 7-bit address, the narrowest ranges first; none where none is known."""
    found = [(last - first, name) for first, last, name in _RANGES if first <= address <= last]
    return tuple(name for _, name in sorted(found, key=lambda each: each[0]))
