"""A certificate authority that lives as long as its process, for servers on this machine."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import ssl
import tempfile

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


class ThrowawayCa:
    """Issues certificates for local servers. `der` and `pem`: its root, bytes, for a Client's cadata."""

    def __init__(self, key_type: trustme.KeyType = trustme.KeyType.ECDSA) -> None:
        self._key_type = key_type
        self._ca = trustme.CA(key_type=key_type)
        self.pem: bytes = self._ca.cert_pem.bytes()
        self.der: bytes = base64.b64decode(b"".join(self.pem.split(b"-----")[2].split()))

    def server_context(
        self,
        *names: str,
        not_before: datetime.datetime | None = None,
        not_after: datetime.datetime | None = None,
    ) -> ssl.SSLContext:
        """The TLS context of a server that shows a certificate for `names` (host names or IP addresses)."""
        issued = self._ca.issue_cert(*names, not_before=not_before, not_after=not_after, key_type=self._key_type)
        pem = self._with_addresses_as_names(issued.cert_chain_pems[0].bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        trustme.LeafCert(issued.private_key_pem.bytes(), pem, []).configure_cert(context)
        return context

    def expired_pem(self) -> bytes:
        """The root as it was before it was renewed, in PEM: of the same name and key, and expired."""
        root = x509.load_pem_x509_certificate(self.pem)
        builder = x509.CertificateBuilder(root.issuer, root.subject, root.public_key(), x509.random_serial_number())
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = builder.not_valid_before(now - datetime.timedelta(days=900)).not_valid_after(
            now - datetime.timedelta(days=1)
        )
        for extension in root.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        key = load_pem_private_key(self._ca.private_key_pem.bytes(), None)
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)  # type: ignore[arg-type]  # EC or RSA

    def _with_addresses_as_names(self, pem: bytes) -> bytes:
        """The certificate `pem`, PEM too, in which each IP address is a dNSName besides.

        mbedtls 2.28, which CircuitPython has on the RP2040 up to 10.2, looks for the host among the names alone, letter
        by letter, and matches no address: library/x509_crt.c, x509_crt_check_san(). Others never look there for one.
        """
        issued = x509.load_pem_x509_certificate(pem)
        builder = x509.CertificateBuilder(issued.issuer, issued.subject, issued.public_key(), issued.serial_number)
        builder = builder.not_valid_before(issued.not_valid_before_utc).not_valid_after(issued.not_valid_after_utc)
        for extension in issued.extensions:
            value = extension.value
            if isinstance(value, x509.SubjectAlternativeName):
                addresses = value.get_values_for_type(x509.IPAddress)
                value = x509.SubjectAlternativeName([*value, *(x509.DNSName(str(address)) for address in addresses)])
            builder = builder.add_extension(value, extension.critical)
        key = load_pem_private_key(self._ca.private_key_pem.bytes(), None)
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)  # type: ignore[arg-type]  # EC or RSA


def self_signed_context(name: str) -> ssl.SSLContext:
    """The TLS context of a server that shows a certificate for the IP address `name` signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    return context
