"""The chips that may be at an I2C address, and how to tell them apart.

This helps a person to read a scan. An address does not identify a chip, because most addresses are shared. Some chips
have an identity that does: a register that always reads the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """A register that always reads the same."""

    register: int
    """The register's number, 0x00 to 0xff: the byte to write before reading."""
    value: bytes
    """The bytes to read then."""


@dataclass(frozen=True, slots=True)
class KnownChip:
    """A chip, or a family of chips that cannot be told apart on the bus."""

    name: str
    """Name as its maker writes it; several names are separated by slashes."""
    purpose: str
    """A description in two or three words."""
    addresses: tuple[int, ...]
    """Its possible 7-bit addresses, chosen by pins, by the order code or by a board."""
    source: str
    """The data sheet, and its name for the register of the identity."""
    identity: Identity | None = None
    """None if the chip has no such register, or one whose number has more than one byte."""


def candidates(address: int) -> tuple[KnownChip, ...]:
    """The known chips that may have this 7-bit address. Those most common on a Raspberry Pi come first."""
    return tuple(chip for chip in KNOWN_CHIPS if address in chip.addresses)


def _to(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _id(register: int, value: str) -> Identity:
    return Identity(register, bytes.fromhex(value))


KNOWN_CHIPS: tuple[KnownChip, ...] = (
    # Air: temperature, humidity, pressure, gas
    KnownChip("BME680", "air sensor", (0x76, 0x77), "Bosch BST-BME680-DS001, chip_id", _id(0xD0, "61")),
    KnownChip("BME280", "air sensor", (0x76, 0x77), "Bosch BST-BME280-DS002, id", _id(0xD0, "60")),
    KnownChip("BMP280", "pressure sensor", (0x76, 0x77), "Bosch BST-BMP280-DS001, id", _id(0xD0, "58")),
    KnownChip("BMP388", "pressure sensor", (0x76, 0x77), "Bosch BST-BMP388-DS001, CHIP_ID", _id(0x00, "50")),
    KnownChip("BMP390", "pressure sensor", (0x76, 0x77), "Bosch BST-BMP390-DS002, CHIP_ID", _id(0x00, "60")),
    KnownChip("BMP180", "pressure sensor", (0x77,), "Bosch BST-BMP180-DS000, chip-id", _id(0xD0, "55")),
    KnownChip("DPS310", "pressure sensor", (0x76, 0x77), "Infineon DPS310, Product and Revision ID", _id(0x0D, "10")),
    KnownChip("MS5611", "pressure sensor", (0x76, 0x77), "TE Connectivity MS5611-01BA03"),
    KnownChip("MS8607", "air sensor", (0x40, 0x76), "TE Connectivity MS8607-02BA01"),
    KnownChip("AHT20", "humidity sensor", (0x38,), "ASAIR AHT20 Product Manuals, 5.3"),
    KnownChip("AHT10", "humidity sensor", (0x38, 0x39), "ASAIR AHT10 Technical Manual"),
    KnownChip("SHT3x", "humidity sensor", (0x44, 0x45), "Sensirion SHT3x-DIS"),
    KnownChip("SHT4x", "humidity sensor", (0x44, 0x45, 0x46), "Sensirion SHT4x"),
    KnownChip("SHTC3", "humidity sensor", (0x70,), "Sensirion SHTC3"),
    KnownChip("Si7021/HTU21D/SHT21", "humidity sensor", (0x40,), "Silicon Labs Si7021-A20"),
    KnownChip("HDC1080", "humidity sensor", (0x40,), "TI HDC1080, Device ID", _id(0xFF, "1050")),
    KnownChip("HDC2080", "humidity sensor", (0x40, 0x41), "TI HDC2080, Device ID Low and High", _id(0xFE, "d007")),
    KnownChip("HTS221", "humidity sensor", (0x5F,), "ST HTS221, WHO_AM_I", _id(0x0F, "bc")),
    KnownChip("AM2320", "humidity sensor", (0x5C,), "Aosong AM2320"),
    KnownChip("LPS22HB", "pressure sensor", (0x5C, 0x5D), "ST LPS22HB, WHO_AM_I", _id(0x0F, "b1")),
    KnownChip("LPS25H", "pressure sensor", (0x5C, 0x5D), "ST LPS25H, WHO_AM_I", _id(0x0F, "bd")),
    KnownChip("MPL3115A2", "pressure sensor", (0x60,), "NXP MPL3115A2, WHO_AM_I", _id(0x0C, "c4")),
    KnownChip("CCS811", "gas sensor", (0x5A, 0x5B), "ams CCS811, HW_ID", _id(0x20, "81")),
    KnownChip("ENS160", "gas sensor", (0x52, 0x53), "ScioSense ENS160, PART_ID", _id(0x00, "6001")),
    KnownChip("SGP30", "gas sensor", (0x58,), "Sensirion SGP30"),
    KnownChip("SGP40/SGP41", "gas sensor", (0x59,), "Sensirion SGP40"),
    KnownChip("SCD30", "CO2 sensor", (0x61,), "Sensirion SCD30"),
    KnownChip("SCD4x", "CO2 sensor", (0x62,), "Sensirion SCD4x"),
    KnownChip("SPS30/SEN5x", "dust sensor", (0x69,), "Sensirion SPS30; Sensirion SEN5x"),
    KnownChip("PMSA003I", "dust sensor", (0x12,), "Plantower PMSA003I"),
    # Temperature alone
    KnownChip("MCP9808", "thermometer", _to(0x18, 0x1F), "Microchip MCP9808, Manufacturer ID", _id(0x06, "0054")),
    KnownChip("TMP117", "thermometer", _to(0x48, 0x4B), "TI TMP117, Device_ID", _id(0x0F, "0117")),
    KnownChip("TMP102", "thermometer", _to(0x48, 0x4B), "TI TMP102"),
    KnownChip("LM75", "thermometer", _to(0x48, 0x4F), "NXP LM75B"),
    KnownChip("MCP9600", "thermocouple amplifier", _to(0x60, 0x67), "Microchip MCP9600, Device ID", _id(0x20, "40")),
    KnownChip("MLX90614", "infrared thermometer", (0x5A,), "Melexis MLX90614"),
    KnownChip("MLX90640", "thermal camera", (0x33,), "Melexis MLX90640"),
    KnownChip("AMG8833", "thermal camera", (0x68, 0x69), "Panasonic Grid-EYE AMG88"),
    # Light, distance, touch
    KnownChip("BH1750", "light sensor", (0x23, 0x5C), "ROHM BH1750FVI, Slave Address"),
    KnownChip("TSL2591", "light sensor", (0x28, 0x29), "ams TSL2591, ID", _id(0xB2, "50")),
    KnownChip("TSL2561", "light sensor", (0x29, 0x39, 0x49), "TAOS TSL2560, TSL2561"),
    KnownChip("TCS34725", "colour sensor", (0x29,), "TAOS TCS3472, ID", _id(0x92, "44")),
    KnownChip("LTR-303/LTR-329", "light sensor", (0x29,), "Lite-On LTR-303ALS-01, PART_ID", _id(0x86, "a0")),
    KnownChip("LTR-390UV", "UV sensor", (0x53,), "Lite-On LTR-390UV-01, PART_ID", _id(0x06, "b2")),
    KnownChip("VEML7700", "light sensor", (0x10,), "Vishay VEML7700"),
    KnownChip("VEML6070", "UV sensor", (0x38, 0x39), "Vishay VEML6070"),
    KnownChip("VCNL4010", "proximity sensor", (0x13,), "Vishay VCNL4010, Product ID", _id(0x81, "21")),
    KnownChip("VCNL4040", "proximity sensor", (0x60,), "Vishay VCNL4040, ID", _id(0x0C, "8601")),
    KnownChip("APDS-9960", "gesture sensor", (0x39,), "Avago APDS-9960, ID", _id(0x92, "ab")),
    KnownChip("MAX44009", "light sensor", (0x4A, 0x4B), "Maxim MAX44009"),
    KnownChip("OPT3001", "light sensor", _to(0x44, 0x47), "TI OPT3001, Device ID", _id(0x7F, "3001")),
    KnownChip("Si1145", "UV sensor", (0x60,), "Silicon Labs Si1145, PART_ID", _id(0x00, "45")),
    KnownChip("VL53L0X", "distance sensor", (0x29,), "ST VL53L0X, 3.2 Reference registers", _id(0xC0, "ee")),
    KnownChip("VL53L1X/VL6180X", "distance sensor", (0x29,), "ST VL53L1X; ST VL6180X"),
    KnownChip("MPR121", "touch sensor", _to(0x5A, 0x5D), "NXP MPR121"),
    KnownChip("CAP1188", "touch sensor", _to(0x28, 0x2D), "Microchip CAP1188, Product ID", _id(0xFD, "50")),
    KnownChip("FT6x06", "touch screen", (0x38,), "FocalTech FT6x06"),
    KnownChip("MAX30102", "pulse oximeter", (0x57,), "Maxim MAX30102, Part ID", _id(0xFF, "15")),
    # Motion and magnetism
    KnownChip("MPU-6050", "motion sensor", (0x68, 0x69), "InvenSense RM-MPU-6000A, WHO_AM_I", _id(0x75, "68")),
    KnownChip("MPU-6500", "motion sensor", (0x68, 0x69), "InvenSense RM-MPU-6500A, WHO_AM_I", _id(0x75, "70")),
    KnownChip("MPU-9250", "motion sensor", (0x68, 0x69), "InvenSense RM-MPU-9250A, WHO_AM_I", _id(0x75, "71")),
    KnownChip("ICM-20948", "motion sensor", (0x68, 0x69), "InvenSense DS-000189, WHO_AM_I", _id(0x00, "ea")),
    KnownChip("BMI160", "motion sensor", (0x68, 0x69), "Bosch BST-BMI160-DS000, CHIP_ID", _id(0x00, "d1")),
    KnownChip("BMI270", "motion sensor", (0x68, 0x69), "Bosch BST-BMI270-DS000, CHIP_ID", _id(0x00, "24")),
    KnownChip("BNO055", "motion sensor", (0x28, 0x29), "Bosch BST-BNO055-DS000, CHIP_ID", _id(0x00, "a0")),
    KnownChip("BNO085", "motion sensor", (0x4A, 0x4B), "CEVA BNO08X"),
    KnownChip("LSM6DS3", "motion sensor", (0x6A, 0x6B), "ST LSM6DS3, WHO_AM_I", _id(0x0F, "69")),
    KnownChip("LSM6DSO", "motion sensor", (0x6A, 0x6B), "ST LSM6DSO, WHO_AM_I", _id(0x0F, "6c")),
    KnownChip("LSM9DS1", "motion sensor", (0x6A, 0x6B), "ST LSM9DS1, WHO_AM_I", _id(0x0F, "68")),
    KnownChip("LSM9DS1", "magnetometer", (0x1C, 0x1E), "ST LSM9DS1, WHO_AM_I_M", _id(0x0F, "3d")),
    KnownChip("LIS3MDL", "magnetometer", (0x1C, 0x1E), "ST LIS3MDL, WHO_AM_I", _id(0x0F, "3d")),
    KnownChip("L3GD20H", "gyroscope", (0x6A, 0x6B), "ST L3GD20H, WHO_AM_I", _id(0x0F, "d7")),
    KnownChip("LIS3DH", "accelerometer", (0x18, 0x19), "ST LIS3DH, WHO_AM_I", _id(0x0F, "33")),
    KnownChip("ADXL345", "accelerometer", (0x1D, 0x53), "Analog Devices ADXL345, DEVID", _id(0x00, "e5")),
    KnownChip("MMA8451Q", "accelerometer", (0x1C, 0x1D), "NXP MMA8451Q, WHO_AM_I", _id(0x0D, "1a")),
    KnownChip("FXOS8700CQ", "motion sensor", _to(0x1C, 0x1F), "NXP FXOS8700CQ, WHO_AM_I", _id(0x0D, "c7")),
    KnownChip("HMC5883L", "magnetometer", (0x1E,), "Honeywell HMC5883L, Identification A to C", _id(0x0A, "483433")),
    KnownChip("QMC5883L", "magnetometer", (0x0D,), "QST QMC5883L, Chip ID", _id(0x0D, "ff")),
    KnownChip("MLX90393", "magnetometer", _to(0x0C, 0x0F), "Melexis MLX90393"),
    KnownChip("AS5600", "angle sensor", (0x36,), "ams AS5600"),
    # Voltage, current, battery
    KnownChip("ADS1015/ADS1115", "ADC", _to(0x48, 0x4B), "TI ADS1113, ADS1114, ADS1115"),
    KnownChip("PCF8591", "ADC and DAC", _to(0x48, 0x4F), "NXP PCF8591"),
    KnownChip("MCP3424", "ADC", _to(0x68, 0x6F), "Microchip MCP3422, MCP3423, MCP3424"),
    KnownChip("MCP4725", "DAC", _to(0x60, 0x67), "Microchip MCP4725"),
    KnownChip("INA219", "current sensor", _to(0x40, 0x4F), "TI INA219"),
    KnownChip("INA226", "current sensor", _to(0x40, 0x4F), "TI INA226, Die ID", _id(0xFF, "2260")),
    KnownChip("INA260", "current sensor", _to(0x40, 0x4F), "TI INA260, Die ID", _id(0xFF, "2270")),
    KnownChip("INA3221", "current sensor", _to(0x40, 0x43), "TI INA3221, Die ID", _id(0xFF, "3220")),
    KnownChip("MAX17048", "battery gauge", (0x36,), "Maxim MAX17048"),
    KnownChip("LC709203F", "battery gauge", (0x0B,), "onsemi LC709203F"),
    # Displays, ports, multiplexers
    KnownChip("SSD1306", "OLED display", (0x3C, 0x3D), "Solomon Systech SSD1306, 8.1.5"),
    KnownChip("SH1106", "OLED display", (0x3C, 0x3D), "Sino Wealth SH1106"),
    KnownChip("HT16K33", "LED driver", _to(0x70, 0x77), "Holtek HT16K33"),
    KnownChip("PCA9685", "PWM driver", _to(0x40, 0x77), "NXP PCA9685; all of them answer at 0x70, too"),
    KnownChip("PCF8574", "port expander or LCD backpack", _to(0x20, 0x27), "TI PCF8574"),
    KnownChip("PCF8574A", "port expander or LCD backpack", _to(0x38, 0x3F), "TI PCF8574A"),
    KnownChip("MCP23017/MCP23008", "port expander", _to(0x20, 0x27), "Microchip MCP23017; Microchip MCP23008"),
    KnownChip("AW9523B", "port expander", _to(0x58, 0x5B), "Awinic AW9523B, ID", _id(0x10, "23")),
    KnownChip("SC16IS750", "serial port", _to(0x48, 0x57), "NXP SC16IS740, SC16IS750, SC16IS760"),
    KnownChip("TCA9548A", "I2C multiplexer", _to(0x70, 0x77), "TI TCA9548A"),
    KnownChip("Sense HAT", "LED matrix and stick", (0x46,), "Linux drivers/mfd/rpisense-core.c, WAI", _id(0xF0, "73")),
    # Clocks, memory, sound, and the rest
    KnownChip("DS3231/DS1307", "real-time clock", (0x68,), "Maxim DS3231; Maxim DS1307"),
    KnownChip("PCF8523", "real-time clock", (0x68,), "NXP PCF8523"),
    KnownChip("PCF8563", "real-time clock", (0x51,), "NXP PCF8563"),
    KnownChip("RV-3028", "real-time clock", (0x52,), "Micro Crystal RV-3028-C7"),
    KnownChip("RV-8803", "real-time clock", (0x32,), "Micro Crystal RV-8803-C7"),
    KnownChip("MCP7940N", "real-time clock", (0x6F,), "Microchip MCP7940N"),
    KnownChip("24Cxx", "EEPROM", _to(0x50, 0x57), "Microchip 24LC256; also the EEPROM of a Raspberry Pi HAT, at 0x50"),
    KnownChip("PN532", "NFC reader", (0x24,), "NXP PN532 User Manual UM0701-02"),
    KnownChip("ATECC608", "cryptographic chip", (0x60,), "Microchip ATECC608B"),
    KnownChip("Si5351A", "clock generator", (0x60, 0x61), "Skyworks Si5351A"),
    KnownChip("WM8960", "sound codec", (0x1A,), "Cirrus Logic WM8960"),
    KnownChip("PCM5122", "sound converter", _to(0x4C, 0x4F), "TI PCM512x"),
    KnownChip("EMC2101", "fan controller", (0x4C,), "Microchip EMC2101, Product ID", _id(0xFD, "16")),
    KnownChip("DRV2605L", "haptic driver", (0x5A,), "TI DRV2605L"),
    KnownChip("u-blox GNSS", "satellite receiver", (0x42,), "u-blox M8 Receiver Description, DDC port"),
)
"""Chips that people connect to a Raspberry Pi."""
