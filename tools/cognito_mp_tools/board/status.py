"""`cognito-mp status`: what a device is and has, without a secret of it."""

from __future__ import annotations

import time
from typing import Any

import click

from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.board.session import SETTINGS, StoredSession, session_path, settings, stored_session
from cognito_mp_tools.terminal import kilobytes, rows

_STATUS = """
import gc, json, os, sys, time
gc.collect()
_answer = {'free': gc.mem_free(), 'used': gc.mem_alloc()}
_about = sys.implementation
_answer['version'] = '.'.join(str(_part) for _part in _about.version[:3])
_answer['machine'] = getattr(_about, '_machine', sys.platform)
_answer['build'] = getattr(_about, '_build', '')
_status = os.statvfs('/')
_answer['flash'] = [_status[0] * _status[3], _status[1] * _status[2]]
_epoch = 946684800 if time.gmtime(0)[0] == 2000 else 0
_answer['clock'] = int(time.time()) + _epoch
_path = sys.path[:]
_loaded = sys.modules.pop('cognito_mp', None)
_answer['library'] = None
sys.path[:] = ['.frozen']
try:
    __import__('cognito_mp')
    _answer['library'] = 'frozen into the firmware'
except ImportError:
    pass
sys.path[:] = _path
if _loaded:
    sys.modules['cognito_mp'] = _loaded
for _where in ('/lib', ''):
    try:
        os.stat(_where + '/cognito_mp')
        if _where == '' or not _answer['library']:
            _answer['library'] = 'in ' + _where + '/cognito_mp'
    except OSError:
        pass
_answer['expires'] = None
try:
    import machine
    _record = bytes(machine.RTC().memory())
    if len(_record) > 56 and _record[:4] == b'CMA\\x01':
        _answer['expires'] = int.from_bytes(_record[52:56], 'big')
    _record = None
except (ImportError, AttributeError):
    pass
print(json.dumps(_answer))
"""


def _clock(seconds: int) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    off = seconds - int(time.time())
    if abs(off) < 3:
        return f"{moment}, right"
    return f"{moment}, {_duration(abs(off))} {'ahead' if off > 0 else 'behind'}"


def _duration(seconds: int) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


def _token(expires: int | None, now: int) -> str:
    if expires is None:
        return "not known (it is in the running program's memory only)"
    if expires <= now:
        return "the kept access token has expired; the next wake refreshes it"
    return f"the kept access token is good for {_duration(expires - now)}"


_DAY = 86400
_NOTICE = 14 * _DAY  # as the application's session_end.py has it

_SHOWN = {"client_id": "app client", "region": "region", "wifi_ssid": "Wi-Fi", "endpoint": "endpoint"}


def _settings(values: dict[str, Any] | None) -> str:
    if values is None:
        return f"none: {SETTINGS} is not there (cognito-mp provision)"
    if not values.get("client_id"):
        return f"{SETTINGS} can't be read, or names no client_id (cognito-mp provision)"
    return ", ".join(f"{words} {values[key]}" for key, words in _SHOWN.items() if values.get(key))


def _session(session: StoredSession | None, days: object, now: int) -> str:
    """days: session_days of the settings."""
    if session is None:
        return "no (cognito-mp provision)"
    found = f"yes, of {session.owner}"
    if not (isinstance(session.auth_time, int) and isinstance(days, int) and days):
        return found
    ends = session.auth_time + days * _DAY
    if now < ends - _NOTICE:
        return f"{found}, until {_date(ends)} {time.gmtime(ends).tm_year}"
    return f"{found}; sign in again before {_date(ends)}"


def _date(seconds: int) -> str:
    day = time.gmtime(seconds)
    return f"{day.tm_mday} {time.strftime('%B', day)}"


def lines(found: dict[str, Any], values: dict[str, Any] | None, session: StoredSession | None) -> list[tuple[str, str]]:
    """What `status` prints, by name: `found` is the device's own answer, `values` its settings."""
    free, size = found["flash"]
    build = f" ({found['build']})" if found["build"] else ""
    return [
        ("board", found["machine"]),
        ("firmware", f"MicroPython {found['version']}{build}"),
        ("library", found["library"] or "none (cognito-mp deploy)"),
        ("heap", f"{kilobytes(found['free'])} free of {kilobytes(found['free'] + found['used'])}"),
        ("flash", f"{kilobytes(free)} free of {kilobytes(size)}"),
        ("clock", _clock(found["clock"])),
        ("settings", _settings(values)),
        ("session", _session(session, (values or {}).get("session_days"), int(time.time()))),
        ("token", _token(found["expires"], found["clock"]) if session else "none"),
    ]


@click.command()
@port_argument
def command(port: str) -> None:
    """Show firmware, free heap and flash, clock, settings and session of the board on PORT; no secrets.

    The program on the board is stopped for a moment and then started again.
    """
    with DeviceLink(port, keep_state=True) as link:
        found = link.ask(_STATUS)
        values = settings(link)
        rows(lines(found, values, stored_session(link, session_path(values))))
