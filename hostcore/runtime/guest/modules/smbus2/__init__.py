"""The package `smbus2`, as version 0.6 of it behaves on a Raspberry Pi. `SMBus(N)` is the host's bus i2c-N.

Two things are different. A bus that does not exist is found by the first transfer, not by `open`. All messages of one
`i2c_rdwr` must go to the same device.
"""

from ._functions import I2cFunc
from ._messages import i2c_msg
from ._smbus import SMBus

__all__ = ["I2cFunc", "SMBus", "i2c_msg"]
__version__ = "0.6.1"
