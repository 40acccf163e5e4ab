"""The screen in a browser here, of a host on another computer: with a real sshd on the loopback."""

from __future__ import annotations

import os
import re
import signal

import pytest

from tests.browser_terminal import in_terminal
from tests.command import Desk, Running
from tests.ssh_server import COMPUTER, SshServer

pytest_plugins = ["tests.ssh_fixtures"]


@pytest.mark.thorough
def test_each_browser_sees_that_host_and_it_goes_on(far_desk: Desk, host: Running, server: SshServer) -> None:
    arguments = ["--config", far_desk.folder / "host.toml", "--on", COMPUTER, "screen", "--web", "--port", "0"]
    with far_desk.running(*arguments, environment={"PATH": os.environ["PATH"]}) as running:
        running.wait_for("its token for this run is ")
        told = "".join(running.err)
        port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/screen", told)[0])
        headers = {"Authorization": f"Bearer {re.findall(r'run is ([0-9a-f]{32});', told)[0]}"}
        for _ in range(2):
            in_terminal(port, headers, lambda terminal: terminal.until(lambda: "count" in terminal.text))
        outcome = running.stop(signal.SIGTERM)
        assert (outcome.status, outcome.out) == (0, "")
    assert host.process.poll() is None
