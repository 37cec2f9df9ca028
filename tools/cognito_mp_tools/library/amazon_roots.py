"""Writes lib/cognito_mp/transports/amazon_roots.py: the five roots that Amazon tells its clients to trust, in DER.

    python -m cognito_mp_tools.library.amazon_roots

The certificates are taken from certifi (Mozilla's root program) and checked against the SHA-256
fingerprints that Amazon Trust Services publishes in its repository.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cognito_mp_tools.project import LIBRARY

# Name, fingerprint, in the order to try them: CA 1 signs what Cognito's endpoints show today.
ROOTS = (
    ("Amazon Root CA 1", "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e"),
    (
        "Starfield Services Root Certificate Authority - G2",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ),
    ("Amazon Root CA 3", "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4"),
    ("Amazon Root CA 2", "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4"),
    ("Amazon Root CA 4", "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092"),
)

_HEAD = '''"""The five roots that Amazon tells its clients to trust, in DER, the likely one first.

Written by `python -m cognito_mp_tools.library.amazon_roots`: never edited.
"""

ROOTS = (
'''


def certificates() -> list[bytes]:
    """The DER of each of ROOTS. Raises SystemExit when certifi lacks one, or one has another fingerprint."""
    bundle = x509.load_pem_x509_certificates(Path(certifi.where()).read_bytes())
    by_fingerprint = {}
    for certificate in bundle:
        der = certificate.public_bytes(Encoding.DER)
        by_fingerprint[hashlib.sha256(der).hexdigest()] = der
    missing = [name for name, fingerprint in ROOTS if fingerprint not in by_fingerprint]
    if missing:
        sys.exit(f"amazon_roots: certifi has no {', '.join(missing)} of the expected fingerprint")
    return [by_fingerprint[fingerprint] for _, fingerprint in ROOTS]


def _literal(der: bytes) -> str:
    lines = [der[at : at + 24] for at in range(0, len(der), 24)]
    text = "\n".join('    b"' + "".join(f"\\x{byte:02x}" for byte in line) + '"' for line in lines)
    return text + ","


def source() -> str:
    """The text of the module."""
    parts = [_HEAD]
    for (name, _), der in zip(ROOTS, certificates(), strict=True):
        parts.append(f"    # {name}\n{_literal(der)}\n")
    return "".join(parts) + ")\n"


if __name__ == "__main__":
    (LIBRARY / "cognito_mp" / "transports" / "amazon_roots.py").write_text(source())
