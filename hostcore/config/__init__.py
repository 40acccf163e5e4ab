"""host.toml: what it may say, and how it is read and edited."""
