"""CircuitPython's socketpool, ssl and wifi, over MicroPython's sockets and TLS.

Sources: shared-bindings/socketpool, shared-bindings/ssl and shared-module/ssl of
https://github.com/adafruit/circuitpython.
"""

import errno
import socket

import tls

_ETIMEDOUT = 116  # newlib's, as on boards


class SocketPoolModule:
    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.SocketPool = SocketPool


class SocketPool:
    AF_INET = socket.AF_INET
    SOCK_STREAM = socket.SOCK_STREAM
    SOCK_DGRAM = socket.SOCK_DGRAM
    EAI_NONAME = -2
    frames = True  # False: sockets whose calls take none of the stack of frames, as boards' do

    class gaierror(OSError):  # noqa: N801, N818  # its name
        pass

    def __init__(self, radio) -> None:
        self._radio = radio

    def getaddrinfo(self, host, port, family=0, type=0, proto=0, flags=0) -> list:
        try:
            found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError:
            raise SocketPool.gaierror(-2, "Name or service not known") from None
        return [(family or self.AF_INET, type, proto, "", (_dotted(found[0][-1]), port))]

    def socket(self, family=socket.AF_INET, type=socket.SOCK_STREAM, proto=0):
        return (Socket if self.frames else FramelessSocket)(family, type)


def _dotted(address: bytes) -> str:
    """The address in a struct sockaddr_in, which the unix port gives in place of a tuple."""
    return ".".join(str(number) for number in bytes(address)[4:8])


class Socket:
    """socketpool.Socket: no recv(), no read(). `faults` makes a call of any socket fail: see `step`."""

    faults: dict = {}
    calls = 0

    def __init__(self, family: int, type: int) -> None:
        self.type = type
        self._real = socket.socket(family, type)
        self._timeout = None

    @staticmethod
    def step() -> None:
        """One operation of a socket: raises what `faults` has for its number."""
        Socket.calls += 1
        if Socket.calls in Socket.faults:
            raise Socket.faults.pop(Socket.calls)

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def settimeout(self, seconds) -> None:
        self._timeout = seconds
        self._real.settimeout(seconds)

    def connect(self, address) -> None:
        self.step()
        host, port = address
        self._real.connect(socket.getaddrinfo(host, port, socket.AF_INET, self.type)[0][-1])

    def send(self, data) -> int:
        self.step()
        return self._real.send(data)

    def sendto(self, data, address) -> int:
        self.step()
        return self._real.sendto(data, socket.getaddrinfo(address[0], address[1], 0, self.type)[0][-1])

    def recv_into(self, buffer, size: int = 0) -> int:
        self.step()
        try:
            data = self._real.recv(size or len(buffer))
        except OSError as error:
            if error.errno in (errno.ETIMEDOUT, errno.EAGAIN):
                raise OSError(_ETIMEDOUT) from None
            raise
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._real.close()


class FramelessSocket(Socket):
    """The same in C. recv_into() waits for all that was asked for, or the end: the server has to close."""

    def __init__(self, family: int, type: int) -> None:
        super().__init__(family, type)
        self.settimeout = self._real.settimeout
        self.send = self._real.send
        self.recv_into = self._real.readinto
        self.close = self._real.close


class Ssl:
    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.SSLContext = SSLContext

    @staticmethod
    def create_default_context():
        return SSLContext()


class SSLContext:
    """Checks chain and name whatever check_hostname says; no dates."""

    def __init__(self) -> None:
        self.check_hostname = False
        self._cadata: str | None = None

    def load_verify_locations(self, cafile=None, capath=None, cadata=None) -> None:
        if not isinstance(cadata, str):
            raise TypeError("can't convert to str implicitly")
        self._cadata = cadata

    def set_default_verify_paths(self) -> None:
        self._cadata = None

    def wrap_socket(self, sock, *, server_side: bool = False, server_hostname=None):
        return _SSLSocket(self._cadata, sock, server_hostname)


class _SSLSocket:
    def __init__(self, cadata, sock, server_hostname) -> None:
        self._cadata = cadata
        self._sock = sock
        self._name = server_hostname
        self._stream = None
        self.settimeout = sock.settimeout

    def connect(self, address) -> None:
        self._sock.connect(address)
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.verify_mode = tls.CERT_REQUIRED
        if self._cadata:
            context.load_verify_locations(_der(self._cadata))
        elif self._cadata == "":  # VERIFY_NONE, in shared-module/ssl/SSLSocket.c
            context.verify_mode = tls.CERT_NONE
        try:
            # mbedtls 2.28, of the rp2 port up to 10.2, looks for the name among names, and matches no address.
            name = "-" if self._name.replace(".", "").isdigit() else self._name
            self._stream = context.wrap_socket(self._sock._real, server_hostname=name)
        except (ValueError, OSError):
            if self._cadata is None:  # this stand-in has no built-in roots
                raise OSError(-12288, "MBEDTLS_ERR_X509_FATAL_ERROR") from None
            raise OSError(-9984, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED") from None

    def send(self, data) -> int:
        Socket.step()
        return self._stream.write(data)

    def recv_into(self, buffer, size: int = 0) -> int:
        Socket.step()
        data = self._stream.read(1)  # one: MicroPython's streams wait until they have as many as were asked for
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
        self._sock.close()


def _der(pem: str) -> bytes:
    from binascii import a2b_base64

    return a2b_base64("".join(line for line in pem.split("\n") if "-----" not in line))


class Wifi:
    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.radio = Radio()


class Radio:
    """wifi.Radio, on a network already."""

    connected = True

    def connect(self, ssid, password=b"", **named) -> None:
        if not isinstance(ssid, (str, bytes)):
            raise TypeError("ssid")
