"""Support for plugins built for the older contract demo:plugin@0.2.x (wit/demo/plugin.wit)."""
