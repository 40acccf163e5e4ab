"""A small Pi that this computer emulates: the aarch64 wheel, installed and used within 512 MB. ``make pi`` runs it."""
