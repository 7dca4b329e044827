"""Tests of what clients of a release survive."""
