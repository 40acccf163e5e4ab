"""MicroPython's I2C bus (docs.micropython.org, class I2C; its source, extmod/machine_i2c.c).

It is the host's first I2C bus, whatever its number and pins in MicroPython. A write with `stop=False` is kept, and sent
together with the next transfer, with a repeated start between them. So if the device is silent, the next transfer
raises the error. A read always ends with a stop, because its bytes are needed at once.
"""

from collections.abc import Buffer, Iterable
from typing import Any, NoReturn

from _i2c_scan import answering
from host import i2c

WIDEST_ADDRESS = 32
"""Most bits of the address of a register (extmod/machine_i2c.c, fill_memaddr_buf)."""


class I2C:
    """The host's first I2C bus. Every transfer blocks until it is complete, and raises `host.BusError`, an OSError.

    Args:
        id: the number of the bus in MicroPython; no effect.
        settings: `scl`, `sda`, `freq` and `timeout`; no effect, because the kernel sets them.
    """

    def __init__(self, id: int | str = -1, **settings: Any) -> None:  # noqa: A002
        self._kept: list[tuple[int, bytes]] = []
        """The writes that wait for the next transfer, with their addresses."""
        self.init(**settings)

    def init(self, **settings: Any) -> None:
        """Change nothing: the kernel sets the bus."""
        unknown = settings.keys() - {"scl", "sda", "freq", "timeout"}
        if unknown:
            raise TypeError(f"extra keyword arguments given: {', '.join(sorted(unknown))}")

    def deinit(self) -> None:
        """Send what was kept."""
        self._send_kept()

    def scan(self) -> list[int]:
        """Return the addresses at which a device answers, of those that the plugin may use."""
        self._send_kept()
        return answering(None)

    def readfrom(self, addr: int, nbytes: int, stop: bool = True) -> bytes:
        """Read `nbytes`."""
        return self._transfer(addr, None, nbytes)

    def readfrom_into(self, addr: int, buf: Buffer, stop: bool = True) -> None:
        """Fill `buf`."""
        _fill(buf, self._transfer(addr, None, memoryview(buf).nbytes))

    def writeto(self, addr: int, buf: Buffer | str, stop: bool = True) -> int:
        """Write `buf`. Returns the number of bytes that the device acknowledged, which is all of them."""
        data = _content(buf)
        if stop:
            self._transfer(addr, data, 0)
        else:
            self._keep(addr, data)
        return len(data)

    def writevto(self, addr: int, vector: Iterable[Buffer | str], stop: bool = True) -> int:
        """Write the buffers of `vector` one after the other, in one message. Returns like `writeto`."""
        return self.writeto(addr, b"".join(map(_content, vector)), stop)

    def readfrom_mem(self, addr: int, memaddr: int, arg: int, *, addrsize: int = 8) -> bytes:
        """Read `arg` bytes from a register on, after a repeated start."""
        return self._transfer(addr, _register(memaddr, addrsize), arg)

    def readfrom_mem_into(self, addr: int, memaddr: int, arg: Buffer, *, addrsize: int = 8) -> None:
        """Fill the buffer `arg` from a register on, after a repeated start."""
        _fill(arg, self._transfer(addr, _register(memaddr, addrsize), memoryview(arg).nbytes))

    def writeto_mem(self, addr: int, memaddr: int, arg: Buffer | str, *, addrsize: int = 8) -> None:
        """Write the bytes of `arg` from a register on."""
        self._transfer(addr, _register(memaddr, addrsize) + _content(arg), 0)

    def start(self) -> NoReturn:
        """Refuse: the host does whole transfers only. Hardware I2C of MicroPython raises the same error."""
        raise OSError("I2C operation not supported: this host does whole transfers only")

    def stop(self) -> NoReturn:
        """Refuse, like `start`."""
        self.start()

    def readinto(self, buf: Buffer, nack: bool = True) -> NoReturn:
        """Refuse, like `start`."""
        self.start()

    def write(self, buf: Buffer) -> NoReturn:
        """Refuse, like `start`."""
        self.start()

    def _transfer(self, address: int, write: bytes | None, length: int) -> bytes:
        """Do one transaction: what was kept for this device, the write, and a read of `length` bytes."""
        if any(kept != address for kept, _ in self._kept):
            self._send_kept()
        operations: list[i2c.Write | i2c.Read] = [i2c.Write(data) for _, data in self._kept]
        self._kept.clear()
        if write is not None:
            operations.append(i2c.Write(write))
        if length:
            operations.append(i2c.Read(length))
        received = i2c.transaction(address, operations) if operations else []
        return b"".join(received)

    def _keep(self, address: int, data: bytes) -> None:
        if any(kept != address for kept, _ in self._kept):
            self._send_kept()
        self._kept.append((address, data))

    def _send_kept(self) -> None:
        if self._kept:
            self._transfer(self._kept[0][0], None, 0)


class SoftI2C(I2C):
    """The same as `I2C`: the host has no I2C on other pins.

    Args:
        scl: the pin of the clock; no effect.
        sda: the pin of the data; no effect.
        settings: `freq` and `timeout`; no effect.
    """

    def __init__(self, scl: Any, sda: Any, **settings: Any) -> None:
        super().__init__(scl=scl, sda=sda, **settings)


def _register(address: int, bits: int) -> bytes:
    if bits % 8 or not 0 <= bits <= WIDEST_ADDRESS:
        raise ValueError("invalid addrsize")
    return (address & (1 << bits) - 1).to_bytes(bits // 8, "big")


def _content(buffer: Buffer | str) -> bytes:
    return buffer.encode() if isinstance(buffer, str) else bytes(memoryview(buffer))


def _fill(buffer: Buffer, received: bytes) -> None:
    memoryview(buffer).cast("B")[:] = received
