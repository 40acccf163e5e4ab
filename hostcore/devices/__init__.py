"""Simulated chips, modelled register by register and pulse by pulse, and their environment."""
