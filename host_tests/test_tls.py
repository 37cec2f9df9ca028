"""Certificates that must be refused are, on every Python, before one byte of the request is sent."""

from __future__ import annotations

import datetime
import json
import ssl
from pathlib import Path

import pytest
from cognito_mp.transports.amazon_roots import ROOTS
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa, self_signed_context
from cognito_mp_tools.local.tls_front import Response, TlsFront
from conftest import HERE, Interpreter
from cryptography import x509
from cryptography.x509.oid import NameOID
from raw_server import RawServer

PROGRAM = HERE / "device" / "one_call.py"
NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
HOST = "127.0.0.1"


def _contexts() -> dict[str, tuple[ThrowawayCa, ssl.SSLContext, tuple[str, ...]]]:
    """For each fault: the CA that the device trusts, the server's context, words one of which names the check."""
    ca = ThrowawayCa()
    return {
        "unknown CA": (ca, ThrowawayCa().server_context(HOST), ("not correctly signed", "issuer certificate")),
        "wrong host": (ca, ca.server_context("example.com"), ("does not match", "mismatch", "not valid for")),
        "expired": (ca, ca.server_context(HOST, not_before=NOW - 3 * DAY, not_after=NOW - DAY), ("has expired",)),
        "not yet valid": (
            ca,
            ca.server_context(HOST, not_before=NOW + DAY, not_after=NOW + 3 * DAY),
            ("in the future", "not yet valid"),
        ),
        "self-signed": (ca, self_signed_context(HOST), ("not correctly signed", "self-signed", "self signed")),
    }


CONTEXTS = _contexts()


def _call(networked: Interpreter, server: RawServer, ca: bytes, folder: Path) -> dict[str, object]:
    (folder / "ca").write_bytes(ca)
    arguments = (f"https://{HOST}:{server.port}", str(folder / "ca"), str(folder / "session"), "10", "3")
    return dict(json.loads(networked.run(PROGRAM, *arguments)))


@pytest.mark.parametrize("fault", CONTEXTS)
def test_refused(networked: Interpreter, tmp_path: Path, fault: str) -> None:
    ca, context, words = CONTEXTS[fault]
    accepted = []

    def behave(connection: ssl.SSLSocket) -> None:
        accepted.append(connection.recv(1))

    with RawServer(context, behave) as server:
        report = _call(networked, server, ca.der, tmp_path)
    assert report["outcome"] == "CertificateError", report
    assert report["is_oserror"] is True
    assert any(word in str(report["message"]) for word in words), report
    assert float(str(report["seconds"])) < 1.5, "it is never tried again"
    assert not [data for data in accepted if data]
    assert server.received == b""


@pytest.mark.parametrize("form", ["DER", "PEM", "PEM bundle", "PEM bundle with the root from before its renewal"])
def test_accepted(networked: Interpreter, tmp_path: Path, form: str) -> None:
    ca = ThrowawayCa()
    cadata = {"DER": ca.der, "PEM": ca.pem, "PEM bundle": ThrowawayCa().pem + b"# ours:\n" + ca.pem}.get(
        form, ca.expired_pem() + ThrowawayCa().pem + ca.pem
    )

    def behave(connection: ssl.SSLSocket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 17\r\n\r\n" + b'{"__type":"Seen"}')

    with RawServer(ca.server_context(HOST), behave) as server:
        report = _call(networked, server, cadata, tmp_path)
    assert "Seen" in str(report["message"]), report
    assert b"InitiateAuth" in server.received


def test_http_to_another_host_is_refused(networked: Interpreter, tmp_path: Path) -> None:
    report = json.loads(networked.run(PROGRAM, "http://cognito.example.com", "-", str(tmp_path / "session")))
    assert report["outcome"] == "ValueError" and "https" in report["message"]


def test_without_cadata_only_amazons_roots_are_trusted(networked: Interpreter, tmp_path: Path) -> None:
    handshakes = []

    def behave(connection: ssl.SSLSocket) -> None:
        handshakes.append(connection)

    with RawServer(ThrowawayCa().server_context(HOST), behave) as server:
        report = json.loads(networked.run(PROGRAM, f"https://{HOST}:{server.port}", "-", str(tmp_path / "session")))
    assert report["outcome"] == "CertificateError", report


@pytest.mark.parametrize("at", range(5))
def test_what_each_root_costs(networked: Interpreter, tmp_path: Path, at: int) -> None:
    """MicroPython tries the roots one by one, in the order of their list, and first the one that served last.

    That the root at `at` takes at + 1 connections, for each of them, says in which order they are tried. CPython takes
    them all at once.
    """
    authorities = [ThrowawayCa() for _ in range(5)]
    (tmp_path / "bundle").write_bytes(b"".join(ca.pem for ca in authorities))
    other = (at + 2) % 5
    ours, theirs = (
        TlsFront(lambda request: Response(), authorities[root].server_context(HOST)) for root in (at, other)
    )
    with ours, theirs:
        endpoints = [f"https://{HOST}:{front.port}" for front in (ours, ours, theirs, theirs, ours)]
        said = networked.run(HERE / "device" / "cost_of_roots.py", str(tmp_path / "bundle"), *endpoints)
    assert said.split() == ["200"] * 5
    assert (ours.handshakes, theirs.handshakes) == (3, 2)
    if networked.name == "cpython":
        assert (ours.connections, theirs.connections) == (3, 2)
        return
    without_at = [root for root in range(5) if root != at]
    without_other = [root for root in range(5) if root != other]
    assert ours.connections == (at + 1) + 1 + (1 + without_other.index(at) + 1)
    assert theirs.connections == (1 + without_at.index(other) + 1) + 1


def test_amazons_roots_are_tried_in_this_order() -> None:
    """The likely ones first: what each of them costs where it is the one is its place in this list."""
    subjects = [x509.load_der_x509_certificate(root).subject for root in ROOTS]
    names = [str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value) for subject in subjects]
    starfield = "Starfield Services Root Certificate Authority - G2"
    assert names == ["Amazon Root CA 1", starfield, "Amazon Root CA 3", "Amazon Root CA 2", "Amazon Root CA 4"]
