"""Build hook of the wheel: puts in what lies outside the packages, and what is made for the package.

That is the man page, the completion scripts, the Python runtime component, and the same compiled for one kind of
computer.

With these in the wheel a Pi builds and compiles nothing. An editable install makes them on its first start instead, and
takes everything else from the checkout. `hostcore.platform_wheels` makes wheels for other kinds of computers, too.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "host.toml": "hostcore/shipped/host.toml",
    "plugins": "hostcore/shipped/plugins",
    "wit": "hostcore/shipped/wit",
    "hostcore/runtime/guest/stubs": "host-stubs",
}
"""Where files of the checkout go in the wheel; hostcore/shipped.py and PEP 561 (stubs) look for them there."""


class PythonRuntimeHook(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Builds the component with the sources of this very checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to put into the wheel."""
        if version == "editable":
            return
        for source, place in SHIPPED.items():
            build_data["force_include"][str(Path(self.root, source))] = place
        sys.path.insert(0, self.root)
        from hostcore.platform_wheels import PREBUILT, TAG, build_component, prepare  # noqa: PLC0415
        from hostcore.runtime.compiling.elsewhere import this_machine  # noqa: PLC0415
        from hostcore.workshop import Workshop  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory(prefix="wasi-host-wheel-")
        made = Path(self._folder.name)
        self._add_share(made / "share", build_data["shared_data"])
        runtime = Path(
            os.environ.get(PREBUILT) or prepare(this_machine(), build_component(made, Workshop()), Workshop())
        )
        build_data["pure_python"] = False
        build_data["tag"] = (runtime / TAG).read_text(encoding="ascii")
        for file in runtime.glob("python-runtime.*"):
            build_data["force_include"][str(file)] = f"hostcore/shipped/{file.name}"

    def _add_share(self, folder: Path, shared: dict[str, str]) -> None:
        """Make the files for the system's folders, and name them."""
        from hostcore.cli.main import make_parser  # noqa: PLC0415
        from hostcore.cli.share import files  # noqa: PLC0415

        built_s = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
        for path, content in files(make_parser(needs_command=False), built_s):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            shared[str(file)] = f"share/{path}"
