"""The package `smbus2`, as version 0.6 of it behaves on a Raspberry Pi. `SMBus(N)` is the host's bus i2c-N.

Some things are different:

- All messages of one `i2c_rdwr` go to the same device, and none reads 0 bytes.
- A block whose length the device says has this length. The controller of a Pi reads no more than the length, and Linux
  fills up with zeros.
- `force` has no effect: the host decides who may use an address.
"""

from ._functions import I2cFunc
from ._messages import i2c_msg
from ._smbus import SMBus

__all__ = ["I2cFunc", "SMBus", "i2c_msg"]
__version__ = "0.6.1"
