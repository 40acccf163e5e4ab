"""Plugins that were built for an earlier host, whose contract is demo:plugin@0.2.x: wit/demo/plugin.wit."""
