"""Where Alembic finds its ``env.py``: a project of ours needs none of its own."""
