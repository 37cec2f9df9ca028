"""Where a server on this computer is found: by programs here, and by a device behind slirp."""

LOOPBACK = "127.0.0.1"
# slirp's own name for the host's LOOPBACK.
HOST_ADDRESS = "10.0.2.2"
