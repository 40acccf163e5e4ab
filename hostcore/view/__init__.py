"""The one read model: a host's events folded into what is known of it, for every front end."""
