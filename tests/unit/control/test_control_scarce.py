"""A socket for commands that cannot be made is one warning, and the host runs without it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from hostcore.control.messages import HostReport
from hostcore.control.server import ControlServer
from tests.waiting import comes_true


@pytest.mark.parametrize(("call", "code"), [("mkdir", errno.EROFS), ("mkdir", errno.ENOSPC), ("open", errno.EMFILE)])
def test_in_a_read_only_folder_on_a_full_disk_or_without_descriptors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    warnings = list[str]()
    server = ControlServer(tmp_path / "control", lambda _request: HostReport(0, "", (), (), ()), warnings.append)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        server.start()
        assert comes_true(lambda: bool(warnings), 5.0)
        assert server.stop()
    [warning] = warnings
    assert "cannot reach this host" in warning
    assert os.strerror(code) in warning
    assert "\n" not in warning
    assert not (tmp_path / "control").exists()
