"""The command line, made with typer and rich: ``pip install "dualschema[cli]"``."""

from dualschema.cli.app import main

__all__ = ["main"]
