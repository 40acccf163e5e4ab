"""An emulated GPIO chip with the kernel's character device interface, version 2.

Source: linux/gpio.h and the kernel's Documentation/userspace-api/gpio/chardev.rst. The names are those of the header.
"""

from __future__ import annotations

import errno
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hostcore.backends.simulated.line import edges
from hostcore.devices.base import LineTarget
from hostcore.pulse import Pulse
from tests.emulation.device import Device, DeviceFile

GPIO_GET_CHIPINFO, GPIO_V2_GET_LINEINFO, GPIO_V2_GET_LINE = 0x8044B401, 0xC100B405, 0xC250B407
GPIO_V2_LINE_SET_CONFIG, GPIO_V2_LINE_GET_VALUES, GPIO_V2_LINE_SET_VALUES = 0xC110B40D, 0xC010B40E, 0xC010B40F
USED, INPUT, OUTPUT, RISING, FALLING = 1 << 0, 1 << 2, 1 << 3, 1 << 4, 1 << 5
PULL_UP, PULL_DOWN = 1 << 8, 1 << 9
OUTPUT_VALUES = 2
"""GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES."""
RISING_EDGE, FALLING_EDGE = 1, 2
BUFFER_DEFAULT, BUFFER_MAX = 16, 1024
"""Most unread events of one line. Beyond that, the oldest are lost."""

_CHIP_INFO = struct.Struct("=32s32sI")
_REQUEST = struct.Struct("=64I32s272sII20xi")
_CONFIG = struct.Struct("=QI20x")
_ATTRIBUTE = struct.Struct("=I4xQQ")
_VALUES = struct.Struct("=QQ")
_LINE_INFO = struct.Struct("=32s32sIIQ176x")
_EVENT = struct.Struct("=QIIII24x")


@dataclass(frozen=True, slots=True)
class LineConfig:
    """A struct gpio_v2_line_config, for one line."""

    flags: int
    level: bool = False
    """The first level of an output."""

    @classmethod
    def unpack(cls, payload: bytes) -> LineConfig:
        flags, count = _CONFIG.unpack_from(payload)
        attributes = [_ATTRIBUTE.unpack_from(payload, _CONFIG.size + each * _ATTRIBUTE.size) for each in range(count)]
        return cls(flags, any(value & 1 for kind, value, _ in attributes if kind == OUTPUT_VALUES))


class GpioChip(Device):
    """A chip with parts on its lines. A line without a part follows its pull resistor, or keeps its level.

    Args:
        label: the driver's label of the chip.
        parts: the connected parts, by line offset.
        wire: two lines without parts that are wired to each other, if any are.

    Attributes:
        driven: every level that was driven onto any line, with the line's offset, in order.
    """

    def __init__(
        self, label: str = "pinctrl-bcm2711", parts: Mapping[int, LineTarget] | None = None, wire: tuple[int, ...] = ()
    ) -> None:
        super().__init__()
        self.label, self.lines = label, 54
        self.parts, self._wire = dict(parts or {}), wire
        self.requested: dict[int, GpioLine] = {}
        self.levels: dict[int, bool] = {}
        self.driven: list[tuple[int, bool]] = []

    def open(self) -> DeviceFile:
        return GpioChipFile(self)

    def line(self, offset: int) -> GpioLine:
        """The requested line with this offset."""
        if offset not in self.requested:
            raise OSError(errno.ENODEV, "not requested")
        return self.requested[offset]

    def ends(self, offset: int) -> tuple[int, ...]:
        """The offsets of all lines that have the level of this one."""
        return self._wire if offset in self._wire else (offset,)

    def requested_ends(self, offset: int) -> list[GpioLine]:
        """Those of these lines that a process has requested."""
        return [self.requested[each] for each in self.ends(offset) if each in self.requested]


class GpioLine:
    """A line that one process has requested.

    Args:
        chip: the chip of the line.
        offset: offset of the line on the chip.
        consumer: the process's name for itself.
        buffer: most unread events; 0 is the kernel's default.
    """

    def __init__(self, chip: GpioChip, offset: int, consumer: str, buffer: int = 0) -> None:
        self.consumer = consumer
        self.config = LineConfig(0)
        self._part, self._levels, self._offset = chip.parts.get(offset), chip.levels, offset
        self._chip, self._key = chip, chip.ends(offset)[0]
        self._history = chip.driven
        self._buffer = min(buffer, BUFFER_MAX) or BUFFER_DEFAULT
        self._count = 0
        self._driven: list[tuple[bool, int]] = []
        self.send: Callable[[bytes], None] = lambda events: None

    def configure(self, config: LineConfig) -> None:
        """Apply SET_CONFIG's configuration. If it is neither input nor output, it is unchanged (chardev.rst)."""
        if not config.flags & (INPUT | OUTPUT):
            return
        self.config = replace(config, flags=config.flags | USED)
        if config.flags & OUTPUT:
            self.drive(config.level)
        elif config.flags & (RISING | FALLING):
            self._answer(time.monotonic_ns())

    def drive(self, level: bool) -> None:
        """Set the level of the line."""
        if not self.config.flags & OUTPUT:
            raise OSError(errno.EPERM, "not an output")
        if self._levels.get(self._key, False) is not level:
            for each in self._chip.requested_ends(self._offset):
                each.see(level)
        self._levels[self._key] = level
        self._history.append((self._offset, level))
        self._driven.append((level, time.monotonic_ns()))

    def level(self) -> bool:
        """The line's current level."""
        if not self.config.flags & OUTPUT:
            if self._part is not None:
                return self._part.level()
            flags = [each.config.flags for each in self._chip.requested_ends(self._offset)]
            pulls = [each & PULL_UP for each in flags if each & (PULL_UP | PULL_DOWN)]
            if pulls and not any(each & OUTPUT for each in flags):
                self._levels[self._key] = bool(pulls[0])
        return self._levels.get(self._key, False)

    def see(self, rising: bool) -> None:
        """Send an edge that the other end of the wire makes, if somebody waits for edges."""
        if self.config.flags & (RISING | FALLING):
            self._count += 1
            kind = RISING_EDGE if rising else FALLING_EDGE
            self.send(_EVENT.pack(time.monotonic_ns(), kind, self._offset, self._count, self._count))

    def _answer(self, released_ns: int) -> None:
        """Send all edges of the part's answer at once, even with times in the future. So no test can be too late.

        If there are more edges than the buffer holds, the oldest are lost, as for a process that does not read in time.
        """
        if self._part is None:
            return
        ends = [*(began for _, began in self._driven[1:]), released_ns]
        request = [Pulse(level, end - began) for (level, began), end in zip(self._driven, ends, strict=False)]
        self._driven.clear()
        events = []
        for edge in edges(self._part.answer(request)):
            self._count += 1
            kind = RISING_EDGE if edge.rising else FALLING_EDGE
            events.append(_EVENT.pack(released_ns + edge.time_ns, kind, self._offset, self._count, self._count))
        self.send(b"".join(events[-self._buffer :]))


class GpioChipFile(DeviceFile):
    """An opened /dev/gpiochipN."""

    def __init__(self, chip: GpioChip) -> None:
        super().__init__(chip)
        self._chip = chip

    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        if request == GPIO_GET_CHIPINFO:
            return 0, _CHIP_INFO.pack(b"gpiochip0", self._chip.label.encode(), self._chip.lines)
        if request == GPIO_V2_GET_LINEINFO:
            return 0, self._line_info(*_LINE_INFO.unpack(payload)[2:3])
        if request == GPIO_V2_GET_LINE:
            return 0, self._line_request(payload)
        raise OSError(errno.ENOTTY, f"no such ioctl: 0x{request:08x}")

    def _line_info(self, offset: int) -> bytes:
        line = self._chip.requested.get(offset)
        consumer, flags = (line.consumer, line.config.flags | USED) if line else ("", INPUT)
        return _LINE_INFO.pack(f"GPIO{offset}".encode(), consumer.encode(), offset, 0, flags)

    def _line_request(self, payload: bytes) -> bytes:
        *offsets, consumer, config, count, buffer, _ = _REQUEST.unpack(payload)
        offset = offsets[0]
        if count != 1 or offset >= self._chip.lines:
            raise OSError(errno.EINVAL, "one line of the chip at a time")
        if offset in self._chip.requested:
            raise OSError(errno.EBUSY, self._chip.requested[offset].consumer)
        line = GpioLine(self._chip, offset, consumer.rstrip(b"\0").decode(), buffer)
        line.configure(LineConfig.unpack(config))
        self._chip.requested[offset] = line
        return payload[: -struct.calcsize("=i")] + struct.pack("=i", offset)


class GpioLineFile(DeviceFile):
    """The file of a requested line, for ioctl. Closing it releases the line."""

    def __init__(self, chip: GpioChip, offset: int) -> None:
        super().__init__(chip)
        self._chip, self._offset = chip, offset
        self._line = chip.line(offset)

    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        if request == GPIO_V2_LINE_SET_CONFIG:
            self._line.configure(LineConfig.unpack(payload))
            return 0, b""
        bits, mask = _VALUES.unpack(payload)
        if request == GPIO_V2_LINE_SET_VALUES:
            self._line.drive(bool(bits & 1))
            return 0, b""
        if request == GPIO_V2_LINE_GET_VALUES:
            return 0, _VALUES.pack(self._line.level(), mask)
        raise OSError(errno.ENOTTY, "no such ioctl")

    def close(self) -> None:
        super().close()
        del self._chip.requested[self._offset]


class GpioEventFile(DeviceFile):
    """The same file, for reading events."""

    def __init__(self, chip: GpioChip, offset: int) -> None:
        super().__init__(chip)
        self._line = chip.line(offset)

    def push_to(self, send: Callable[[bytes], None]) -> None:
        self._line.send = send

    def ioctl(self, request: int, payload: bytes) -> tuple[int, bytes]:
        raise OSError(errno.ENOTTY, "no such ioctl")
