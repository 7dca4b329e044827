"""Client code as files: what a project wants generated, planned as a whole and written as a whole.

It knows no command line. A script of one's own does what ``dualschema codegen`` does::

    from dualschema.codegen import load_schema, plan_files, read_configuration, write_files

    wanted = read_configuration()
    schema = load_schema(wanted.schema, wanted.root)
    write_files(plan_files(schema, wanted.outputs, wanted.root))
"""

from dualschema.codegen.configuration import Configuration, Output, override, read_configuration
from dualschema.codegen.leftovers import leftovers
from dualschema.codegen.loading import load_object, load_schema, loaded_sources
from dualschema.codegen.plan import PlannedFile, State, plan_files
from dualschema.codegen.plugins import KnownTarget, find_target, known_targets
from dualschema.codegen.writing import write_files

__all__ = [
    "Configuration",
    "KnownTarget",
    "Output",
    "PlannedFile",
    "State",
    "find_target",
    "known_targets",
    "leftovers",
    "load_object",
    "load_schema",
    "loaded_sources",
    "override",
    "plan_files",
    "read_configuration",
    "write_files",
]
