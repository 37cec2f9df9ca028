from .transports.requests import RequestsTransport as RequestsTransport
