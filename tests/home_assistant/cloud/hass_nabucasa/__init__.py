"""Stands in for Home Assistant's cloud, which no test uses."""
