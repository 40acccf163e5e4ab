"""Ports of the tests' servers."""

from __future__ import annotations

import subprocess
import sys

from tests.free_ports import RANGE, free_ports

ASK = "from tests import free_ports; free_ports.RANGE = range({0}, {0} + 50); print(*free_ports.free_ports(1))"


def test_no_port_is_given_out_twice() -> None:
    first, second = free_ports(5), free_ports(5)
    assert len({*first, *second}) == 10
    assert all(each in RANGE for each in first)


def test_another_process_gets_another_port() -> None:
    (port,) = free_ports(1)
    asked = subprocess.run([sys.executable, "-c", ASK.format(port)], capture_output=True, text=True, check=True)
    assert int(asked.stdout) != port
