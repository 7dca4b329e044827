"""Wrong code that only one of the checkers refuses, a dash standing for the other; it is never run.

If a checker learns to refuse a line, the test says so: complete the mark, and move the line.
"""

import dualschema as ds
from examples.timers.schema import Timer

# mypy checks no keyword of a class that has a metaclass, and pydantic's models have one. (At run
# time, an unknown one is a TypeError.)


class Unknown(ds.Table, nam="x"):  # error: - | reportArgumentType
    """``nam=`` is neither dualschema's nor pydantic's."""


class WrongName(ds.Table, name=3):  # error: - | reportArgumentType
    """A name is text."""


class WrongSync(ds.Table, name="x", sync="nope"):  # error: - | reportArgumentType
    """``sync=`` is a bool or one of two words."""


class WrongOwner(ds.Table, name="x", owner=True):  # error: - | reportArgumentType
    """In the class line, the owner is a path; ``owner=True`` stands in ``column()``."""


class WrongIndexes(ds.Table, name="x", indexes=["name"]):  # error: - | reportArgumentType
    """An index is a ``ds.Index``."""


class WrongOption(ds.Table, name="x", title=3):  # error: - | reportArgumentType
    """Options of pydantic's are checked, too."""


# mypy takes no call for a base class. (At run time, it is one.)


class NewTimer(ds.insert_model(Timer)):  # error: misc | -
    """The body of a request."""
