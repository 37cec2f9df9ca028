"""What this device must know before it can sign a person in: settings.json on its flash."""

_WHERE = "put it there with cognito-mp provision, or with mpremote cp settings.json :"

# Key -> what it is, in the words of the message when it is missing.
_REQUIRED = {
    "region": 'the AWS region of the user pool, such as "eu-west-1"',
    "client_id": "the id of the user pool's app client",
}
_OPTIONAL: dict = {
    "wifi_ssid": (str, ""),
    "wifi_password": (str, ""),
    "wifi_networks": (list, []),
    "wifi_country": (str, ""),
    "client_secret": (str, None),
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


class SettingsError(Exception):
    """settings.json is missing, unreadable or incomplete; the text says what to do."""


class Settings:
    """The keys of settings.json as attributes.

    unknown  list of str, keys that the application does not use
    raised   list of str, what was too small and is told to a person
    """

    region: str
    client_id: str
    wifi_ssid: str
    wifi_password: str
    wifi_networks: list
    wifi_country: str
    client_secret: "str | None"
    user_pool_id: "str | None"
    endpoint: "str | None"
    ca_file: "str | None"
    session_file: str
    session_days: int
    sign_in_flow: str
    srp_xtensa: bool
    improv: "str | None"
    sign_in_page: "str | None"
    sign_in_page_port: int
    sign_in_page_code: "str | None"
    ntp_host: "str | list"
    ntp_port: int
    timeout_s: int
    sleep_s: int
    awake_s: int
    watchdog_s: int
    led: "str | int | None"
    screen: "str | None"
    screen_dim_s: int
    screen_off_s: int
    button: "str | int | None"
    radio_idle_s: int
    i2c_sda: "int | None"
    i2c_scl: "int | None"

    def __init__(self, values: dict, path: str, wifi: bool = True) -> None:
        """`wifi`: whether this board's link is Wi-Fi. Raises SettingsError that names the first key that is wrong."""
        if not isinstance(values, dict):
            raise SettingsError(f"{path} must hold a JSON object: {{...}}")
        for key in _REQUIRED:
            if key not in values or values[key] == "":
                raise SettingsError(f'{path} has no "{key}": {_REQUIRED[key]}; {_WHERE}')
            if not isinstance(values[key], str):
                raise SettingsError(f'"{key}" in {path} must be a string: {_REQUIRED[key]}')
            setattr(self, key, values[key])
        self.raised: list = []
        for key in _OPTIONAL:
            kind, default = _OPTIONAL[key]
            value = values.get(key)
            if value is None:
                value = default
            elif not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
                raise SettingsError(f'"{key}" in {path} must be {_KINDS[kind]}')
            elif key in _RAISED and 0 < value < _RANGES[key][0]:
                least = _RANGES[key][0]
                self.raised.append(f'{path}: "{key}" is taken for {least}, not {value}: {_RAISED[key]}')
                value = least
            elif key in _RANGES and value != default and not _RANGES[key][0] <= value <= _RANGES[key][1]:
                raise SettingsError('"{}" in {} must be from {} to {}'.format(key, path, *_RANGES[key]))
            elif key in _WORDS and value not in _WORDS[key]:
                raise SettingsError('"{}" in {} must be {}'.format(key, path, " or ".join(map(repr, _WORDS[key]))))
            setattr(self, key, value)
        self._check(path, wifi)
        # MicroPython's json lets keys be numbers too.
        self.unknown = sorted(str(key) for key in values if key not in _REQUIRED and key not in _OPTIONAL)

    def _check(self, path: str, wifi: bool) -> None:
        """What more than one key says. Raises SettingsError."""
        for network in self.wifi_networks:
            if not isinstance(network, dict) or not network.get("ssid") or not isinstance(network["ssid"], str):
                raise SettingsError(f'each of "wifi_networks" in {path} must be {{"ssid": NAME, "password": PASSWORD}}')
            if not isinstance(network.get("password", ""), str):
                raise SettingsError(f'"password" of {network["ssid"]!r} in {path} must be a string')
        for name, password in self.networks():
            # IEEE 802.11's limits; a radio says no more than "invalid argument", again and again.
            if len(name.encode()) > 32 or len(password.encode()) > 64:
                raise SettingsError(f"{path}: a Wi-Fi name has 32 bytes at most, its password 64: look at {name!r}")
        if self.wifi_country and not (len(self.wifi_country) == 2 and self.wifi_country.isalpha()):
            raise SettingsError(f'"wifi_country" in {path} must be two letters, such as "DE"')
        code = self.sign_in_page_code
        if code is not None and not (len(code) == 6 and all("0" <= digit <= "9" for digit in code)):
            raise SettingsError(f'"sign_in_page_code" in {path} must be six digits, such as "493817", in quotes')
        if not self.session_file:
            raise SettingsError(f'"session_file" in {path} is empty: name it, or take the key out')
        # Where there is a page on an access point, or Improv, the network comes later.
        if wifi and not self.networks() and self.sign_in_page != "access_point" and not self.improv:
            raise SettingsError(f'{path} has no "wifi_ssid": the name of the Wi-Fi network; {_WHERE}')
        if (self.i2c_sda is None) != (self.i2c_scl is None):
            raise SettingsError(f'{path} has only one of "i2c_sda" and "i2c_scl": set both, or none')
        if not self.time_servers() or not all(isinstance(host, str) and host for host in self.time_servers()):
            raise SettingsError(f'"ntp_host" in {path} must be the name of a time server, or a list of names')

    def networks(self) -> list:
        """(name, password) of each Wi-Fi network, both str."""
        first = [(self.wifi_ssid, self.wifi_password)] if self.wifi_ssid else []
        return first + [(network["ssid"], network.get("password", "")) for network in self.wifi_networks]

    def time_servers(self) -> list:
        """The names of the time servers, str."""
        return [self.ntp_host] if isinstance(self.ntp_host, str) else self.ntp_host

    def cadata(self) -> "bytes | None":
        """What is in ca_file; None when it is not set. Raises SettingsError when it can't be read."""
        if not self.ca_file:
            return None
        try:
            with open(self.ca_file, "rb") as file:
                return file.read()
        except OSError:
            raise SettingsError(
                f'no file {self.ca_file}, which "ca_file" names: mpremote cp it to the device, or remove the key'
            )

    def __repr__(self) -> str:
        return f"Settings({self.client_id})"


def load(path: str = "settings.json", wifi: bool = True) -> Settings:
    """The Settings in the file `path`. Raises SettingsError that says what is wrong and what to do."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        raise SettingsError(f"there is no {path} on this device: {_WHERE}")
    return Settings(_values(data, path), path, wifi)


def _values(data: bytes, path: str):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:  # of Windows' Notepad and PowerShell; or of a bad flash
        raise SettingsError(f"{path} is UTF-16, or damaged: save it as UTF-8, and put it on the device again")
    from .loaded_modules import forget
    from .strict_json import NotJson, parse

    try:
        return parse(data[3:] if data[:3] == b"\xef\xbb\xbf" else data)  # without a byte order mark
    except NotJson as error:
        raise SettingsError(f"{path} is not JSON: {error}")
    finally:
        forget("cognito_app.strict_json", "cognito_app.loaded_modules")
