"""What an instance begins with, for its recording; and a recording's plugin, ready to run again."""

from __future__ import annotations

import os

from hostcore import __version__
from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.hostcall import HostFunctions
from hostcore.recording.model import Header, Limits
from hostcore.runtime.prepared import Prepared


def header_of(prepared: Prepared, functions: HostFunctions, clock: Clock, buses: Buses) -> Header:
    """Describe a new instance.

    Args:
        prepared: the plugin.
        functions: its host functions.
        clock: the host's clock.
        buses: all buses.
    """
    spec, imports = prepared.spec, tuple(each.name for each in prepared.linked.imports)
    limits = spec.limits
    return Header(
        plugin=spec.name,
        file=spec.path.name,
        source=prepared.source,
        component=prepared.compiled.source.sha256,
        settings=spec.settings,
        permissions=tuple(map(str, spec.permissions)),
        limits=Limits(limits.call_seconds, limits.memory_mib, limits.reading_bytes),
        imports=imports,
        refused=tuple(slot for slot, name in enumerate(imports) if name not in functions),
        buses=buses.names,
        simulated=tuple(each for each in buses.names if each in buses.simulated),
        libraries=prepared.libraries_key,
        host_version=__version__,
        machine=os.uname().machine,
        began_ns=clock.wall_ns(),
    )
