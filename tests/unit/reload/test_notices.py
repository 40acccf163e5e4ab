"""What a person is told about new settings is told once, even if the log lies in the folder that is watched."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore.config.loading import load_config
from hostcore.reload.notices import Notices


def test_settings_that_are_refused_are_named_once_for_each_version_of_the_file(tmp_path: Path) -> None:
    file, said = tmp_path / "host.toml", list[str]()
    file.touch()
    config = load_config(file)
    notices = Notices(config, said.append, memory_mib=4096)
    for version in (1, 1, 1, 2, 2):
        os.utime(file, (version, version))
        notices.refuse("host.toml: no")
    assert said == ["the new settings are not used, the old ones stay: host.toml: no"] * 2
    notices.report(config, ())
    notices.refuse("host.toml: no")
    assert len(said) == 3, "they were fine in the meantime"


def test_settings_that_are_gone_are_named_once(tmp_path: Path) -> None:
    file, said = tmp_path / "host.toml", list[str]()
    file.touch()
    notices = Notices(load_config(file), said.append, memory_mib=4096)
    file.unlink()
    for _ in range(3):
        notices.refuse("no such file")
    assert len(said) == 1
