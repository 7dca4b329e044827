"""The timers app: an offline-first app with one definition of its tables."""
