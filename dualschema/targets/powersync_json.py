"""``powersync-json``: the client's schema in the form that PowerSync's core takes."""

from __future__ import annotations

from dualschema.generator import GeneratedFile, NoOptions, Target
from dualschema.languages.json import text_of
from dualschema.model import SchemaModel
from dualschema.powersync import powersync_schema

__all__ = ["POWERSYNC_JSON"]


def _generate(model: SchemaModel, path: str, _: NoOptions) -> tuple[GeneratedFile, ...]:
    return (GeneratedFile(path, text_of(powersync_schema(model))),)


POWERSYNC_JSON = Target(
    name="powersync-json",
    title="the schema as PowerSync's core and its Rust SDK take it",
    path="powersync.json",
    generate=_generate,
    options=NoOptions,
)
