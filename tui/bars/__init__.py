"""The single lines above the panes."""
