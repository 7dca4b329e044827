"""TLS with a certificate that nobody but us vouches for.

The embedded server is built without TLS, so PgBouncer stands before it, one server for each client.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.embedded import Cluster, EmbeddedPostgresError
from tests.fixtures.missing import fail_or_skip
from tests.fixtures.servers import pgbouncer

ONE = ds.select(ds.count())


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate that signs itself, for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    try:
        cluster = Cluster()
    except EmbeddedPostgresError as error:
        fail_or_skip(f"no Postgres: {error}")
    with cluster:
        yield cluster.url()


@pytest.fixture
def url(server: str, bouncer_folder: Path) -> Iterator[str]:
    """Give the URL of a server that takes nobody without TLS."""
    certificate, key = make_certificate(bouncer_folder, "server")
    tls = {
        "client_tls_sslmode": "require",
        "client_tls_cert_file": certificate,
        "client_tls_key_file": key,
    }
    with pgbouncer(server, bouncer_folder, mode="session", **tls) as url:
        yield url


def connected(url: str, **options: str) -> bool:
    """Connect as `connect` does; return whether it is by TLS."""
    with ds.connect(make_url(url).update_query_dict(options)) as db:
        assert db.scalar(ONE) is not None
        with db.engine.connect() as connection:
            return bool(connection.connection.driver_connection.pgconn.ssl_in_use)  # type: ignore[union-attr]


def refusal(url: str, **options: str) -> str:
    with pytest.raises(ds.ConnectionLostError) as caught:
        connected(url, **options)
    password = make_url(url).password
    assert password is not None
    assert password not in str(caught.value)
    return str(caught.value)


def test_it_is_used_where_it_is_wanted(url: str) -> None:
    assert connected(url, sslmode="require")
    assert connected(f"{url}?ssl=true")
    assert connected(url)  # libpq prefers it


def test_who_is_told_whom_to_trust_checks_it(url: str, bouncer_folder: Path) -> None:
    own = str(bouncer_folder / "server.crt")

    assert connected(url, sslmode="verify-full", sslrootcert=own)
    elsewhere = url.replace("127.0.0.1", "localhost")
    assert 'does not match host name "localhost"' in refusal(
        elsewhere, sslmode="verify-full", sslrootcert=own
    )
    assert connected(elsewhere, sslmode="verify-ca", sslrootcert=own)


def test_nobody_is_trusted_unsaid(url: str, bouncer_folder: Path, tmp_path: Path) -> None:
    missing, other = tmp_path / "nowhere.crt", make_certificate(tmp_path, "other")[0]

    assert "does not exist" in refusal(url, sslmode="verify-full", sslrootcert=str(missing))
    assert "certificate verify failed" in refusal(
        url, sslmode="verify-full", sslrootcert=str(other)
    )


def test_without_tls_nobody_is_let_in(url: str) -> None:
    assert "SSL required" in refusal(url, sslmode="disable")


def test_a_server_without_tls_is_refused(server: str) -> None:
    assert "server does not support SSL" in refusal(server, sslmode="require")
