"""JSON Web Tokens (JWT) for PowerSync and the API: keys, issuing, verifying; no HTTP server.

Needs pyjwt with cryptography: ``pip install "dualschema[server]"``.
"""

from __future__ import annotations

from dualschema.errors import MissingExtraError

try:
    import cryptography as _cryptography
    import jwt as _jwt
except ImportError:
    raise MissingExtraError("dualschema.tokens", "server") from None

from dualschema.tokens.algorithm import Algorithm
from dualschema.tokens.issuer import TokenIssuer
from dualschema.tokens.jwks_url import JwksUrl, fetch_jwks
from dualschema.tokens.key_file import KeyFile, load_keys, save_keys
from dualschema.tokens.key_set import KeySet
from dualschema.tokens.signing_key import SigningKey, generate_key
from dualschema.tokens.verifier import Claims, TokenVerifier
from dualschema.tokens.verifying_key import SymmetricKey, VerifyingKey, read_jwks

__all__ = [
    "Algorithm",
    "Claims",
    "JwksUrl",
    "KeyFile",
    "KeySet",
    "SigningKey",
    "SymmetricKey",
    "TokenIssuer",
    "TokenVerifier",
    "VerifyingKey",
    "fetch_jwks",
    "generate_key",
    "load_keys",
    "read_jwks",
    "save_keys",
]

del _cryptography, _jwt
