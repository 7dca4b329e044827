"""Tests of ``dualschema.migrate``."""
