"""Certificates for a broker of the tests, and for its clients."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def certificates() -> tempfile.TemporaryDirectory[str]:
    """Make an authority, and certificates: right, expired and misnamed ones of the broker, and a client's."""
    made = tempfile.TemporaryDirectory(prefix="certificates-")
    folder = Path(made.name)
    run(*_key(folder / "ca.key"))
    subject = ("-subj", "/CN=Tests of wasi-host", "-days", "2", "-out", str(folder / "ca.pem"))
    run("openssl", "req", "-x509", "-new", "-key", str(folder / "ca.key"), *subject)
    _certify(folder, "server", "DNS:localhost,IP:127.0.0.1", "2")
    _certify(folder, "expired", "DNS:localhost,IP:127.0.0.1", "-1")
    _certify(folder, "misnamed", "DNS:elsewhere.example", "2")
    _certify(folder, "client", "DNS:a-pi", "2")
    with (folder / "client.pem").open("a", encoding="ascii") as both:
        both.write((folder / "client.key").read_text(encoding="ascii"))
    return made


def _certify(folder: Path, name: str, names: str, days: str) -> None:
    key, request, found, extensions = (folder / f"{name}.{end}" for end in ("key", "csr", "pem", "ext"))
    run(*_key(key))
    run("openssl", "req", "-new", "-key", str(key), "-subj", f"/CN={name}", "-out", str(request))
    extensions.write_text(f"subjectAltName={names}\n", encoding="ascii")
    by = ("-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"), "-CAcreateserial", "-days", days)
    run("openssl", "x509", "-req", "-in", str(request), "-out", str(found), "-extfile", str(extensions), *by)


def _key(file: Path) -> tuple[str, ...]:
    return ("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(file))


def run(*command: str) -> None:
    """Run a program, which must not fail."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
