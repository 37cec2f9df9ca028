"""What this device must know before it can sign a person in: settings.json on its flash."""

import json

_WHERE = "put it there with cognito-mp provision, or with mpremote cp settings.json :"

# Key -> what it is, in the words of the message when it is missing.
_REQUIRED = {
    "region": 'the AWS region of the user pool, such as "eu-west-1"',
    "client_id": "the id of the user pool's app client",
}
_WIFI = {
    "wifi_ssid": "the name of the Wi-Fi network",
}
_OPTIONAL = {
    "wifi_password": (str, ""),
    "wifi_country": (str, ""),
    "client_secret": (str, None),
    "user_pool_id": (str, None),
    "endpoint": (str, None),
    "ca_file": (str, None),
    "session_file": (str, "session"),
    "ntp_host": (str, "pool.ntp.org"),
    "ntp_port": (int, 123),
    "timeout_s": (int, 10),
    "sleep_s": (int, 0),
    "awake_s": (int, 120),
    "led": (None, None),
    "screen": (str, None),
    "i2c_sda": (int, None),
    "i2c_scl": (int, None),
}


class SettingsError(Exception):
    """settings.json is missing, unreadable or incomplete; the text says what to do."""


class Settings:
    """The keys of settings.json as attributes; `unknown` lists those that the application does not use."""

    region: str
    client_id: str
    wifi_ssid: str
    wifi_password: str
    wifi_country: str
    client_secret: "str | None"
    user_pool_id: "str | None"
    endpoint: "str | None"
    ca_file: "str | None"
    session_file: str
    ntp_host: str
    ntp_port: int
    timeout_s: int
    sleep_s: int
    awake_s: int
    led: "str | int | None"
    screen: "str | None"
    i2c_sda: "int | None"
    i2c_scl: "int | None"

    def __init__(self, values: dict, path: str, wifi: bool = True) -> None:
        """`wifi`: whether this board's link is Wi-Fi. Raises SettingsError that names the first key that is wrong."""
        if not isinstance(values, dict):
            raise SettingsError(f"{path} must hold a JSON object: {{...}}")
        required = dict(_REQUIRED)
        if wifi:
            required.update(_WIFI)
        for key in required:
            if key not in values or values[key] == "":
                raise SettingsError(f'{path} has no "{key}": {required[key]}; {_WHERE}')
            if not isinstance(values[key], str):
                raise SettingsError(f'"{key}" in {path} must be a string: {required[key]}')
            setattr(self, key, values[key])
        for key in _OPTIONAL:
            kind, default = _OPTIONAL[key]
            value = values.get(key)
            if value is None:
                value = default
            elif kind and (not isinstance(value, kind) or isinstance(value, bool)):
                what = "a string" if kind is str else "a whole number"
                raise SettingsError(f'"{key}" in {path} must be {what}')
            elif kind is int and value < 0:
                raise SettingsError(f'"{key}" in {path} must not be below 0')
            setattr(self, key, value)
        self.unknown = sorted(key for key in values if not any(key in known for known in (_REQUIRED, _WIFI, _OPTIONAL)))

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
        with open(path) as file:
            values = json.load(file)
    except OSError:
        raise SettingsError(f"there is no {path} on this device: {_WHERE}")
    except ValueError:
        raise SettingsError(f"{path} is no JSON: look for a missing quote or comma")
    return Settings(values, path, wifi)
