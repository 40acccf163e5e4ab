"""Each way of installing the host has its own command for an extra, which works as it is printed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hostcore import extras, shipped
from hostcore.errors import BuildError
from hostcore.extras import install_command, requirements
from hostcore.runtime import component_builder
from hostcore.runtime.component_builder import build_python_runtime, seal
from hostcore.workshop import Workshop


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a venv into which a wheel was installed."""
    monkeypatch.setattr(shipped, "folder", lambda: tmp_path / "site-packages")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/home/pi/my venv/bin/python")
    monkeypatch.setattr(extras, "requires", lambda _name: REQUIRED)
    return tmp_path


REQUIRED = [
    "textual<9,>=8.2",
    "tomli>=2.4; python_version > '3'",
    "componentize-py==0.25.1; extra == 'build'",
    "gpiod>=2.2; extra == 'pi'",
    "lgpio>=0.2.2; python_version < '3' and extra == 'pi'",
    "pyserial>=3.5; python_version > '3' and extra == 'pi'",
]


def test_a_checkout_is_installed_again_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/pi/host/.venv/bin/python")
    expected = f"/home/pi/host/.venv/bin/python -m pip install --editable '{shipped.folder()}[build]'"
    assert install_command("build") == expected


def test_a_venv_gets_it_from_its_own_pip(installed: Path) -> None:
    expected = "'/home/pi/my venv/bin/python' -m pip install 'wasi-python-host[build]'"
    assert install_command("build") == expected


def test_a_folder_of_the_system_needs_its_administrator(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is so with the Debian package, in /opt."""
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (installed, os.W_OK))
    expected = "sudo '/home/pi/my venv/bin/python' -m pip install 'wasi-python-host[build]'"
    assert install_command("build") == expected


def test_pipx_injects_the_exact_requirements(installed: Path) -> None:
    (installed / "pipx_metadata.json").touch()
    assert install_command("build") == "pipx inject wasi-python-host componentize-py==0.25.1"
    assert install_command("pi") == "pipx inject wasi-python-host 'gpiod>=2.2' 'pyserial>=3.5'"


def test_uv_installs_them_into_its_venv_which_has_no_pip(installed: Path) -> None:
    (installed / "uv-receipt.toml").touch()
    assert install_command("build") == f"uv pip install --python {installed} componentize-py==0.25.1"


def test_an_extra_that_the_package_does_not_name_stands_for_itself(installed: Path) -> None:
    assert requirements("unheard-of") == ["wasi-python-host[unheard-of]"]


@pytest.mark.parametrize("work", ["the runtime", "a plugin"])
def test_building_without_componentize_py_says_how_to_get_it(
    work: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component_builder, "find_spec", lambda _name: None)
    plugin, output = tmp_path / "light.py", tmp_path / "built.wasm"
    plugin.write_text("def read(): return {}\n")
    with pytest.raises(BuildError, match=r"needs componentize-py, which is not installed: `.* install .*\[build\]'`$"):
        if work == "the runtime":
            build_python_runtime(output, Workshop())
        else:
            seal(plugin, output, Workshop())
    assert not output.exists()
