"""The module that `smbus2` itself consists of. Some drivers import from it."""

from ._functions import I2cFunc
from ._messages import I2C_M_RD, i2c_msg
from ._smbus import I2C_SMBUS_BLOCK_MAX, SMBus

__all__ = ["I2C_M_RD", "I2C_SMBUS_BLOCK_MAX", "I2cFunc", "SMBus", "i2c_msg"]
