"""The extension module `smbus` of i2c-tools. `SMBus(N)` is the host's bus i2c-N."""

from _smbus_transfers import BLOCK_MAX, Transfers, block, bus_number

__all__ = ["SMBus"]
_LIST = "Third argument must be a list of at least one, but not more than 32 integers"


class SMBus:
    """The devices of one I2C bus. Every transfer blocks until it is complete.

    Args:
        bus: the number of the bus, or the path of its device file. Without it, call `open`.
    """

    def __init__(self, bus: int | str = -1) -> None:
        self._transfers: Transfers | None = None
        if bus != -1:
            self.open(bus)

    def open(self, bus: int | str) -> None:
        """Open a bus. Does not block, and needs no permission."""
        self._transfers = Transfers(bus if isinstance(bus, int) else bus_number(bus))

    def close(self) -> None:
        """Close the bus."""
        self._transfers = None

    @property
    def pec(self) -> int:
        """1 if transfers have a packet error code, else 0."""
        return int(self._transfers is not None and self._transfers.pec)

    @pec.setter
    def pec(self, enable: int) -> None:
        self._open().pec = bool(enable)

    def write_quick(self, addr: int) -> None:
        """Send only the address."""
        self._open().quick(addr)

    def read_byte(self, addr: int) -> int:
        """Read a byte without naming a register."""
        return self._open().receive(addr, 1)[0]

    def write_byte(self, addr: int, val: int) -> None:
        """Write a byte."""
        self._open().send(addr, block([val]))

    def read_byte_data(self, addr: int, cmd: int) -> int:
        """Read a byte from a register."""
        return self._open().exchange(addr, block([cmd]), 1)[0]

    def write_byte_data(self, addr: int, cmd: int, val: int) -> None:
        """Write a byte to a register."""
        self._open().send(addr, block([cmd, val]))

    def read_word_data(self, addr: int, cmd: int) -> int:
        """Read a word of 16 bits from a register, the lower byte first."""
        return int.from_bytes(self._open().exchange(addr, block([cmd]), 2), "little")

    def write_word_data(self, addr: int, cmd: int, val: int) -> None:
        """Write a word of 16 bits to a register, the lower byte first."""
        self._open().send(addr, block([cmd, val, val >> 8]))

    def process_call(self, addr: int, cmd: int, val: int) -> int:
        """Write a word to a register and read a word, in one transaction."""
        return int.from_bytes(self._open().exchange(addr, block([cmd, val, val >> 8]), 2), "little")

    def read_block_data(self, addr: int, cmd: int) -> list[int]:
        """Read a block whose length the device says, up to 32 bytes."""
        return list(self._open().exchange_block(addr, block([cmd])))

    def write_block_data(self, addr: int, cmd: int, vals: list[int]) -> None:
        """Write the length of `vals`, and `vals`."""
        _require_list(vals)
        self._open().send(addr, block([cmd, len(vals), *vals]))

    def block_process_call(self, addr: int, cmd: int, vals: list[int]) -> list[int]:
        """Write a block and read a block, in one transaction."""
        _require_list(vals)
        return list(self._open().exchange_block(addr, block([cmd, len(vals), *vals])))

    def read_i2c_block_data(self, addr: int, cmd: int, len: int = BLOCK_MAX) -> list[int]:  # noqa: A002
        """Read `len` bytes from a register on. More than 32 become 32."""
        return list(self._open().read_raw_block(addr, cmd & 0xFF, min(len, BLOCK_MAX)))

    def write_i2c_block_data(self, addr: int, cmd: int, vals: list[int]) -> None:
        """Write `vals` from a register on."""
        _require_list(vals)
        self._open().write_raw_block(addr, block([cmd, *vals]))

    def _open(self) -> Transfers:
        if self._transfers is None:
            raise OSError(9, "Bad file descriptor")
        return self._transfers


def _require_list(values: object) -> None:
    if not isinstance(values, list) or not 1 <= len(values) <= BLOCK_MAX:
        raise TypeError(_LIST)
