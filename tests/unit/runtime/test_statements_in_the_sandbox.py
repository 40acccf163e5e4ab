"""A plugin in the sandbox states what its values measure, and asks what those of others do."""

from __future__ import annotations

from textwrap import dedent

from hostcore.quantities import DescribedValue, Quantity
from tests.plain_python import PLUGINS
from tests.sandbox import Sandbox

DRIVER = """
import host

host.describe("temperature", unit="°C", device_class="temperature", state_class="measurement", decimals=1, name="Air")

def setup():
    host.describe("rain.total", unit="mm")

def read():
    return {"temperature": 21.5}
"""


def test_a_statement_at_the_top_level_holds_before_the_first_reading(sandbox: Sandbox) -> None:
    plugin = sandbox.load(DRIVER)
    quantity = Quantity("°C", "temperature", "measurement", 1, "Air")
    assert plugin.values.all == (DescribedValue("temperature", quantity),)
    plugin.read()
    assert plugin.values.all == (
        DescribedValue("temperature", quantity),
        DescribedValue("rain.total", Quantity("mm")),
    ), "setup states more"
    assert plugin.values.problems.take() == ()


def test_a_mistake_is_told_with_its_line_and_the_driver_goes_on(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import host
        host.describe("a", unit="C", device_class="temperature", decimals=-1)
        host.describe("b", unit="\\x1b[2J", name="\\ud800")
        def read():
            return {"a": 1}
        """
    )
    assert plugin.read() == {"a": 1}
    assert plugin.values.problems.take() == (
        'line 3 describes "a": found decimals out of range, allowed are 0 to 9',
        'line 3 describes "a": found the unit "C" for device_class "temperature", allowed is °C or °F or K',
        r"""line 4 describes "b": found the unit '\x1b[2J', which has characters that cannot be printed""",
    )
    assert [each.quantity.unit for each in plugin.values.all] == ["C", ""]


def test_an_argument_of_another_type_ends_the_driver_with_its_name(sandbox: Sandbox) -> None:
    source = """
        import host
        def read():
            try:
                host.describe("a", unit=5)
            except TypeError as error:
                return {"error": str(error)}
        """
    assert sandbox.load(source).read() == {"error": "unit is 5 (int); text is needed"}


def test_a_display_asks_what_a_value_measures(sandbox: Sandbox) -> None:
    sandbox.runtime.catalog.describe(
        "air", [DescribedValue("probe.t", Quantity("K", "temperature", "measurement", 2, "Probe"))]
    )
    plugin = sandbox.load(
        """
        import host
        def render(readings):
            stated, guessed = host.quantity("air", "probe.t"), host.quantity("air", "humidity")
            return f"{stated} {guessed.unit} {guessed.is_guessed} {host.quantity('x' * 5000, 'y' * 5000).unit}|"
        """
    )
    assert plugin.render("{}") == (
        "Quantity(unit='K', device_class='temperature', state_class='measurement', decimals=2, name='Probe', "
        "is_guessed=False) % True |"
    )


def test_a_display_that_asks_again_and_again_does_not_grow(sandbox: Sandbox) -> None:
    """componentize-py never frees an empty text in a result, and most quantities have some: no unit, no name."""
    plugin = sandbox.load(
        """
        import host
        def update(readings):
            for _ in range(readings["times"]):
                host.quantity("bme680", "count")
        """
    )
    plugin.update('{"times": 100}')
    before = plugin.memory_bytes()
    plugin.update('{"times": 6000}')
    assert plugin.memory_bytes() <= before + (64 << 10), "four texts of 16 bytes each made it 400 KB"


def test_every_shipped_driver_describes_what_it_publishes_without_a_mistake(sandbox: Sandbox) -> None:
    for name, keys in {
        "aht20": {"temperature", "humidity"},
        "dht22": {"temperature", "humidity"},
        "bh1750": {"illuminance"},
        "bme680": {
            "temperature", "humidity", "pressure", "gas_resistance", "air_quality.index", "air_quality.method",
        },
        "pi_monitor": {"cpu_temperature", "load", "memory_used_mb", "memory_total_mb", "uptime"},
    }.items():  # fmt: skip
        plugin = sandbox.load_file(PLUGINS / f"{name}.py")
        assert {each.key for each in plugin.values.all} == keys
        assert plugin.values.problems.take() == (), name


def test_a_script_describes_values_too(sandbox: Sandbox) -> None:
    path = sandbox.folder / "script.py"
    path.write_text(dedent("import host\nhost.describe('t', unit='K')\nprint('t 5')\n"), encoding="utf-8")
    assert sandbox.load_file(path).provides == {"script"}
