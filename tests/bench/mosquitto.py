"""A mosquitto with Debian's settings, for measurements: it logs little, unlike that of the tests."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hostcore.broker.settings import BrokerSettings
from hostcore.quick_dataclass import dataclass
from tests.broker import PATIENCE, visiting
from tests.free_ports import free_ports


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """A running one."""

    settings: BrokerSettings
    process: int
    """Its PID."""


@contextmanager
def mosquitto(more: str = "") -> Iterator[Mosquitto]:
    """Run mosquitto on a free port of this computer, for anyone. `more` are lines for its configuration file."""
    program = shutil.which("mosquitto")
    assert program is not None, "install mosquitto"
    (port,) = free_ports(1)
    settings = BrokerSettings("127.0.0.1", port)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mosquitto.conf"
        file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n{more}", encoding="ascii")
        with subprocess.Popen([program, "-c", str(file)], stderr=subprocess.DEVNULL) as process:
            try:
                with visiting(settings):
                    pass
                yield Mosquitto(settings, process.pid)
            finally:
                process.terminate()
                process.wait(PATIENCE)
