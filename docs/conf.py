"""Sphinx's configuration; ``python3 dev.py docs`` builds the pages into build/docs."""

import sys
from pathlib import Path

from sphinx.pycode import ModuleAnalyzer

from dualschema import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "dualschema"
author = "The dualschema authors"
copyright = author
release = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "target_table",
    "value_table",
]
exclude_patterns = ["_ext"]

html_theme = "furo"
html_title = "dualschema"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sphinx = False
html_copy_source = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
toc_object_entries = False

nitpick_ignore_regex = [
    ("py:.*", r"(?!dualschema\.).*"),  # other projects have no page here: the build is offline
    ("py:.*", r"dualschema\..*\.(T|R|A|Row|RowT|Options)"),  # type variables
    ("py:class", r"dualschema\.model\.\w+"),  # frozen records, described where they stand
    ("py:class", r"dualschema\.crud\.dialects\.Kind"),  # an enum that the text explains
]

# One signature each, not one for each number of elements.
for module in ("filtered", "insert", "select"):
    analyzer = ModuleAnalyzer.for_module(f"dualschema.crud.{module}")
    analyzer.analyze()
    analyzer.overloads.clear()
