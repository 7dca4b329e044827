"""The timers example, run end to end: ``python -m examples.timers.demo``.

``journal`` keeps the steps; ``rows`` reads and compares, ``server`` is Postgres, ``client`` is
SQLite and PowerSync, ``upload`` brings the client's writes to the server, ``display`` shows it all.
"""
