"""The means of one plugin: its kit, the bounds of a call, and the one gate for every effect."""
