"""The tests: they mirror the package, and each is named by the behaviour that it holds."""
