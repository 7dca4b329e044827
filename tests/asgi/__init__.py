"""Tests of the routes over ASGI."""
