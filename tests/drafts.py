"""A draft of a driver, made of the source of a library."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from hostcore.libraries.draft.outline import outline
from hostcore.libraries.draft.supplies import Wiring
from hostcore.libraries.draft.writing import Draft, Library, draft


def drafted(modules: Mapping[str, str], chip: str = "ab12", wiring: Wiring = Wiring()) -> Draft:  # noqa: B008 - frozen
    sources = {name: dedent(source) for name, source in modules.items()}
    made = draft(Library(f"lib-{chip}", "1.2.3", chip, outline(sources)), wiring)
    compile(made.source, "draft.py", "exec")
    return made


def permissions(made: Draft) -> list[str]:
    return [str(each) for each in made.permissions]


THERMOMETER = '''
    from micropython import const

    _DEFAULT = const(0x44)


    class Mode:
        def __init__(self, number: int) -> None: ...


    class AB12:
        """Driver of the chip."""

        def __init__(self, i2c_bus: I2C, address: int = _DEFAULT) -> None: ...

        @property
        def temperature(self) -> float:
            """The temperature in degrees Celsius."""

        @property
        def relative_humidity(self) -> float:
            """
            The humidity in percent.
            More words.
            """

        @property
        def temperature_offset(self) -> float: ...

        @property
        def mode(self) -> int: ...

        @mode.setter
        def mode(self, new: int) -> None: ...

        def reset(self) -> None: ...
'''
