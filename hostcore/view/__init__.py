"""The one read model: the events of a host, folded into its state for every front end."""
