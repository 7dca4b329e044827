"""The demo's command: it runs the steps, and turns what is missing into one sentence."""

from __future__ import annotations

import sys
import time

_BEGAN = time.perf_counter()


def main() -> int:
    """Run the demo; return 0 only if all rows were equal everywhere."""
    try:
        import apsw  # noqa: F401  (looks whether it is there)
        import psycopg  # noqa: F401  (looks whether it is there)
        import rich  # noqa: F401  (looks whether it is there)
    except ImportError as error:
        return _give_up(f"The demo needs {error.name}. Run it with: python3 dev.py demo")

    from dualschema import DualschemaError

    try:
        from examples.timers.demo.story import tell

        return 0 if tell(_BEGAN) else 1
    except DualschemaError as error:
        return _give_up(str(error))
    except KeyboardInterrupt:
        return _give_up("interrupted", code=130)


def _give_up(reason: str, *, code: int = 1) -> int:
    print(reason, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
