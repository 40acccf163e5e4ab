"""What a changed driver gets in a replay besides buses and outputs: time, chance, its settings, and a log."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import KeptStateError
from hostcore.hostcall import CrashKind, Drop, Err, HostFunctions, Trap
from hostcore.permissions import Permission, parse_permission
from hostcore.place import BusKind, BusName
from hostcore.plugin.buses import Granted, granted_addresses
from hostcore.plugin.state import require_state
from hostcore.quantities import Catalog
from hostcore.recording.model import Call, Ending, Header
from hostcore.replay.answering import RUN, THE_END
from hostcore.replay.recalled import Recalled, key_of
from hostcore.runtime.contract import PACKAGE, find_quantity, granted_json, quantity_json, raised
from hostcore.wasi.functions import wasi_functions

LOOK_NS = 20_000
"""How far the clock goes on when the guest looks at it: about what a call of the host takes. So a guest that waits in a
loop comes to an end."""
LATEST_NS = 1 << 62
"""The latest time of a call, in nanoseconds since 1970: the year 2116."""
_NS_PER_US = 1000


class Surroundings:
    """Answers everything that is neither a bus nor an output. For the replaying thread.

    The clock is virtual: each call begins at its recorded time, and a sleep takes none. Randomness comes from a seed.
    What a guest saves, it loads again. Whatever else it asks is answered as recorded.

    Args:
        header: of the recording.
        calls: all its calls.
        call_seconds: how long a call may take, on the virtual clock.

    Attributes:
        clock: the guest's clock.
    """

    def __init__(self, header: Header, calls: Sequence[Call], call_seconds: float) -> None:
        self._header = header
        first_ns = calls[0].began_ns if calls else 0
        self.clock = VirtualClock(wall_start_ns=min(max(0, first_ns), LATEST_NS))
        self._recalled = Recalled(header, calls, lambda name: not name.startswith("wasi:"))
        self._catalog = Catalog()
        self._saved: str | None = None
        self._call_ns = round(call_seconds * NS_PER_S)
        self._deadline_ns = self._call_ns
        self._ends_ns: int | None = None
        self._never = threading.Event()
        wasi = wasi_functions(self.clock, self._wait_until, lambda _stream, _data: None, random.Random(0).randbytes)
        self._wasi, self.drop = wasi.functions, wasi.drop

    drop: Drop
    """Frees a resource that the guest returned."""

    def begin(self, call: Call) -> None:
        """A call begins."""
        self._recalled.reach(call)
        began_ns = min(max(0, call.began_ns), LATEST_NS)
        self._go_on(max(0, began_ns - self.clock.wall_ns()))
        now_ns, took_ns = self.clock.monotonic_ns(), min(_took_us(call) * _NS_PER_US, LATEST_NS)
        self._deadline_ns = now_ns + self._call_ns + (took_ns if call.function == RUN else 0)
        self._ends_ns = now_ns + took_ns if is_cut(call) else None

    def took(self, took_us: int) -> None:
        """An access took this long."""
        self._go_on(min(max(0, took_us) * _NS_PER_US, self._call_ns))

    def _go_on(self, ns: int) -> None:
        self.clock.wait_until(self.clock.monotonic_ns() + ns, self._never)

    def functions(self) -> HostFunctions:
        """The functions by name, but for those that only the recording answers; see `answering`."""
        own: HostFunctions = {
            "log#write": lambda _level, _text: None,
            "settings#read": lambda: self._header.settings,
            "state#load": self._load,
            "state#save": self._save,
            "values#describe": lambda _key, _quantity: None,
            "python-wire#values-describe": lambda _place, _key, _quantity: None,
            "python-wire#raised": raised,
        }
        return {
            **self._wasi,
            "wasi:clocks/monotonic-clock#now": self._now,
            "wasi:clocks/wall-clock#now": self._wall,
            **{PACKAGE + name: function for name, function in own.items()},
        }

    def answering(self, name: str) -> Callable[..., Any]:
        """The function that answers `name` as recorded, and sensibly where nothing is."""
        defaults: HostFunctions = {
            f"{PACKAGE}python-wire#find-module": lambda _name: None,
            f"{PACKAGE}python-wire#find-data": lambda _path: None,
            f"{PACKAGE}python-wire#granted": self._granted,
            f"{PACKAGE}values#find": lambda plugin, key: find_quantity(self._catalog, plugin, key),
            f"{PACKAGE}python-wire#values-find": lambda plugin, key: quantity_json(self._catalog, plugin, key),
        }
        default = defaults.get(name)

        def answer(*arguments: Any) -> Any:
            found = self._recalled.answer(key_of(name, arguments))
            if found is not None and not isinstance(found.answer, Ending):
                return found.answer
            if default is None:
                raise Trap(CrashKind.HOST, f"it asks for {name.removeprefix(PACKAGE)}, which was not recorded")
            return default(*arguments)

        return answer

    def _granted(self) -> str:
        names = list(map(BusName, self._header.buses))
        first = {name.kind: name for name in reversed(names)}
        i2c, spi, uart = (first.get(kind) for kind in (BusKind.I2C, BusKind.SPI, BusKind.UART))
        permissions: list[Permission] = list(map(parse_permission, self._header.permissions))
        found = Granted(
            i2c.number if i2c else None,
            spi.number if spi else None,
            uart.unit if uart else None,
            tuple(sorted(name.number for name in names if name.kind is BusKind.I2C)),
            granted_addresses(permissions),
        )
        return granted_json(found, None)

    def _load(self) -> Any:
        if self._saved is not None:
            return self._saved
        found = self._recalled.answer(key_of(f"{PACKAGE}state#load", ()))
        return None if found is None or isinstance(found.answer, Ending) else found.answer

    def _save(self, text: str) -> Err | None:
        try:
            require_state(text)
        except KeptStateError as error:
            return Err(str(error))
        self._saved = text
        return None

    def _now(self) -> int:
        self._look()
        return self.clock.monotonic_ns()

    def _wall(self) -> tuple[int, int]:
        self._look()
        return divmod(self.clock.wall_ns(), NS_PER_S)

    def _look(self) -> None:
        self._wait_until(self.clock.monotonic_ns() + LOOK_NS)

    def _wait_until(self, moment_ns: int) -> None:
        """Go on to a moment at once, but no further than the call may last.

        Raises:
            Trap: the call ends before.
        """
        if self._ends_ns is not None and moment_ns > self._ends_ns:
            raise Trap(None, THE_END)
        if moment_ns > self._deadline_ns:
            raise Trap(CrashKind.DEADLINE, f"still asleep after {self._call_ns / NS_PER_S:g} s")
        self.clock.wait_until(moment_ns, self._never)


def is_cut(call: Call) -> bool:
    """Whether the recording, or an order to stop, ended before the call did."""
    return not call.is_whole or (call.ending is not None and call.ending.kind is None)


def _took_us(call: Call) -> int:
    if call.is_whole or not call.crossings:
        return max(0, call.took_us)
    last = call.crossings[-1]
    return max(0, last.at_us + last.took_us)
