"""Tokens: keys, issuing, verifying, and what is refused."""
