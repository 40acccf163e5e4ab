"""What a person is told about new settings is told once, even if the log lies in the folder that is watched."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore.config.loading import load_config, merge_plugins
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


def test_an_alarm_that_cannot_be_right_is_named_once(tmp_path: Path) -> None:
    file, said = tmp_path / "host.toml", list[str]()
    file.write_text(
        "[plugins.air]\ninterval = 60\n"
        '[alarms.typo]\nreading = "aire.t"\nabove = 1\n'
        '[alarms.eager]\nreading = "air.t"\nstale = 60\n'
        '[alarms.fine]\nreading = "air.t"\nstale = 61\n'
    )
    config = load_config(file)
    notices = Notices(config, said.append, memory_mib=4096)
    for _ in range(2):
        notices.report(config, merge_plugins(config, []))
    assert said == [
        "the alarm typo watches aire.t, but no plugin is called aire, only: air",
        "the alarm eager expects air.t every 60 s, but air reads only every 60 s: raise stale, or lower its interval",
    ]


def test_settings_that_are_gone_are_named_once(tmp_path: Path) -> None:
    file, said = tmp_path / "host.toml", list[str]()
    file.touch()
    notices = Notices(load_config(file), said.append, memory_mib=4096)
    file.unlink()
    for _ in range(3):
        notices.refuse("no such file")
    assert len(said) == 1
