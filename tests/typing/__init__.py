"""What type checkers must infer, accept and refuse, with no plugin; ``test_typing.py`` runs them.

A line that must be refused ends with a mark: mypy's error codes, a bar, pyright's rules. Code that
is accepted stands in functions without arguments, which are also run.
"""
