"""The settings of host.toml: how they are read, checked and edited."""
