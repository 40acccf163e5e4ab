"""A component gets exactly the interfaces it names, if this host offers them."""

from __future__ import annotations

import pytest

from hostcore.errors import MissingImportsError, PluginFileError
from hostcore.runtime.contract import offered_interfaces
from hostcore.runtime.engine import GuestEngine
from tests.guests import linked, started

EXPORT = """
  (core module $main (func (export "run")))
  (core instance $main (instantiate $main))
  (func $run (canon lift (core func $main "run")))
  (instance $driver (export "run" (func $run)))
"""


def component(*imports: str, export: str = "wasi-host:plugin/driver@0.1.0") -> str:
    """A component with these imports and one export."""
    named = "\n".join(f'(import "{name}" (instance {contents}))' for name, _, contents in map(split, imports))
    return f'(component {named} {EXPORT} (export "{export}" (instance $driver)))'


def split(one: str) -> tuple[str, str, str]:
    return one.partition(" ")


def missing(engine: GuestEngine, *imports: str) -> MissingImportsError:
    with pytest.raises(MissingImportsError) as error:
        linked(engine, component(*imports), offered_interfaces())
    return error.value


def test_all_imports_that_are_not_offered_are_named_at_once(engine: GuestEngine) -> None:
    error = missing(engine, "wasi:http/types@0.2.0", "wasi:clocks/wall-clock@0.2.0", "acme:robot/arm@1.0.0")
    assert error.imports == ("wasi:http/types@0.2.0", "acme:robot/arm@1.0.0")
    text = str(error)
    assert text.startswith("guest: asks for imports that this host does not offer: wasi:http/types@0.2.0, acme:")
    assert "wasi-host:plugin/i2c" in text.partition("Offered: ")[2]


@pytest.mark.parametrize(
    "name",
    [
        "wasi:keyvalue/store@0.2.0-draft",
        "wasi:clocks/wall-clock@0.3.0",
        "wasi:clocks/wall-clock@0.1.0",
        "wasi:clocks/wall-clock@1.0.0",
        "wasi:clocks/wall-clock@0.2.0-rc-2023-11-10",
        "wasi:clocks/wall-clock",
        "wasi-host:plugin/i2c@0.2.0",
        "wasi-host:plugin/i2c@1.1.0",
        "wasi-host:plugin/i2c",
        "wasi-host:plugin/teleport@0.1.0",
        "other-host:plugin/i2c@0.1.0",
        "plain-name",
    ],
)
def test_what_has_another_version_or_name_is_not_offered(engine: GuestEngine, name: str) -> None:
    assert missing(engine, name).imports == (name,)


@pytest.mark.parametrize(
    "name",
    [
        *(f"wasi:clocks/wall-clock@0.2.{patch}" for patch in (0, 3, 8, 99)),
        "wasi:filesystem/types@0.2.3",
        "wasi:sockets/tcp@0.2.0",
        "wasi-host:plugin/i2c@0.1.0",
        "wasi-host:plugin/i2c@0.1.7",
    ],
)
def test_any_patch_of_an_offered_version_fits(engine: GuestEngine, name: str) -> None:
    with started(engine, linked(engine, component(name), offered_interfaces()), {}) as guest:
        guest.call("driver#run")


@pytest.mark.parametrize("kind", ["func", "core module"])
def test_an_import_that_is_no_interface_is_not_offered(engine: GuestEngine, kind: str) -> None:
    text = f'(component (import "call" ({kind})) {EXPORT} (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))'
    with pytest.raises(MissingImportsError) as error:
        linked(engine, text, offered_interfaces())
    assert error.value.imports == ("call",)


def test_an_offered_interface_with_members_of_another_kind_is_refused(engine: GuestEngine) -> None:
    text = component('wasi-host:plugin/i2c@0.1.0 (export "bus" (instance (export "call" (func))))')
    with pytest.raises(PluginFileError, match=r"imports i2c\.bus, which is neither a function nor a type"):
        linked(engine, text, offered_interfaces())


@pytest.mark.parametrize(
    "export",
    [
        "wasi-host:plugin/driver@0.2.0",
        "wasi-host:plugin/driver@1.1.0",
        "wasi-host:plugin/driver",
        "other:plugin/driver@0.1.0",
        "driver",
    ],
)
def test_a_component_that_exports_nothing_of_the_contract_is_refused(engine: GuestEngine, export: str) -> None:
    with pytest.raises(PluginFileError, match="exports nothing of wasi-host:plugin"):
        linked(engine, component(export=export))


def test_a_component_that_exports_nothing_at_all_is_refused(engine: GuestEngine) -> None:
    with pytest.raises(PluginFileError, match="a plugin exports driver, display or page"):
        linked(engine, "(component)")


def test_one_linked_component_serves_many_instances(engine: GuestEngine) -> None:
    shared = linked(engine, component())
    with started(engine, shared, {}) as one, started(engine, shared, {}) as other:
        one.call("driver#run")
        other.call("driver#run")
        assert one.exported == other.exported == {"driver#run"}
