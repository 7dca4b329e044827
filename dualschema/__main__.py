"""The command ``dualschema``, also ``python -m dualschema``; it answers without its extra, too."""

from __future__ import annotations

import sys

from dualschema.errors import MissingExtraError

__all__ = ["main"]


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        from dualschema.cli import main as run
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.stderr.write(f"error: {MissingExtraError('the command line', 'cli')}\n")
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())
