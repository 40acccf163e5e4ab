"""Session files: all that a host tells its front ends, written without secrets, and played again as a session.

`SessionRecorder` is a front end that writes. `PlayedSession` is a `hostcore.session.Session` made of such a file: every
front end can show it, and none can change anything through it. docs/sessions.md describes the file.
"""
