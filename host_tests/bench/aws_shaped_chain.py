"""A certificate chain of the shape of AWS's own: leaf, intermediate and root, RSA-2048, some 4 kB in all."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

_DAY = datetime.timedelta(days=1)
_DOMAIN_VALIDATED = x509.ObjectIdentifier("2.23.140.1.2.1")
_MORE_NAMES = tuple(f"cognito-idp.region-{number}.bench.example" for number in range(10))
_SCT_LIST = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


class AwsShapedChain:
    """`der`: the root, for a Client's cadata; `size`: bytes of DER that the server sends."""

    def __init__(self, *names: str) -> None:
        root_key, middle_key, self._key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
        root = _issued("Bench Root CA 1", root_key, "Bench Root CA 1", root_key, _authority(None))
        middle = _issued("Bench RSA 2048 M01", middle_key, "Bench Root CA 1", root_key, [*_authority(0), *_services()])
        leaf = _issued(names[0], self._key, "Bench RSA 2048 M01", middle_key, [*_server(names), *_services()])
        self.der = root.public_bytes(Encoding.DER)
        self._sent = [leaf, middle, root]
        self.size = sum(len(certificate.public_bytes(Encoding.DER)) for certificate in self._sent)

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chain.pem"
            path.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in self._sent) + key)
            context.load_cert_chain(path)
        return context


def _issued(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, extensions: list[x509.ExtensionType]
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 300 * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(by, hashes.SHA256())


def _name(text: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "US"), (NameOID.ORGANIZATION_NAME, "Bench"), (NameOID.COMMON_NAME, text))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _authority(length: int | None) -> list[x509.ExtensionType]:
    use = {name: False for name in ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")}
    signing = {"digital_signature": True, "key_cert_sign": True, "crl_sign": True}
    return [
        x509.BasicConstraints(ca=True, path_length=length),
        x509.KeyUsage(**use, **signing, encipher_only=False, decipher_only=False),
    ]


def _server(names: tuple[str, ...]) -> list[x509.ExtensionType]:
    return [
        x509.BasicConstraints(ca=False, path_length=None),
        x509.SubjectAlternativeName([_alternative(name) for name in (*names, *_MORE_NAMES)]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
        # Three time stamps of transparency logs, of which nobody here reads anything.
        x509.UnrecognizedExtension(_SCT_LIST, b"\x04\x82\x01\x6a" + bytes(362)),
    ]


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _services() -> list[x509.ExtensionType]:
    def at(path: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(f"http://{path}.bench.example/r2m01")

    return [
        x509.CertificatePolicies(
            [x509.PolicyInformation(_DOMAIN_VALIDATED, ["https://www.bench.example/repository/"])]
        ),
        x509.CRLDistributionPoints([x509.DistributionPoint([at("crl")], None, None, None)]),
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(AuthorityInformationAccessOID.OCSP, at("ocsp")),
                x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, at("crt")),
            ]
        ),
    ]
