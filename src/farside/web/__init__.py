"""The laboratory over HTTP: one Django project.

`farside.web.wsgi` and `farside.web.asgi` are what a server runs; the ledger is the one that the environment names (`FARSIDE_LAB`).
"""
