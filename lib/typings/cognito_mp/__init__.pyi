from . import testing as testing
from .aio import AsyncClient as AsyncClient
from .apis import account as account
from .apis import challenges as challenges
from .apis import claims as claims
from .apis import identity_pool as identity_pool
from .apis import oauth2 as oauth2
from .challenge import Challenge as Challenge
from .client import Client as Client
from .crypto import sigv4 as sigv4
from .crypto import srp as srp
from .crypto import totp as totp
from .errors import CognitoError as CognitoError
from .errors import NotSignedIn as NotSignedIn
from .errors import StoreError as StoreError
from .protocol import Tokens as Tokens
from .stores.file import FileStore as FileStore
from .stores.nvm import NvmStore as NvmStore
from .stores.nvs import NvsStore as NvsStore
from .stores.ram import RamStore as RamStore
from .stores.sealed import SealedStore as SealedStore
from .stores.sealed import SealError as SealError
from .transports.connection_errors import CertificateError as CertificateError
from .transports.requests import RequestsTransport as RequestsTransport

__version__: str
