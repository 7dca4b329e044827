"""The algorithms that sign and verify, as a closed set; the cryptography is pyjwt's."""

from __future__ import annotations

import enum
from typing import Any, Final

from jwt import PyJWS

from dualschema.errors import ConfigurationError

__all__ = ["Algorithm", "sign", "signature_matches"]


class Algorithm(enum.StrEnum):
    """The algorithms that PowerSync's service takes; ``none`` is not among them.

    From its documentation: https://docs.powersync.com/configuration/auth/custom
    """

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"
    HS256 = "HS256"
    HS384 = "HS384"
    HS512 = "HS512"

    @property
    def is_symmetric(self) -> bool:
        """Whether who verifies could sign as well: the key is a shared secret."""
        return self.value.startswith("HS")

    @classmethod
    def named(cls, name: str) -> Algorithm:
        """Return an algorithm by its name in JOSE.

        Raises:
            ConfigurationError: there is none of this name.
        """
        try:
            return cls(name)
        except ValueError:
            known = ", ".join(cls)
            raise ConfigurationError(f"{name!r} is none of the algorithms {known}") from None


_JWS: Final = PyJWS(algorithms=[algorithm.value for algorithm in Algorithm])
# A set of our own: pyjwt's global one has `none`, and other code may register more with it.


def sign(payload: bytes, key: Any, algorithm: Algorithm, kid: str) -> str:
    """Return a JWS in compact form."""
    return _JWS.encode(payload, key, algorithm=algorithm.value, headers={"kid": kid})


def signature_matches(message: bytes, signature: bytes, key: Any, algorithm: Algorithm) -> bool:
    """Tell whether a signature is a key's over a message."""
    return _JWS.get_algorithm_by_name(algorithm.value).verify(message, key, signature)
