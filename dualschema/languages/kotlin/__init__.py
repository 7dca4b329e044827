"""Kotlin: how it is spelt, how values are converted, and what generated code calls."""
