"""Who starts a host learns when it is ready, in the same words as a service manager."""

from __future__ import annotations

from pathlib import Path

from hostcore.service.notify import Manager
from hostcore.service.readiness import Readiness


def test_each_status_arrives_and_ready_stays(tmp_path: Path) -> None:
    with Readiness(tmp_path / "notify") as readiness:
        host = Manager(str(readiness.address))
        host.status("1 loading")
        assert (readiness.take(10), readiness.is_ready) == ("1 loading", False)
        host.ready("1 running")
        assert (readiness.take(10), readiness.is_ready) == ("1 running", True)
        host.beat()
        assert (readiness.take(10), readiness.is_ready) == ("", True)


def test_without_a_message_it_returns_in_time(tmp_path: Path) -> None:
    with Readiness(tmp_path / "notify") as readiness:
        assert (readiness.take(0.001), readiness.is_ready) == ("", False)
