"""Builds a Debian package of a wheel: everything that it needs in a venv of its own, below /opt/wasi-host.

It needs pip and dpkg-deb, and nothing of the other architecture: pip fetches wheels for any machine, and none is run.
A package works with one minor version of Python, that of this process, because wheels do: 3.11 is that of Bookworm,
3.13 that of Trixie.

Usage: python -m hostcore.deb_package WHEEL ARCHITECTURE FOLDER
"""

from __future__ import annotations

import compileall
import gzip
import os
import shutil
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path
from py_compile import PycInvalidationMode

HOME = "opt/wasi-host"
NOTES = "usr/share/doc/wasi-host"
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
"""Debian's names of architectures, and those of wheels."""
GLIBC = {"3.11": 36, "3.13": 41}
"""The minor version of glibc 2 beside each Python: Bookworm has 2.36, Trixie 2.41. Wheels for older ones work."""
EXTRAS = "mqtt,web,screen-web"
MORE = ("gpiod>=2.2", "gpiozero>=2.0", "pyserial>=3.5", "pip")
"""Packages beside the wheel. lgpio of the extra pi has no wheel for every Python: Debian's is recommended."""
SHARED = {
    "man/man1/wasi-host.1": "man/man1/wasi-host.1.gz",
    "bash-completion/completions/wasi-host": "bash-completion/completions/wasi-host",
    "zsh/site-functions/_wasi-host": "zsh/vendor-completions/_wasi-host",
    "fish/vendor_completions.d/wasi-host.fish": "fish/vendor_completions.d/wasi-host.fish",
}
"""Where files below share of the wheel go below /usr/share."""
CONTROL = """\
Package: wasi-host
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kib}
Depends: python3 (>= {python}~), python3 (<< {next_python}~), libc6 (>= 2.{glibc}~)
Recommends: python3-lgpio
Suggests: fish, zsh
Section: electronics
Priority: optional
Description: run and debug sensor drivers, each in a WebAssembly sandbox
 Each driver is one Python file or one WebAssembly component. It gets the bytes
 of the devices that it was granted, and nothing else. The screen shows every
 reading, log line and transfer, and says what is wrong with a bus or a driver.
 .
 It runs on a Raspberry Pi with a 64-bit system, and elsewhere with a simulated
 one. No service is enabled.
"""
COMMAND = """\
#!/opt/wasi-host/bin/python3
import sys

from tui.__main__ import main

sys.exit(main())
"""
VENV = "home = /usr/bin\ninclude-system-site-packages = true\nversion = {python}\n"
"""Debian's lgpio is seen in the venv. What the venv has itself comes first."""
OVERRIDES = """\
# A venv with wheels of PyPI and their bytecode: it is no part of Debian, and lies where such software belongs.
wasi-host: dir-or-file-in-opt
wasi-host: package-installs-python-pycache-dir
wasi-host: unusual-interpreter
wasi-host: executable-not-elf-or-script
wasi-host: script-not-executable
wasi-host: unstripped-binary-or-object
wasi-host: privacy-breach-generic
wasi-host: wrong-path-for-interpreter
"""
CHANGES = """\
wasi-host ({version}) unstable; urgency=medium

  * Built from the wheel. changelog.gz beside this file tells what changed.

 -- {maintainer}  {date}
"""


def build(wheel: Path, architecture: str, folder: Path) -> Path:
    """Build the package, and return its path. Blocks for about a minute, and fetches 60 MB.

    Args:
        wheel: the wheel of this project.
        architecture: one of `MACHINES`.
        folder: where the package goes.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    version = f"{wheel.name.split('-')[1]}-1~py{python}"
    root = folder / f"wasi-host-{architecture}"
    shutil.rmtree(root, ignore_errors=True)
    _make_venv(root, wheel, MACHINES[architecture], python)
    maintainer = f"{os.environ.get('DEBFULLNAME', 'Local build')} <{os.environ.get('DEBEMAIL', 'root@localhost')}>"
    _share(root, wheel.parent.parent)
    changes = CHANGES.format(version=version, maintainer=maintainer, date=formatdate(wheel.stat().st_mtime))
    _write(root / NOTES / "changelog.Debian.gz", changes.encode())
    control = CONTROL.format(
        version=version,
        architecture=architecture,
        maintainer=maintainer,
        kib=sum(path.lstat().st_size for path in root.rglob("*")) // 1024,
        python=python,
        next_python=f"3.{sys.version_info.minor + 1}",
        glibc=GLIBC[python],
    )
    _write(root / "DEBIAN" / "control", control.encode())
    _set_modes(root)
    package = folder / f"wasi-host_{version}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z4", "--build", root, package], check=True)
    return package


def wheel_options(machine: str, python: str) -> list[str]:
    """Return the options with which pip takes wheels for another computer, and nothing that would have to be built.

    Args:
        machine: a value of `MACHINES`.
        python: a key of `GLIBC`.
    """
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC[python], 4, -1)]
    platforms = [f"--platform={tag}" for tag in (*tags, f"manylinux2014_{machine}")]
    return ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}", *platforms]


def _make_venv(root: Path, wheel: Path, machine: str, python: str) -> None:
    home = root / HOME
    packages = home / "lib" / f"python{python}" / "site-packages"
    subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile",
            *wheel_options(machine, python), f"--target={packages}", f"{wheel}[{EXTRAS}]", *MORE,
        ],
        check=True,
    )  # fmt: skip
    shutil.rmtree(packages / "bin", ignore_errors=True)  # they start with the path of this very Python
    for origin in packages.glob("*.dist-info/direct_url.json"):
        origin.unlink()  # it names a folder of this computer
    compileall.compile_dir(
        packages, quiet=2, stripdir=str(root), prependdir="/", invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
    )
    (home / "bin").mkdir()
    (home / "bin" / "python3").symlink_to(f"/usr/bin/python{python}")
    (home / "pyvenv.cfg").write_text(VENV.format(python=python), encoding="utf-8")
    command = home / "bin" / "wasi-host"
    command.write_text(COMMAND, encoding="utf-8")
    command.chmod(0o755)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "wasi-host").symlink_to(f"/{HOME}/bin/wasi-host")


def _share(root: Path, project: Path) -> None:
    """Put the man page, the completion scripts and the notes where Debian looks for them."""
    (made,) = (root / HOME).glob("lib/*/site-packages/share")
    share = root / "usr" / "share"
    for source, target in SHARED.items():
        _write(share / target, (made / source).read_bytes())
    shutil.rmtree(made)
    _write(root / NOTES / "changelog.gz", (project / "CHANGELOG.md").read_bytes())
    _write(root / NOTES / "copyright", (project / "LICENSE").read_bytes())
    _write(share / "lintian" / "overrides" / "wasi-host", OVERRIDES.encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def _set_modes(root: Path) -> None:
    """Let everyone read everything, and the owner alone change it, whatever this process's umask is."""
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def main() -> int:
    """Build the package that the command line asks for, and print its path."""
    if len(sys.argv) != 4 or sys.argv[2] not in MACHINES:
        print(f"usage: python -m hostcore.deb_package WHEEL {'|'.join(MACHINES)} FOLDER", file=sys.stderr)
        return 2
    print(build(Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]).resolve()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
