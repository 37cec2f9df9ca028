"""Reads settings.json and holds it against what the application can use; out of RAM again once that is done."""

from .settings_error import SettingsError
from .strict_json import NotJson, parse

_WHERE = "put it there with cognito-mp provision, or with mpremote cp settings.json :"

# Key -> what it is, in the words of the message when it is missing.
REQUIRED = {
    "region": 'the AWS region of the user pool, such as "eu-west-1"',
    "client_id": "the id of the user pool's app client",
}
OPTIONAL: dict = {
    "wifi_ssid": (str, ""),
    "wifi_password": (str, ""),
    "wifi_networks": (list, []),
    "wifi_country": (str, ""),
    "client_secret": ((str, list), None),
    "user_pool_id": (str, None),
    "endpoint": (str, None),
    "ca_file": (str, None),
    "session_file": (str, "session"),
    "session_days": (int, 0),
    "sign_in_flow": (str, "USER_PASSWORD_AUTH"),
    "srp_xtensa": (bool, False),
    "improv": (str, None),
    "sign_in_page": (str, None),
    "sign_in_page_port": (int, 80),
    "sign_in_page_code": (str, None),
    "ntp_host": ((str, list), ["pool.ntp.org", "time.aws.com"]),
    "ntp_port": (int, 123),
    "timeout_s": (int, 20),
    "sleep_s": (int, 0),
    "awake_s": (int, 120),
    "watchdog_s": (int, 0),
    "led": ((str, int), None),
    "screen": (str, None),
    "screen_dim_s": (int, 30),
    "screen_off_s": (int, 120),
    "button": ((str, int), None),
    "radio_idle_s": (int, 0),
    "i2c_sda": (int, None),
    "i2c_scl": (int, None),
}

_KINDS = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: 'a list, such as [{"ssid": "home", "password": "secret"}]',
    (str, list): "a string, or a list of strings",
    (str, int): "a pin: a string or a whole number",
}
# Key -> the least and the most.
_RANGES = {
    "ntp_port": (1, 65535),
    "sign_in_page_port": (1, 65535),
    "timeout_s": (1, 300),
    "session_days": (1, 3650),
    "sleep_s": (0, 31536000),
    "awake_s": (1, 86400),
    "watchdog_s": (60, 3600),
    "screen_dim_s": (0, 86400),
    "screen_off_s": (0, 86400),
    "radio_idle_s": (5, 86400),
    "i2c_sda": (0, 255),
    "i2c_scl": (0, 255),
}
# Key -> why less than the least is taken for the least: settings that were right once must not stop a device.
_RAISED = {"watchdog_s": "one look-up of a name may take 42 s, in which the application stands still"}
_WORDS = {
    "screen": ("ssd1306", "panel"),
    "sign_in_flow": ("USER_PASSWORD_AUTH", "USER_SRP_AUTH"),
    "sign_in_page": ("access_point", "network"),
    "improv": ("serial",),
}


def values_of(path: str):
    """What the JSON in the file `path` holds. Raises SettingsError."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        raise SettingsError(f"there is no {path} on this device: {_WHERE}")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:  # of Windows' Notepad and PowerShell; or of a bad flash
        raise SettingsError(f"{path} is UTF-16, or damaged: save it as UTF-8, and put it on the device again")
    try:
        return parse(data[3:] if data[:3] == b"\xef\xbb\xbf" else data)  # without a byte order mark
    except NotJson as error:
        raise SettingsError(f"{path} is not JSON: {error}")


def of_each_key(values, path: str) -> tuple:
    """(attributes, raised, unknown) of the `values` in the file `path`: a dict, and two lists as Settings has them.

    Raises SettingsError that names the first key that is wrong.
    """
    attributes: dict = {}
    raised: list = []
    if not isinstance(values, dict):
        raise SettingsError(f"{path} must hold a JSON object: {{...}}")
    for key in REQUIRED:
        if key not in values or values[key] == "":
            raise SettingsError(f'{path} has no "{key}": {REQUIRED[key]}; {_WHERE}')
        if not isinstance(values[key], str):
            raise SettingsError(f'"{key}" in {path} must be a string: {REQUIRED[key]}')
        attributes[key] = values[key]
    for key in OPTIONAL:
        kind, default = OPTIONAL[key]
        value = values.get(key)
        if value is None:
            value = default
        elif not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            raise SettingsError(f'"{key}" in {path} must be {_KINDS[kind]}')
        elif key in _RAISED and 0 < value < _RANGES[key][0]:
            least = _RANGES[key][0]
            raised.append(f'{path}: "{key}" is taken for {least}, not {value}: {_RAISED[key]}')
            value = least
        elif key in _RANGES and value != default and not _RANGES[key][0] <= value <= _RANGES[key][1]:
            raise SettingsError('"{}" in {} must be from {} to {}'.format(key, path, *_RANGES[key]))
        elif key in _WORDS and value not in _WORDS[key]:
            raise SettingsError('"{}" in {} must be {}'.format(key, path, " or ".join(map(repr, _WORDS[key]))))
        attributes[key] = value
    # MicroPython's json lets keys be numbers too.
    unknown = sorted(str(key) for key in values if key not in REQUIRED and key not in OPTIONAL)
    return attributes, raised, unknown


def check_together(settings, path: str, wifi: bool) -> None:
    """Check what more than one key of `settings`, a Settings, says. Raises SettingsError.

    wifi  whether this board's link is Wi-Fi
    """
    for network in settings.wifi_networks:
        if not isinstance(network, dict) or not network.get("ssid") or not isinstance(network["ssid"], str):
            raise SettingsError(f'each of "wifi_networks" in {path} must be {{"ssid": NAME, "password": PASSWORD}}')
        if not isinstance(network.get("password", ""), str):
            raise SettingsError(f'"password" of {network["ssid"]!r} in {path} must be a string')
    for name, password in settings.networks():
        # IEEE 802.11's limits; a radio says no more than "invalid argument", again and again.
        if len(name.encode()) > 32 or len(password.encode()) > 64:
            raise SettingsError(f"{path}: a Wi-Fi name has 32 bytes at most, its password 64: look at {name!r}")
    if settings.wifi_country and not (len(settings.wifi_country) == 2 and settings.wifi_country.isalpha()):
        raise SettingsError(f'"wifi_country" in {path} must be two letters, such as "DE"')
    secret = settings.client_secret
    if isinstance(secret, list) and [isinstance(one, str) and bool(one) for one in secret] != [True, True]:
        raise SettingsError(
            f'"client_secret" in {path} must be a string, or a list of two: the new one and the old one'
        )
    code = settings.sign_in_page_code
    if code is not None and not (len(code) == 6 and all("0" <= digit <= "9" for digit in code)):
        raise SettingsError(f'"sign_in_page_code" in {path} must be six digits, such as "493817", in quotes')
    if not settings.session_file:
        raise SettingsError(f'"session_file" in {path} is empty: name it, or take the key out')
    # Where there is a page on an access point, or Improv, the network comes later.
    if wifi and not settings.networks() and settings.sign_in_page != "access_point" and not settings.improv:
        raise SettingsError(f'{path} has no "wifi_ssid": the name of the Wi-Fi network; {_WHERE}')
    if (settings.i2c_sda is None) != (settings.i2c_scl is None):
        raise SettingsError(f'{path} has only one of "i2c_sda" and "i2c_scl": set both, or none')
    if not settings.time_servers() or not all(isinstance(host, str) and host for host in settings.time_servers()):
        raise SettingsError(f'"ntp_host" in {path} must be the name of a time server, or a list of names')
