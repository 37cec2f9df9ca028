"""MicroPython's `tls`, which its stub packages list without types: extmod/modtls_mbedtls.c."""

from typing import Any

PROTOCOL_TLS_CLIENT: int
PROTOCOL_TLS_SERVER: int
CERT_NONE: int
CERT_OPTIONAL: int
CERT_REQUIRED: int

class SSLContext:
    verify_mode: int
    verify_callback: Any
    def __init__(self, protocol: int, /) -> None: ...
    def get_ciphers(self) -> list[str]: ...
    def set_ciphers(self, ciphersuite: list[str], /) -> None: ...
    def load_cert_chain(self, cert: str | bytes, key: str | bytes, /) -> None: ...
    def load_verify_locations(self, cadata: bytes, /) -> None: ...
    def wrap_socket(
        self,
        sock: Any,
        *,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        server_hostname: str | None = None,
        client_id: bytes | None = None,
    ) -> Any: ...
