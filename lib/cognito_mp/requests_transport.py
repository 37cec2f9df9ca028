"""The old name of cognito_mp.RequestsTransport, which programs import from here."""

from .transports.requests import RequestsTransport as RequestsTransport
