"""The plugins folder can hold anything. What cannot be a plugin is left out, with the reason, and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

from hostcore.config.loading import load_config
from hostcore.reload.discovery import find_plugins, odd_files


def test_each_entry_that_looks_like_a_plugin_and_is_none_is_named_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (tmp_path / "host.toml").touch()
    (folder / "good.py").touch()
    (folder / "notes.txt").touch()
    (folder / "_work.py").touch()
    os.mkfifo(folder / "pipe.py")
    (folder / "endless.wasm").symlink_to("/dev/zero")
    (folder / "folder.py").mkdir()
    (folder / "gone.py").symlink_to("nowhere")
    (folder / "Loud.py").touch()
    config = load_config(tmp_path / "host.toml")
    assert [each.name for each in find_plugins(config)] == ["good"]
    reasons = {line.partition(" is left out: ")[0].rpartition("/")[2]: line for line in odd_files(config)}
    assert sorted(reasons) == ["Loud.py", "endless.wasm", "folder.py", "gone.py", "pipe.py"]
    assert reasons["pipe.py"] == f"{folder}/pipe.py is left out: it is a pipe (FIFO), allowed is an ordinary file"
    assert reasons["endless.wasm"].endswith("it is a character device, allowed is an ordinary file")
    assert "allowed is a plugin's name: a small letter" in reasons["Loud.py"]
