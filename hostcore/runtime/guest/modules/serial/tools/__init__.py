"""Tools of pyserial: only `list_ports`."""
