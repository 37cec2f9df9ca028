"""What this device must know before it can sign a person in: settings.json on its flash."""

from .settings_error import SettingsError


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
    client_secret: "str | list | None"
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
        from . import settings_checks

        attributes, self.raised, self.unknown = settings_checks.of_each_key(values, path)
        for key in attributes:
            setattr(self, key, attributes[key])
        settings_checks.check_together(self, path, wifi)

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
    from . import settings_checks
    from .loaded_modules import forget

    try:
        return Settings(settings_checks.values_of(path), path, wifi)
    finally:  # it takes kilobytes, and is not needed again
        forget("cognito_app.settings_checks", "cognito_app.strict_json", "cognito_app.loaded_modules")
