"""The examples: what they claim holds."""
