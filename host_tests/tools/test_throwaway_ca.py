"""That certificates of the local Cognito are for its address, as OpenSSL and as mbedtls 2.28 see it."""

from __future__ import annotations

import ctypes
import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.packages.debian import NotDebian, Release
from cognito_mp_tools.project import BUILD, build_lock

ADDRESS = "127.0.0.1"
_CN_MISMATCH, _NOT_TRUSTED = 0x04, 0x08  # MBEDTLS_X509_BADCERT_*
_STRUCT = 4096  # bytes: more than a mbedtls_x509_crt has


def _shown(context: ssl.SSLContext) -> bytes:
    """The certificate that a server with `context` shows, DER."""
    with socket.create_server((ADDRESS, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        with client.wrap_socket(socket.create_connection(listener.getsockname())) as secure:
            shown = secure.getpeercert(binary_form=True)
        thread.join()
    assert shown
    return shown


@pytest.fixture(scope="module")
def mbedtls() -> ctypes.CDLL:
    """mbedtls 2.28's X.509, of Debian 12."""
    folder = BUILD / "mbedtls-2.28"
    try:
        with build_lock():
            if not list(folder.glob("usr/lib/*/libmbedx509.so.1")):
                Release("bookworm", BUILD).unpack(("libmbedcrypto7", "libmbedx509-1"), folder)
        libraries = next(folder.glob("usr/lib/*/libmbedx509.so.1")).parent
        ctypes.CDLL(str(libraries / "libmbedcrypto.so.7"), ctypes.RTLD_GLOBAL)
        return ctypes.CDLL(str(libraries / "libmbedx509.so.1"))
    except (NotDebian, OSError, RuntimeError) as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"mbedtls 2.28: {reason}")


def _problems(mbedtls: ctypes.CDLL, root: bytes, certificate: bytes, host: str) -> int:
    """The flags of mbedtls_x509_crt_verify() of `certificate`, DER, for `host`; 0 when it is good."""
    parsed = []
    for der in (root, certificate):
        parsed.append(ctypes.create_string_buffer(_STRUCT))
        mbedtls.mbedtls_x509_crt_init(parsed[-1])
        assert mbedtls.mbedtls_x509_crt_parse(parsed[-1], der, ctypes.c_size_t(len(der))) == 0
    flags = ctypes.c_uint32()
    mbedtls.mbedtls_x509_crt_verify(parsed[1], parsed[0], None, host.encode(), ctypes.byref(flags), None, None)
    for each in parsed:
        mbedtls.mbedtls_x509_crt_free(each)
    return flags.value


def test_mbedtls_2_28_finds_the_address_among_the_names(mbedtls: ctypes.CDLL, tmp_path: Path) -> None:
    ca = ThrowawayCa()
    shown = _shown(ca.server_context(ADDRESS, "localhost"))
    for host, problems in ((ADDRESS, 0), ("localhost", 0), ("127.0.0.2", _CN_MISMATCH)):
        assert _problems(mbedtls, ca.der, shown, host) == problems
    assert _problems(mbedtls, ThrowawayCa().der, shown, ADDRESS) & _NOT_TRUSTED


def test_openssl_finds_it_among_the_addresses() -> None:
    ca = ThrowawayCa()
    context = ca.server_context(ADDRESS)
    client = ssl.create_default_context(cadata=ca.der)
    for host, good in ((ADDRESS, True), ("127.0.0.2", False)):
        ends = ssl.MemoryBIO(), ssl.MemoryBIO()
        serving = context.wrap_bio(ends[0], ends[1], server_side=True)
        asking = client.wrap_bio(ends[1], ends[0], server_hostname=host)
        assert _shake(asking, serving) is good


def _shake(asking: ssl.SSLObject, serving: ssl.SSLObject) -> bool:
    done = {asking: False, serving: False}
    while not all(done.values()):
        for side in done:
            try:
                side.do_handshake()
                done[side] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError:
                return False
    return True
