"""CircuitPython's `analogio`. A Raspberry Pi has neither analog inputs nor outputs."""

from _refused import Refused


class AnalogIn(Refused):
    """An analog input."""

    reason = (
        "a Raspberry Pi has no analog inputs; use a converter, such as the ADS1115 (adafruit-circuitpython-ads1x15) or "
        "the MCP3008 (adafruit-circuitpython-mcp3xxx)"
    )


class AnalogOut(Refused):
    """An analog output."""

    reason = (
        "a Raspberry Pi has no analog outputs; use a converter, such as the MCP4725 (adafruit-circuitpython-mcp4725)"
    )
