"""Tests of the studio: its answers on real databases, and its page in a real browser."""
