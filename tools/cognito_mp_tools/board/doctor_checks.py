"""The checks of `cognito-mp doctor`, each of which asks the device one thing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cognito_mp_tools.board.deployed_files import DeployedFiles, shadows
from cognito_mp_tools.board.link import DeviceCodeFailed, DeviceLink
from cognito_mp_tools.board.session import SETTINGS, session_path, stored_session
from cognito_mp_tools.board.session import settings as device_settings
from cognito_mp_tools.terminal import kilobytes

_OLDEST = (1, 24, 1)  # 1.24.0 crashes in getaddrinfo when it is built with ESP-IDF 5.2.3 or newer
_LEAST_HEAP = 48_000
_LEAST_FLASH = 16_000
# Seconds. Certificates are judged by the day, SigV4 by five minutes (IAM user guide, "Troubleshoot SigV4 signature
# issues"), TOTP by less. A clock that was set to local time is off by more.
_A_DAY = 86400
_CLOCK_TOLERANCE = 300


class Failed(Exception):
    """A check failed: what was found, and what to do about it."""

    def __init__(self, found: str, advice: str) -> None:
        super().__init__(found)
        self.found = found
        self.advice = advice


@dataclass(frozen=True)
class Patient:
    """The device to look at, and the server that it has to reach; `roots` in DER, the likely one first."""

    link: DeviceLink
    host: str
    port: int
    roots: tuple[bytes, ...]


def micropython(patient: Patient) -> str:
    """The version of MicroPython."""
    code = "import json, sys\nprint(json.dumps([sys.implementation.name, list(sys.implementation.version[:3])]))"
    name, version = patient.link.ask(code)
    found = ".".join(map(str, version))
    if name != "micropython" or tuple(version) < _OLDEST:
        raise Failed(f"{name} {found}", "flash MicroPython 1.24.1 or newer: cognito-mp flash")
    return found


def tls_module(patient: Patient) -> str:
    """The TLS module, and that it can verify."""
    try:
        patient.link.run("import tls\ntls.SSLContext(tls.PROTOCOL_TLS_CLIENT).verify_mode = tls.CERT_REQUIRED")
    except DeviceCodeFailed as problem:
        raise Failed(
            problem.problem, "this MicroPython is built without TLS: flash one for a board with a network"
        ) from None
    return "tls can verify certificates"


def heap(patient: Patient) -> str:
    """Free memory."""
    free = patient.link.ask("import gc\ngc.collect()\nprint(gc.mem_free())")
    if free < _LEAST_HEAP:
        raise Failed(
            f"{kilobytes(free)} free",
            f"a sign-in wants {kilobytes(_LEAST_HEAP)}: import less, or deploy .mpy files in place of source",
        )
    return f"{kilobytes(free)} free"


def flash(patient: Patient) -> str:
    """Free flash."""
    block, free = patient.link.ask("import json, os\n_s = os.statvfs('/')\nprint(json.dumps([_s[0], _s[3]]))")
    if block * free < _LEAST_FLASH:
        raise Failed(f"{kilobytes(block * free)} free", "a session needs room: remove files from the device")
    return f"{kilobytes(block * free)} free"


def clock(patient: Patient) -> str:
    """The clock, against this computer's."""
    code = "import time\nprint(int(time.time()) + (946684800 if time.gmtime(0)[0] == 2000 else 0))"
    seconds = patient.link.ask(code)
    moment = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
    ahead = seconds - time.time()
    if abs(ahead) > _A_DAY:
        raise Failed(
            f"it says {moment}",
            "no certificate can be checked: let the program set it by NTP, or run this with --set-clock",
        )
    if abs(ahead) > _CLOCK_TOLERANCE:
        # Thonny 5.0.1: add_micropython_backend(sync_time=True, local_rtc=True); mpremote 1.29: do_rtc().
        raise Failed(
            f"it says {moment}, {_minutes(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} this computer",
            "TOTP, SRP and SigV4 need UTC; Thonny and `mpremote rtc --set` set local time: run this with --set-clock",
        )
    return moment


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


_CONNECT = """
import json, time
try:
    import ppp_link
except ImportError:
    ppp_link = None
if ppp_link:
    _interface = ppp_link.connect()
else:
    import network
    _interface = network.WLAN(network.STA_IF)
    if not _interface.isconnected():
        try:
            with open(path) as _file:
                _settings = json.load(_file)
        except (OSError, ValueError):
            _settings = {}
        _networks = [(_n.get('ssid'), _n.get('password')) for _n in _settings.get('wifi_networks', ())]
        if _settings.get('wifi_ssid'):
            _networks.insert(0, (_settings['wifi_ssid'], _settings.get('wifi_password')))
        _settings = None
        if not _networks:
            raise OSError('no Wi-Fi network is set')
        _interface.active(True)
        for _ssid, _password in _networks:
            _interface.connect(_ssid, _password or None)
            _start = time.ticks_ms()
            while not _interface.isconnected() and time.ticks_diff(time.ticks_ms(), _start) < 20000:
                time.sleep_ms(100)
            if _interface.isconnected():
                break
            _status = _interface.status()
            _interface.disconnect()
        else:
            raise OSError('no connection to %s in 20 s, status %s' % (_ssid, _status))
print(json.dumps([type(_interface).__name__, _interface.ifconfig()[0]]))
"""


def network(patient: Patient) -> str:
    """The network link, brought up when it is down."""
    try:
        kind, address = patient.link.ask(_CONNECT, timeout=120, path=SETTINGS)
    except DeviceCodeFailed as problem:
        if problem.problem.startswith(("ImportError", "AttributeError")):
            raise Failed(
                "this MicroPython has no Wi-Fi",
                "flash the one for your board: a Pico W takes RPI_PICO_W, not RPI_PICO",
            ) from None
        raise Failed(
            problem.problem,
            "check the Wi-Fi name and password (cognito-mp wifi --add NAME), and how far the access point is",
        ) from None
    return f"{kind}, {address}"


def dns(patient: Patient) -> str:
    """The server's address."""
    code = "import json, socket\nprint(json.dumps(socket.getaddrinfo(host, port, socket.AF_INET)[0][-1][0]))"
    try:
        address = patient.link.ask(code, timeout=40, host=patient.host, port=patient.port)
    except DeviceCodeFailed as problem:
        raise Failed(
            f"no address of {patient.host} ({problem.problem})",
            "check the region's name, and that the network has a name server",
        ) from None
    return f"{patient.host} is an address" if address == patient.host else f"{patient.host} is {address}"


_CONNECT_TLS = """
import gc, json, socket, time, tls
from binascii import a2b_base64
gc.collect()
_start = time.ticks_ms()
_context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
_context.verify_mode = tls.CERT_REQUIRED
_context.load_verify_locations(root)
_socket = socket.socket()
try:
    _socket.settimeout(20)
    _socket.connect(socket.getaddrinfo(host, port, socket.AF_INET)[0][-1])
    _stream = _context.wrap_socket(_socket, server_hostname=host)
    print(time.ticks_diff(time.ticks_ms(), _start))
    _stream.close()
finally:
    _socket.close()
    _context = _stream = _socket = None
"""

# Words in what the device says of a failed connection, and what to do about each.
_TLS_ADVICE = {
    "trusted CA": "the server shows a certificate of somebody else: is something in this network reading along?",
    "does not match": "the certificate is for another host: check the endpoint in the settings",
    "expired": "the certificate has expired, or the device's clock runs ahead: set the clock",
    "future": "the certificate is not valid yet, or the device's clock is behind: set the clock",
    "ENOMEM": "there is not enough memory for TLS: stop other programs, and close other connections",
    "MemoryError": "there is not enough memory for TLS: stop other programs, and close other connections",
    "ECONN": "nothing answers there: check the endpoint, and that no firewall is in the way",
    "EHOSTUNREACH": "nothing answers there: check the endpoint, and that no firewall is in the way",
    "TIMEDOUT": "nothing answers there: check the endpoint, and that no firewall is in the way",
}


def verified(patient: Patient) -> tuple[int, int]:
    """Milliseconds of a TLS connection to the server, and the number of the root that verified it. Raises Failed."""
    problem = ""
    for number, root in enumerate(patient.roots):
        try:
            took = patient.link.ask(_CONNECT_TLS, timeout=90, host=patient.host, port=patient.port, root=root)
            return int(took), number
        except DeviceCodeFailed as failure:
            problem = failure.problem
            if "trusted CA" not in problem:
                break
    advice = next((words for sign, words in _TLS_ADVICE.items() if sign in problem), "try again, in better reception")
    raise Failed(f"{patient.host}:{patient.port}: {problem}", advice)


def tls(patient: Patient) -> str:
    """A TLS connection to the server, its certificate verified."""
    took, _ = verified(patient)
    return f"{patient.host}:{patient.port} verified in {took} ms"


def files(patient: Patient) -> str:
    """What was deployed, against the record of it; and nothing that MicroPython imports in its place."""
    in_the_way = shadows(patient.link)
    if in_the_way:
        raise Failed(
            f"MicroPython imports {in_the_way[0]} before what is deployed or frozen in",
            "remove it, unless you mean that: mpremote rm -r :" + in_the_way[0].lstrip("/"),
        )
    record = DeployedFiles.on(patient.link)
    if not record:
        return "nothing was deployed"
    damaged = record.damaged(patient.link)
    if damaged:
        more = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
        raise Failed(
            f"{damaged[0]}{more} not as deployed", "cognito-mp deploy puts it right; --force where it is a change"
        )
    return "as deployed"


_LOAD_SETTINGS = """
import json
try:
    import network
    _wifi = hasattr(network, 'WLAN')
except ImportError:
    _wifi = False
try:
    from cognito_app.settings import SettingsError, load
    try:
        _settings = load(path, _wifi)
        _settings.cadata()
        from cognito_app.hardware import this_board
        _board = this_board()
        _board.led(_settings)
        _board.button(_settings)
        _said = [True, ', '.join(_settings.unknown)]
    except SettingsError as _error:
        _said = [False, str(_error)]
except ImportError:
    _said = [None, '']
print(json.dumps(_said))
"""


def settings(patient: Patient) -> str:
    """The settings, as the application on the device judges them."""
    good, words = patient.link.ask(_LOAD_SETTINGS, timeout=30, path=SETTINGS)
    if good is None:
        return "not looked at: the application is not on the device"
    if not good:
        raise Failed(words, "cognito-mp provision makes them, and cognito-mp wifi changes the networks")
    if words:
        raise Failed(f"no setting of the application: {words}", "look for a slip of the pen in settings.json")
    return "complete"


def session(patient: Patient) -> str:
    """The session, as the device's own library reads it."""
    try:
        found = stored_session(patient.link, session_path(device_settings(patient.link)))
    except DeviceCodeFailed as problem:
        raise Failed(
            f"it can't be read ({problem.problem})", "cognito-mp provision --force makes a new one, in a good place"
        ) from None
    return f"of {found.owner}" if found else "none yet (cognito-mp provision)"


_ASK_TIME = """
import json
try:
    import asyncio
    from cognito_app import sntp
    from cognito_app.settings import load
except ImportError:
    sntp = None
_said = []
if sntp:
    _settings = load(path, False)
    for _host in _settings.time_servers():
        try:
            _said.append([_host, asyncio.run(sntp.ask(_host, asyncio.sleep, _settings.ntp_port)), ''])
        except OSError as _error:
            _said.append([_host, 0, str(_error.args[-1])])
print(json.dumps(_said))
"""


def time_servers(patient: Patient) -> str:
    """What the time servers of the settings say to the device, against this computer's clock."""
    told = patient.link.ask(_ASK_TIME, timeout=60, path=SETTINGS)
    if not told:
        return "not asked: the application is not on the device"
    wrong = [f"{host}: {words or 'a wrong time'}" for host, moment, words in told if not _is_now(moment)]
    if len(wrong) == len(told):
        raise Failed(
            "; ".join(wrong), "name another time server in the settings (ntp_host), and let UDP port 123 through"
        )
    return ", ".join([*(f"{host} is right" for host, moment, _ in told if _is_now(moment)), *wrong])


def _is_now(moment: int) -> bool:
    return abs(moment - time.time()) <= _A_DAY


_LAST_FAULT = """
import json
try:
    with open('/faults.txt') as _file:
        _lines = _file.read().strip().split('\\n')
except OSError:
    _lines = []
print(json.dumps([_line for _line in _lines[-1:]]))
"""


def faults(patient: Patient) -> str:
    """The last unexpected error of the application or of job.py, which the device keeps."""
    last = patient.link.ask(_LAST_FAULT)
    if last:
        raise Failed(
            last[0],
            "mpremote cat :faults.txt shows where; once that is mended, mpremote rm :faults.txt",
        )
    return "none"


# In the order in which a maker would go about it; those after `network` make no sense without it.
CHECKS: dict[str, Callable[[Patient], str]] = {
    "MicroPython": micropython,
    "TLS module": tls_module,
    "heap": heap,
    "flash": flash,
    "files": files,
    "settings": settings,
    "session": session,
    "faults": faults,
    "clock": clock,
    "network": network,
    "time": time_servers,
    "DNS": dns,
    "TLS": tls,
}
NEEDS = {"time": ("settings", "network"), "DNS": ("network",), "TLS": ("network", "DNS", "clock", "TLS module")}
