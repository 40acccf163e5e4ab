"""An original library and the sandbox's module side by side, with the same chip on the same I2C bus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from hostcore.backends.base import Factory
from hostcore.clock import RealClock
from hostcore.devices.base import I2cTarget
from tests.emulation.faults import Fault
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.originals import BothWays
from tests.emulation.targets import Recorder
from tests.emulation.worker import Worker
from tests.sandbox import Sandbox

CHIP = 0x50
ANSWERS = bytes(range(0x21, 0xF3, 2))


def recorder() -> I2cTarget:
    """A chip that acknowledges everything."""
    return Recorder(ANSWERS)


class I2cBench:
    """Both modules, and a chip at 0x50 on i2c-1.

    Args:
        linux: a process on the emulated machine.
        sandbox: a sandbox with that machine.
        adapter: the bus.
        prelude: what every code begins with.
    """

    def __init__(self, linux: Worker, sandbox: Sandbox, adapter: I2cAdapter, prelude: str) -> None:
        self._adapter, self._prelude = adapter, prelude
        self._both = BothWays(linux, sandbox, "i2c:1:0x08-0x77")

    def same(
        self,
        *calls: str,
        prelude: str = "",
        chip: Callable[[], I2cTarget] = recorder,
        faults: Sequence[Fault | None] = (),
    ) -> list[Any]:
        """Make the calls with both modules. Returns the outcome of each call, which both noted."""
        code = "\n".join(f"note(lambda: ({call}))" for call in calls)
        return self.same_code(code, prelude=prelude, chip=chip, faults=faults)

    def same_code(
        self,
        code: str,
        *,
        prelude: str = "",
        chip: Callable[[], I2cTarget] = recorder,
        faults: Sequence[Fault | None] = (),
    ) -> list[Any]:
        """Run the code with both modules, each with a new chip. Returns what both noted."""
        code = (prelude or self._prelude) + code
        self._connect(chip(), faults)
        original = self._both.original(code)
        wires = self.wires
        self._connect(chip(), faults)
        ours = self._both.ours(code)
        assert ours == original, f"{ours} instead of {original}"
        assert self.wires == wires
        return ours

    def ours(self, code: str, faults: Sequence[Fault | None] = ()) -> list[Any]:
        """Run the code in the sandbox only, with a new chip. Returns what it noted."""
        self._connect(recorder(), faults)
        return self._both.ours(code)

    @property
    def wires(self) -> list[object]:
        """What the chip has recorded, see `Recorder.seen`."""
        chip = self._adapter.targets[CHIP]
        return chip.seen if isinstance(chip, Recorder) else []

    def _connect(self, chip: I2cTarget, faults: Sequence[Fault | None]) -> None:
        self._adapter.targets[CHIP], self._adapter.faults = chip, iter(faults)


@contextmanager
def bench_on(
    kernel: EmulatedKernel,
    linux: Worker,
    folder: Path,
    cache_folder: Path,
    prelude: str,
    adapter: I2cAdapter | None = None,
) -> Iterator[I2cBench]:
    """A bench on i2c-1 of the emulated machine, inside a ``with`` block."""
    bus = adapter or I2cAdapter({})
    kernel.plug("i2c-1", bus)
    sandbox = Sandbox(folder, cache_folder, RealClock(), machine=cast("Factory", linux))
    try:
        yield I2cBench(linux, sandbox, bus, prelude)
    finally:
        sandbox.close()
