"""The password for a broker. It is read when it is needed, and kept in no settings."""

from __future__ import annotations

import os

from hostcore.broker.settings import PASSWORD_VARIABLE, BrokerSettings
from hostcore.errors import BrokerError
from hostcore.files import read_bounded

LARGEST_FILE = 4096
"""Bytes of a password file. A broker takes up to 65535 for a password, but nobody types that."""


def read_password(settings: BrokerSettings) -> str | None:
    """Return the password for a broker: the first line of its file, or the environment variable. None for none.

    Blocks while the file is read.

    Raises:
        BrokerError: the file cannot be read, is empty, is too large, or is no UTF-8 text. It shows nothing of it.
    """
    file = settings.password_file
    if file is None:
        return os.environ.get(PASSWORD_VARIABLE) or None
    named = settings.named("password_file", file)
    try:
        content = read_bounded(file, LARGEST_FILE)
    except OSError as error:
        raise BrokerError(f"{named} cannot be read: {error.strerror or error}") from None
    first = content.split(b"\n", 1)[0].removesuffix(b"\r")
    try:
        password = first.decode()
    except UnicodeDecodeError:
        raise BrokerError(f"{named} is no text in UTF-8") from None
    if not password:
        raise BrokerError(f"{named} has an empty first line; write the password there")
    return password
