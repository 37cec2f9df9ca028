"""A site on a device of fake_device.py with a Wi-Fi radio, and a browser that looks at it as a person does."""

import asyncio

from cognito_app.own_settings import OwnSettings
from cognito_app.sign_in_page.actions import Actions
from cognito_app.sign_in_page.gate import Gate, Tries
from cognito_app.sign_in_page.site import Site
from cognito_app.wifi_link import WifiLink
from cognito_app.wifi_radios import Esp32Radio
from cognito_mp.stores.ram import RamStore
from fake_device import FakeCognito, FakeDevice, run
from pool_world import Refused
from port_models import boards
from port_models.radio import Network

HOST = "192.168.4.1"
CODE = "493817"  # of the gate


class FakeWifi(WifiLink):
    """The application's own link over the model of an ESP32's radio; `up` is for a test to set, by other means."""

    def __init__(self, clock, up: bool = False) -> None:
        self.model = boards.ESP32()
        self.model.air.networks["home & <b>garden</b>"] = Network("its-secret", -50, wrong=202)
        self.model.air.networks["café"] = Network("", -70)
        self.broken = False
        self.reachable = True

        async def sleep(seconds) -> None:
            for passing in (self.model.clock, clock):
                passing.pass_time(seconds)

        super().__init__(Esp32Radio(self.model.network.WLAN(0)), [], sleep)

    @property
    def up(self) -> bool:
        return self.is_up()

    @up.setter
    def up(self, up: bool) -> None:
        self.model.network.network = self.model.air.networks["café"] if up else None

    async def scan(self) -> list:
        if self.broken:
            self.model.network.error = OSError("Wifi Internal Error")
        return await super().scan()


DELIVERY = {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}


class AccountCognito(FakeCognito):
    """A pool where people sign up, and set up authenticator apps; the code is 123456 wherever one is asked for."""

    def __init__(self, clock) -> None:
        super().__init__(clock)
        self.may_sign_up = True
        self.resent = 0
        self.key = "JBSWY3DPEHPK3PXP"

    def _check(self, parameters: dict, name: str) -> None:
        if parameters[name] != "123456":
            raise Refused("CodeMismatchException", "Invalid code")

    def _SignUp(self, parameters: dict) -> dict:
        if not self.may_sign_up:
            raise Refused("NotAuthorizedException", "SignUp is not permitted for this user pool")
        if parameters["Username"] == "alice":
            raise Refused("UsernameExistsException", "User already exists")
        if len(parameters["Password"]) < 8:
            raise Refused("InvalidPasswordException", "Password not long enough")
        return {"UserConfirmed": False, "UserSub": "sub", "CodeDeliveryDetails": DELIVERY}

    def _ConfirmSignUp(self, parameters: dict) -> dict:
        self._check(parameters, "ConfirmationCode")
        return {}

    def _ResendConfirmationCode(self, parameters: dict) -> dict:
        self.resent += 1
        return {"CodeDeliveryDetails": DELIVERY}

    def _ForgotPassword(self, parameters: dict) -> dict:
        return {"CodeDeliveryDetails": DELIVERY}

    def _ConfirmForgotPassword(self, parameters: dict) -> dict:
        self._check(parameters, "ConfirmationCode")
        return {}

    def _AssociateSoftwareToken(self, parameters: dict) -> dict:
        return {"SecretCode": self.key, "Session": "s2"}

    def _VerifySoftwareToken(self, parameters: dict) -> dict:
        self._check(parameters, "UserCode")
        return {"Status": "SUCCESS", "Session": "s3"}


class Phone:
    """A browser: it keeps its cookie, follows redirects, and has the page in `text`."""

    def __init__(self, place, language: str = "en-GB,en;q=0.9", inside: bool = True) -> None:
        """`inside`: it is in the access point's network; else in the device's own."""
        self.site = place.site
        self.inside = inside
        self.headers = {"host": HOST, "accept-language": language}
        self.status = 0
        self.text = ""
        self.seen = ""  # all that it ever got

    def ask(self, method: str, path: str, form=None, **headers) -> str:
        """One request, and the redirects that follow it; the page."""
        path, _, query = path.partition("?")  # as microdot hands it on
        code = query[5:] if query.startswith("code=") else ""
        sent = dict(self.headers, **headers)
        status, out, body = run(self.site.respond(method, path, sent, lambda: form, code, self.inside))
        self.status, self.out = status, out
        if "Set-Cookie" in out:
            self.headers["cookie"] = out["Set-Cookie"].split(";")[0]
        self.text = "".join(body)
        self.seen += repr(out) + self.text
        if status == 303:
            return self.ask("GET", out["Location"])
        if "Refresh" in out:
            return self.ask("GET", out["Refresh"].split("url=")[1])
        return self.text

    def load(self) -> str:
        return self.ask("GET", "/")

    def hidden(self, name: str) -> str:
        return self.text.split(f'name="{name}" value="')[1].split('"')[0]

    def submit(self, do: str = "", **fields) -> str:
        """Fill in the form of the page that is shown, and press the button `do`, or Enter."""
        form = dict(fields, token=self.hidden("token"), step=self.hidden("step"))
        if do:
            form["do"] = do
        return self.ask("POST", "/", form)

    @property
    def title(self) -> str:
        return self.text.split("<h1>")[1].split("</h1>")[0]

    @property
    def problem(self) -> str:
        """What went wrong, in the page's words."""
        if 'role="alert"' not in self.text:
            return ""
        return self.text.split("</b>: ")[1].split("<")[0].replace("&#39;", "'")


class HostAlone:
    """What a Site asks of a Place."""

    host = HOST

    def __init__(self) -> None:
        self.gate = Gate(CODE, Tries())
        self.used = 0

    def used_on_network(self) -> None:
        self.used += 1


class FakePlace:
    """A device with its page open."""

    def __init__(
        self,
        online: bool = True,
        signed_in: bool = False,
        srp: bool = False,
        wifi: bool = True,
        pool: bool = False,
        plain: "bool | None" = True,
        session_days: int = 0,
    ) -> None:
        self.device = FakeDevice(signed_in=signed_in, session_days=session_days)
        self.device.pool_id = "eu-west-1_Example1" if srp else None
        if pool:
            self.device.cognito = AccountCognito(self.device.clock)
        self.link = FakeWifi(self.device.clock, up=online) if wifi else self.device.link
        self.device.link = self.link
        self.device.start()
        self.link.up = online
        self.link.reachable = True
        self.store = RamStore()
        self.own = OwnSettings(self.store, bytes_in_a_row())
        self.place = HostAlone()
        self.tasks: list = []
        if not online:
            self.link.connect = self.no_network  # type: ignore[method-assign]
        self.site = run(self._opened(srp, plain))

    async def no_network(self) -> None:
        if not self.link.up:
            raise OSError(116, "no network")

    async def _opened(self, srp: bool, plain: "bool | None") -> Site:
        actions = Actions(self.device.keeper, self.link, self.own)
        return Site(
            actions,
            (srp, plain),
            self.place,
            self.device.clock,
            self._sleep,
            bytes_in_a_row(),
            self.device.faults,
            asyncio.create_task,
        )

    async def comes_online(self) -> None:
        """By other means than the page."""
        self.site.look_again()

    async def _sleep(self, seconds: float) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        self.device.clock.pass_time(seconds)

    def phone(self, **options) -> Phone:
        phone = Phone(self, **options)
        phone.load()
        return phone


def bytes_in_a_row():
    """An os.urandom() that is the same at each run, and never says the same twice."""
    state = [0]

    def urandom(count: int) -> bytes:
        state[0] += 1
        return bytes((state[0] * 37 + at * 11) % 256 for at in range(count))

    return urandom
