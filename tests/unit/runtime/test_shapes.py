"""What a component imports of the contract has the contract's types, or it is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.errors import PluginFileError
from hostcore.runtime.compiled_cache import CompiledCache
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.engine import GuestEngine
from hostcore.runtime.linker import link
from hostcore.runtime.native.objects import Component
from hostcore.runtime.python_runtime import PythonRuntime
from hostcore.runtime.shapes import CONTRACT, rule_for
from hostcore.workshop import Workshop

WIT = Path(__file__).parents[3] / "wit"


def test_every_function_of_the_contract_is_known() -> None:
    declared = {
        line.split(":")[0].strip()
        for file in WIT.glob("*.wit")
        for line in file.read_text(encoding="utf-8").splitlines()
        if ": func(" in line
    }
    of_the_runtime_alone = {"trace", "trace-steps", "run", "load-code", "compile"}
    assert declared - of_the_runtime_alone == {name.partition("#")[2] for name in CONTRACT}


def test_the_python_runtime_fits(engine: GuestEngine, cache_folder: Path) -> None:
    workshop = Workshop()
    cache = CompiledCache(cache_folder, engine, workshop, pytest.fail)
    runtime = cache.find("python", PythonRuntime(cache_folder, workshop).component(), is_own=True)
    component = cache.load(runtime)
    cache.survived(runtime)
    assert link("python", component, engine, offered_interfaces()).imports, "a start does not compare them"
    cache.close()


def link_importing(interface: str, member: str, type_: str) -> None:
    engine = GuestEngine()
    try:
        text = f'(component (import "wasi-host:plugin/{interface}@0.1.0" (instance (export "{member}" {type_}))))'
        link("odd", Component(engine.engine, wat2wasm(text)), engine, offered_interfaces())
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("interface", "member", "type_"),
    [
        ("settings", "read", "(func (result u32))"),
        ("settings", "read", "(func)"),
        ("log", "write", '(func (param "level" string) (param "text" string))'),
        ("python-wire", "raised", '(func (param "summary" f64) (param "traceback" string))'),
    ],
)
def test_another_type_is_refused_with_both_named(interface: str, member: str, type_: str) -> None:
    expected = re.escape(CONTRACT[f"{interface}#{member}"])
    with pytest.raises(PluginFileError, match=rf"its {interface}\.{member} is .*, not {expected} as wit/ says"):
        link_importing(interface, member, type_)


def test_a_python_plugin_sealed_by_an_earlier_version_is_refused_with_advice() -> None:
    lineless = '(func (param "port" string) (param "data" string) (result (result (error string))))'
    with pytest.raises(PluginFileError, match=r"as wit/ says\. Rebuild it against wit/ with wasi-host build$"):
        link_importing("python-wire", "uart-write", lineless)


def test_an_interface_that_no_contract_knows_is_not_judged() -> None:
    assert rule_for("elsewhere#anything") is None
