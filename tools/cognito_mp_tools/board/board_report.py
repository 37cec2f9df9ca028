"""What only a real board can tell, as Markdown for docs/boards_seen.md: no name, no address, no secret of anybody's."""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from cognito_mp.transports.amazon_roots import ROOTS

from cognito_mp_tools.board.doctor_checks import Failed, Patient, verified
from cognito_mp_tools.board.link import DeviceCodeFailed, DeviceFailed, DeviceLink
from cognito_mp_tools.board.session import SETTINGS
from cognito_mp_tools.terminal import kilobytes

_SLEEP_S = 5
_START_S = 4  # that the slowest board takes to start, or an emulated one to get through its sleep
_BACK_S = 60.0  # for a board that restarts, its port to come back included

Rows = list[tuple[str, str]]
# Given the verdicts of the checks, by name: whether it was good, None where it could not be tried.
Verdicts = dict[str, bool | None]

_ABOUT = """
import gc, json, machine, os, sys, time
gc.collect()
_s = os.statvfs('/')
_answer = {
    'platform': sys.platform,
    'machine': getattr(sys.implementation, '_machine', sys.platform),
    'version': os.uname().version,
    'free': gc.mem_free(), 'used': gc.mem_alloc(),
    'flash': [_s[0] * _s[3], _s[0] * _s[2]],
    'hertz': machine.freq() if hasattr(machine, 'freq') else None,
    'epoch': time.gmtime(0)[0],
    'cause': machine.reset_cause() if hasattr(machine, 'reset_cause') else None,
    'causes': {},
    'memory': None,
    'library': None,
}
if isinstance(_answer['hertz'], tuple):
    _answer['hertz'] = _answer['hertz'][0]
for _name in ('PWRON_RESET', 'HARD_RESET', 'WDT_RESET', 'DEEPSLEEP_RESET', 'SOFT_RESET'):
    if hasattr(machine, _name):
        _answer['causes'][str(getattr(machine, _name))] = _name
try:
    _answer['memory'] = len(machine.RTC().memory())
except AttributeError:
    pass
try:
    from cognito_mp import __version__
    _answer['library'] = __version__
except ImportError:
    pass
print(json.dumps(_answer))
"""

# The numbers are anybody's; B only has to be one that a server could send.
_SRP = """
import gc, json, time
from cognito_mp.crypto import srp
gc.collect()
_a = srp.random_a()
_start = time.ticks_ms()
_public = srp.public_value(_a)
_first = time.ticks_diff(time.ticks_ms(), _start)
_start = time.ticks_ms()
srp.claim('pool', 'user', 'a password', _a, _public, '0123456789abcdef', 'QUFBQQ==',
          'Tue Nov 24 00:00:00 UTC 2026', _public)
print(json.dumps([_first, time.ticks_diff(time.ticks_ms(), _start)]))
_a = _public = None
gc.collect()
"""

_WIFI = """
import json, time
_answer = None
try:
    import network
    _wlan = network.WLAN(network.STA_IF)
except (ImportError, AttributeError):
    _wlan = None
def _trouble(error):
    return type(error).__name__ + (' %d' % error.args[0] if error.args and isinstance(error.args[0], int) else '')
def _again():
    try:
        _wlan.disconnect()
    except (OSError, RuntimeError):
        pass
    _wlan.active(False)
    time.sleep_ms(200)
    _wlan.active(True)
def _states(name, password, limit):
    _again()
    seen = []
    start = time.ticks_ms()
    try:
        _wlan.connect(name, password)
        while True:
            now = time.ticks_diff(time.ticks_ms(), start)
            there = _wlan.isconnected()
            state = _wlan.status()
            if not seen or seen[-1][1] != state:
                seen.append([now, state])
            if there or now > limit:
                seen.append([now, 'connected' if there else 'given up'])
                return seen
            time.sleep_ms(20)
    except Exception as error:
        seen.append([time.ticks_diff(time.ticks_ms(), start), _trouble(error)])
        return seen
if _wlan:
    _answer = {'names': {}, 'tries': []}
    for _name in dir(network):
        if _name.startswith('STAT_'):
            _answer['names'][str(getattr(network, _name))] = _name
    try:
        with open(path) as _file:
            _settings = json.load(_file)
    except (OSError, ValueError):
        _settings = {}
    _networks = [(_settings.get('wifi_ssid'), _settings.get('wifi_password'))]
    _networks += [(_n.get('ssid'), _n.get('password')) for _n in _settings.get('wifi_networks') or ()]
    _networks = [_n for _n in _networks if _n[0]][:1]
    _settings = None
    _again()
    _start = time.ticks_ms()
    try:
        _found = len(_wlan.scan())
    except Exception as _error:
        _found = _trouble(_error)
    _answer['scan'] = [time.ticks_diff(time.ticks_ms(), _start), _found]
    for _name, _password in _networks:
        if _password:
            _answer['tries'].append(['a wrong password', _states(_name, 'wrong-' + _password[:20], 12000)])
    _answer['tries'].append(['no such network', _states('cognito-mp-is-not-there', 'not-a-password', 12000)])
    for _name, _password in _networks:
        _answer['tries'].append(['the right password', _states(_name, _password or None, 20000)])
    _networks = _password = None
print(json.dumps(_answer))
"""

_DNS = """
import json, socket, time
_start = time.ticks_ms()
socket.getaddrinfo(host, port, socket.AF_INET)
print(json.dumps(time.ticks_diff(time.ticks_ms(), _start)))
"""

_RADIO_ON = """
try:
    import network
    network.WLAN(network.STA_IF).active(True)
except (ImportError, AttributeError):
    pass
"""
# What switches a CYW43 off; ESP32 has no deinit() before MicroPython 1.26.
_RADIO_OFF = """
try:
    import network
    _wlan = network.WLAN(network.STA_IF)
    _wlan.active(False)
    _wlan.deinit()
except (ImportError, AttributeError):
    pass
"""
_WOKEN = """
import json, machine, time
_cause = machine.reset_cause() if hasattr(machine, 'reset_cause') else None
try:
    _kept = len(machine.RTC().memory())
except AttributeError:
    _kept = None
print(json.dumps([time.ticks_ms(), time.gmtime()[0], _cause, _kept]))
"""


def markdown(facts: Rows, date: str) -> str:
    """A section of docs/boards_seen.md. `facts`: names and values; the first is the board, which is the heading."""
    (_, board), *others = facts
    version = importlib.metadata.version("cognito-mp-tools")
    lines = [f"## {board}", "", f"{date}, by cognito-mp {version}.", "", "| | |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {value.replace('|', '/')} |" for name, value in others]) + "\n"


def look(patient: Patient, verdicts: Verdicts, tell: Callable[[str], None]) -> Rows:
    """What the board tells while it is on; `tell` hears what is done just now."""
    tell("what it is ...")
    about = patient.link.ask(_ABOUT, timeout=30)
    rows = _about(about)
    rows.append(("checks of doctor", _counted(verdicts)))
    tell("SRP's arithmetic (a minute on a slow chip) ...")
    rows.append(("SRP", _told(lambda: _srp(patient.link))))
    if verdicts.get("network"):
        tell("name server and TLS ...")
        rows.append(
            ("look-up of the server", _told(lambda: f"{patient.link.ask(_DNS, timeout=60, **_where(patient))} ms"))
        )
        rows.append(("TLS", _told(lambda: _tls(patient))))
    tell("Wi-Fi: no network, a wrong password, the right one (a minute) ...")
    rows += _wifi(patient.link)
    return rows


def sleeps(port: str, tell: Callable[[str], None]) -> Rows:
    """How long a deep sleep lasted, with the radio on and off. No link may be open: the board restarts each time."""
    rows: Rows = []
    for name, before in (("radio on", _RADIO_ON), ("radio off", _RADIO_OFF)):
        tell(f"deep sleep of {_SLEEP_S} s, {name} ...")
        try:
            rows.append((f"deep sleep of {_SLEEP_S} s, {name}", _slept(port, before)))
        except DeviceFailed as problem:
            rows.append((f"deep sleep of {_SLEEP_S} s, {name}", f"not told: {_kind(str(problem))}"))
            return rows
    return rows


def _about(about: dict[str, Any]) -> Rows:
    free, size = about["flash"]
    hertz = about["hertz"]
    cause = str(about["cause"])
    memory = about["memory"]
    return [
        ("board", about["machine"]),
        ("port", about["platform"]),
        ("firmware", about["version"]),
        ("library", about["library"] or "none"),
        ("processor", f"{hertz // 1_000_000} MHz" if hertz else "not told"),
        ("heap", f"{kilobytes(about['free'])} free of {kilobytes(about['free'] + about['used'])}, at the REPL"),
        ("flash", f"{kilobytes(free)} free of {kilobytes(size)}"),
        ("epoch", str(about["epoch"])),
        ("reset cause before", f"{cause} ({about['causes'].get(cause, 'no name')})"),
        ("reset causes of the port", ", ".join(f"{number} {name}" for number, name in sorted(about["causes"].items()))),
        ("RTC memory", "none" if memory is None else f"{memory} bytes in use"),
    ]


def _counted(verdicts: Verdicts) -> str:
    words = {True: "ok", False: "failed", None: "not tried"}
    groups = {word: [name for name, good in verdicts.items() if good is value] for value, word in words.items()}
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in groups.items() if names)


def _where(patient: Patient) -> dict[str, Any]:
    return {"host": patient.host, "port": patient.port}


def _srp(link: DeviceLink) -> str:
    ahead, rest = link.ask(_SRP, timeout=600)
    return f"{ahead / 1000:.2f} s before the password is known, {rest / 1000:.2f} s after it"


def _tls(patient: Patient) -> str:
    took, number = verified(patient)
    return f"verified in {took} ms by {_name(patient.roots[number])}, root {number + 1} of {len(patient.roots)}"


def _name(root: bytes) -> str:
    """The common name of one of Amazon's roots; another one's is its owner's own."""
    found = re.search(rb"\x06\x03\x55\x04\x03[\x0c\x13].([ -~]+)", root, re.DOTALL)
    return found[1].partition(b"0")[0].decode() if root in ROOTS and found else "a root of the device's own"


def _wifi(link: DeviceLink) -> Rows:
    try:
        found = link.ask(_WIFI, timeout=90, path=SETTINGS)
    except DeviceCodeFailed as problem:
        return [("Wi-Fi", f"not told: {_kind(problem.problem)}")]
    if not found:
        return [("Wi-Fi", "none in this MicroPython")]
    took, networks = found["scan"]
    rows = [
        ("Wi-Fi, a scan", f"{took} ms, {networks} networks" if isinstance(networks, int) else f"{took} ms, {networks}")
    ]
    for what, seen in found["tries"]:
        states = [f"{_state(state, found['names'])} at {ms} ms" for ms, state in seen]
        rows.append((f"Wi-Fi states, {what}", ", ".join(states)))
    return rows


def _state(state: int | str, names: dict[str, str]) -> str:
    return f"{state} ({names[str(state)]})" if str(state) in names else str(state)


def _slept(port: str, before: str) -> str:
    with DeviceLink(port) as link:
        kept = link.ask(_WOKEN)[3]
        start = time.monotonic()
        link.leave(f"{before}\nimport machine\nmachine.deepsleep({_SLEEP_S * 1000})")
    with _back(port, start) as link:
        uptime, year, cause, memory = link.ask(_WOKEN)
        now = time.monotonic()
    after = now - start - uptime / 1000
    words = [
        f"it started anew after {after:.1f} s" if after >= 0 else "it did not start anew",
        f"reset cause {cause}",
        f"its clock says {year}",
    ]
    if memory is not None:
        words.append(f"RTC memory {'kept' if memory == kept else 'lost'}")
    return ", ".join(words)


@contextlib.contextmanager
def _back(port: str, start: float) -> Iterator[DeviceLink]:
    """A link to the board, once it is there again. Raises DeviceFailed when it is not within _BACK_S of `start`."""
    # Not before its sleep is over, and it has started: RP2 sleeps by waiting for an interrupt, and what comes in by USB
    # is one (machine.lightsleep() of ports/rp2/modmachine.c). One that woke early says so by its uptime.
    time.sleep(max(0.0, start + _SLEEP_S + _START_S - time.monotonic()))
    with contextlib.ExitStack() as stack:
        while True:
            try:
                link = stack.enter_context(DeviceLink(port, keep_state=True))
                break
            except DeviceFailed:  # it sleeps, and has no port, or does not answer
                if time.monotonic() - start > _BACK_S:
                    raise
                time.sleep(0.2)
        yield link


def _told(question: Callable[[], str]) -> str:
    """What `question` tells, or what kind of error came in its place; an error's words may hold a name."""
    try:
        return question()
    except DeviceCodeFailed as problem:
        return f"failed: {_kind(problem.problem)}"
    except Failed as problem:
        return f"failed: {_kind(problem.found)}"


def _kind(problem: str) -> str:
    """The class of an error and its number, of a traceback's last line."""
    found = re.search(r"\b(\w*(?:Error|Exception|Interrupt))\b(?:.*?(\[Errno \d+\] ?\w*|-?\b\d+\b))?", problem)
    return " ".join(word for word in found.groups() if word) if found else "no word that could be shown here"
