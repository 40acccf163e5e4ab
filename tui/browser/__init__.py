"""The screen in a browser: its page, and a Textual driver at the end of a WebSocket."""
