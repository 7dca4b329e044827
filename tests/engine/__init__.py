"""Tests of engines and their connections."""
