"""Certificates for servers in tests, made by openssl and trusted by no one else."""

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

HERE = "IP:127.0.0.1"


def create_authority(folder: Path) -> Path:
    """Create a certificate for this machine that signs itself and others; return its folder."""
    if not shutil.which("openssl"):
        assert not os.environ.get("CI"), "the tests of TLS must run in CI: install openssl"
        pytest.skip("there is no openssl to make a certificate with")
    folder.mkdir(exist_ok=True)
    _openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        *("-subj", "/CN=127.0.0.1", "-addext", f"subjectAltName={HERE}"),
    )
    return folder


def create_certificate(folder: Path, authority: Path, names: str = HERE, days: int = 2) -> Path:
    """Create a certificate that an authority has signed; one of -1 days has expired."""
    folder.mkdir()
    request = folder / "request.pem"
    _openssl(
        *("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem")),
        *("-out", str(request), "-subj", "/CN=server", "-addext", f"subjectAltName={names}"),
    )
    _openssl(
        *("x509", "-req", "-in", str(request), "-out", str(folder / "cert.pem")),
        *("-CA", str(authority / "cert.pem"), "-CAkey", str(authority / "key.pem")),
        *("-days", str(days), "-copy_extensions", "copy"),
    )
    return folder


def load_context(folder: Path) -> ssl.SSLContext:
    """Return the context of a server with a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
