"""Where programs of this computer listen: by /proc, which is Linux's, and for this process by Python's audit events."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

_TCP_LISTENING, _UDP_UNCONNECTED = "0A", "07"

needs_proc = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="SKIP /proc/net is Linux's")


def refuse_other_networks() -> None:
    """From now on, an attempt of this process to listen beyond loopback raises RuntimeError, and so fails its test."""

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.bind":
            return
        bound, address = arguments
        if bound.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
            raise RuntimeError(f"a test listens on {address[0]!r}: 127.0.0.1 is for tests")

    sys.addaudithook(hear)


def addresses_of(process: int) -> set[str]:
    """The addresses where `process`, or one that it has started, listens: "127.0.0.1", "0.0.0.0", "::1" ..."""
    return {_address(address) for address, _ in _bound(process)}


def ports_of(process: int) -> set[int]:
    """The numbers of their ports."""
    return {int(port, 16) for _, port in _bound(process)}


def _bound(process: int) -> set[tuple[str, str]]:
    """Address and port, as the kernel writes them."""
    inodes = _inodes(family_of(process))
    found = set()
    for table, state in (("tcp", _TCP_LISTENING), ("udp", _UDP_UNCONNECTED)):
        for version in ("", "6"):
            for line in Path(f"/proc/net/{table}{version}").read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == state and columns[9] in inodes:
                    address, _, port = columns[1].rpartition(":")
                    found.add((address, port))
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def family_of(process: int) -> set[int]:
    """`process`, what it has started, what that has started, and so on."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    family, more = {process}, {process}
    while more:
        more = {one for one, parent in parents.items() if parent in more} - family
        family |= more
    return family


def _inodes(processes: set[int]) -> set[str]:
    found = set()
    for one in processes:
        try:
            for descriptor in Path(f"/proc/{one}/fd").iterdir():
                found.add(os.readlink(descriptor).removeprefix("socket:[").removesuffix("]"))
        except OSError:  # it has ended
            continue
    return found


def _address(words: str) -> str:
    """The kernel's form, words of 32 bits in this computer's order."""
    numbers = [int(words[at : at + 8], 16) for at in range(0, len(words), 8)]
    return str(ipaddress.ip_address(struct.pack(f"={len(numbers)}I", *numbers)))
