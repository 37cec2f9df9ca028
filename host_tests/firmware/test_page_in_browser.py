"""The sign-in page in headless Chromium: served by MicroPython, behind it a Cognito on this computer."""

from __future__ import annotations

import http.client
import io
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import zxingcpp
from cognito_mp.crypto.totp import code as totp_code
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.throwaway_ca import ThrowawayCa
from cognito_mp_tools.local.tls_front import Request, Response, TlsFront
from cognito_mp_tools.packages.npm import NpmFailed, installed
from cognito_mp_tools.project import BUILD
from conftest import Interpreter
from fake_cognito.endpoint import LOSE_REPLY, LOSE_REQUEST, POOL_ID, FakeCognito
from fake_cognito.pools import AppClient, Pool
from firmware.page_device import PageDevice
from firmware.page_gallery import NO_CHROMIUM, THEMES, chromium, gallery, has_chromium, html_of, resize, use_theme
from PIL import Image
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from time_server import TimeServer

pytestmark = pytest.mark.browser

NPM = Path(__file__).parent / "page_npm"
PASSWORD = "Chosen-Pass-2"
WRONG = "Wrong-Pass-3"
NAME = "ada@example.com"


class Phone:
    """A browser, and what a person does with it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str, title: str) -> None:
        self.driver.get(url)
        self.expect(title)

    def expect(self, title: str, problem: str = "") -> None:
        """Wait for the page with this heading, and with `problem` among what it says of what went wrong."""
        end = time.monotonic() + 40
        shown = ""
        while time.monotonic() < end:
            try:
                shown = self.driver.find_element(By.TAG_NAME, "h1").text
                alerts = self.driver.find_elements(By.CSS_SELECTOR, "[role=alert]")
                said = alerts[0].text if alerts else ""
                if shown == title and (problem in said if problem else not said):
                    return
            except WebDriverException:  # between two pages
                pass
            time.sleep(0.05)
        pytest.fail(f"not {title!r} with {problem!r}, but {shown!r}:\n{self.text}")

    @property
    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.driver.find_element(By.NAME, name)
            field.clear()
            field.send_keys(value)

    def pick(self, value: str) -> None:
        for choice in self.driver.find_elements(By.CSS_SELECTOR, "input[type=radio]"):
            if choice.get_attribute("value") == value:
                choice.click()

    def press(self, do: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, f"button[value={do}]").click()

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> None:
        self.fill(name=name, password=password)
        self.press("sign_in")

    def cut_off(self, address: str, whole: bool, **fields: str) -> None:
        """What the form of this page sends, and then the phone is gone: before the end of it, or right after.

        A browser would send it on a connection that it has open. This is one more, from an address of its own, so that
        it is not turned away for the browser's two, nor waits for them to give way.
        """
        hidden = {name: self.driver.find_element(By.NAME, name).get_attribute("value") for name in ("token", "step")}
        body = urlencode({**hidden, **fields})
        cookie = self.driver.get_cookie("phone")["value"]
        connection = http.client.HTTPConnection(address, timeout=20, source_address=("127.0.0.2", 0))
        connection.putrequest("POST", "/")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Cookie", f"phone={cookie}")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        connection.send(body[: None if whole else len(body) // 2].encode())
        connection.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    try:
        return (installed(NPM, BUILD / "page_npm") / "axe-core" / "axe.min.js").read_text()
    except NpmFailed as problem:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(problem))


def _a_phone() -> Iterator[Phone]:
    if not has_chromium():
        pytest.fail(NO_CHROMIUM) if os.environ.get("CI") else pytest.skip(NO_CHROMIUM)
    with chromium(320, 700) as driver:
        yield Phone(driver)


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    yield from _a_phone()


@pytest.fixture(scope="module")
def other_phone() -> Iterator[Phone]:
    yield from _a_phone()


@pytest.fixture(scope="module")
def time_server() -> Iterator[TimeServer]:
    server = TimeServer()
    yield server
    server.close()


class Service:
    """A Cognito in memory behind TLS, with one pool and one app client."""

    def __init__(self) -> None:
        self.cognito = FakeCognito(now=time.time, randomness=random.Random(1))
        self.pool: Pool = self.cognito.add_pool()
        self.pool.mfa = "OFF"
        self.app: AppClient = self.pool.add_app(secret=True)
        self.ca = ThrowawayCa()
        self._asked = threading.Condition()
        self.front = TlsFront(self._handle, self.ca.server_context("127.0.0.1"))

    def _handle(self, request: Request) -> Response:
        with self._asked:
            answer = self.cognito.handle(request)
            self._asked.notify_all()
        return answer

    @contextmanager
    def to_be_asked(self) -> Iterator[None]:
        """What the block does makes the device ask; wait until it has."""
        before = len(self.cognito.requests)
        yield
        with self._asked:
            if not self._asked.wait_for(lambda: len(self.cognito.requests) > before, timeout=40):
                pytest.fail("the device has asked for nothing")

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "client_id": self.app.id,
            "client_secret": self.app.secret,
            "user_pool_id": POOL_ID,
            "endpoint": f"https://127.0.0.1:{self.front.port}",
        }


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.front.close()
    assert service.cognito.violations == []


@pytest.fixture
def device(
    oldest_micropython: Interpreter, service: Service, time_server: TimeServer, tmp_path: Path
) -> Iterator[PageDevice]:
    """A device that is in its Wi-Fi, and has no session."""
    with PageDevice(oldest_micropython, tmp_path, time_server, service.settings, service.ca.der) as device:
        yield device
    kept = device.everything_kept()
    for secret in (PASSWORD, WRONG):
        assert secret.encode() not in kept, "a password is on the flash, or on the console"
    assert not (tmp_path / "faults.txt").exists(), (tmp_path / "faults.txt").read_text()


def of_accessibility(phone: Phone, axe: str) -> list[str]:
    """What axe-core finds wrong with the page that is shown."""
    phone.driver.execute_script(axe)
    found = phone.driver.execute_async_script("const done = arguments[0]; axe.run().then(done)")
    return [f"{item['id']}: {item['nodes'][0]['html'][:200]}" for item in found["violations"]]


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_any_page(phone: Phone, axe: str, tmp_path: Path, theme: str) -> None:
    use_theme(phone.driver, theme)
    for language in ("en", "de"):
        for name, page in gallery().items():
            file = tmp_path / f"{name}.html"
            file.write_text(html_of(page, language))
            phone.driver.get(file.as_uri())
            assert of_accessibility(phone, axe) == [], name
            wide = phone.driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= 320, f"{name} is {wide} pixels wide"
    use_theme(phone.driver, "light")


def test_axe_finds_what_is_wrong(phone: Phone, axe: str, tmp_path: Path) -> None:
    page = html_of(gallery()["account"])
    broken = {
        "label": page.replace('<label for="name">', "<label>"),
        "html-has-lang": page.replace(' lang="en"', ""),
        "color-contrast": page.replace("--ink:#1b1f24", "--ink:#bbb"),
    }
    for rule, content in broken.items():
        (tmp_path / "broken.html").write_text(content)
        phone.driver.get((tmp_path / "broken.html").as_uri())
        assert content != page and any(found.startswith(rule) for found in of_accessibility(phone, axe)), rule


@pytest.fixture(scope="module")
def ministack() -> Iterator[tuple[LocalCognito, list[str]]]:
    flows: list[str] = []

    def watch(request: Request) -> None:
        flows.extend(flow for flow in ("USER_SRP_AUTH", "USER_PASSWORD_AUTH") if flow.encode() in request.body)

    with LocalCognito("ministack", watch=watch) as server:
        yield server, flows


def test_wrong_and_right_password_and_a_new_one_against_ministack(
    oldest_micropython: Interpreter,
    ministack: tuple[LocalCognito, list[str]],
    time_server: TimeServer,
    tmp_path: Path,
    phone: Phone,
    axe: str,
) -> None:
    server, flows = ministack
    pool, app = server.add_pool()
    idp = server.admin()
    idp.admin_create_user(UserPoolId=pool, Username="ada", TemporaryPassword=WRONG, MessageAction="SUPPRESS")
    settings = {
        "client_id": app["ClientId"],
        "client_secret": app["ClientSecret"],
        "user_pool_id": pool,
        "endpoint": server.endpoint,
    }
    with PageDevice(oldest_micropython, tmp_path, time_server, settings, server.ca.der) as device:
        phone.open(device.url, "Sign in")
        assert of_accessibility(phone, axe) == []
        phone.sign_in("ada", "Not-Her-Pass-9")
        phone.expect("Sign in", "The name or the password is wrong.")
        phone.sign_in("ada", WRONG)
        phone.expect("Choose a new password")
        phone.fill(fresh=PASSWORD, again=PASSWORD)
        phone.press("confirm")
        phone.expect("Signed in")
        assert "ada" in phone.text and device.has_session
        assert set(flows) == {"USER_SRP_AUTH"}, "the password is proved, and not sent"
        device.wait_for("[sign-in page closed]", 20)
        assert device.radio_log.endswith("access point down\n")
        assert '"key"' in device.radio_log and '"security": 3' in device.radio_log


def test_a_new_password_with_a_required_attribute_by_keyboard_and_without_javascript(
    device: PageDevice, service: Service, phone: Phone
) -> None:
    service.pool.required_attributes = ("given_name",)
    service.pool.add_user(NAME, WRONG, status="FORCE_CHANGE_PASSWORD")
    phone.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        phone.open(device.url, "Sign in")
        keys = phone.driver.switch_to.active_element
        keys.send_keys(Keys.TAB)
        phone.driver.switch_to.active_element.send_keys(NAME, Keys.TAB)
        phone.driver.switch_to.active_element.send_keys(WRONG, Keys.ENTER)
        phone.expect("Choose a new password")
        assert "First name" in phone.text
        phone.driver.find_element(By.NAME, "fresh").send_keys("short", Keys.TAB)
        phone.driver.switch_to.active_element.send_keys("short", Keys.TAB)
        phone.driver.switch_to.active_element.send_keys("Ada", Keys.ENTER)
        phone.expect("Choose a new password", "not good enough")
        assert phone.driver.find_element(By.NAME, "attribute_0").get_attribute("value") == "Ada"
        phone.fill(fresh=PASSWORD)
        phone.driver.find_element(By.NAME, "again").send_keys(PASSWORD, Keys.ENTER)
        phone.expect("Signed in")
    finally:
        phone.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert service.pool.users[NAME].attributes["given_name"] == "Ada" and device.has_session


def test_an_authenticator_app_is_set_up_by_its_picture_and_asked_for_the_next_time(
    device: PageDevice, service: Service, phone: Phone
) -> None:
    service.pool.mfa = "ON"
    user = service.pool.add_user(NAME, PASSWORD)
    phone.open(device.url, "Sign in")
    phone.sign_in()
    phone.expect("Set up your authenticator app")
    resize(phone.driver, 320, 1200)
    picture = Image.open(io.BytesIO(phone.driver.get_screenshot_as_png()))
    resize(phone.driver, 320, 700)
    (found,) = zxingcpp.read_barcodes(picture)
    secret = found.text.split("secret=")[1].split("&")[0]
    assert found.text.startswith("otpauth://totp/Cognito:ada%40example.com?secret=")
    right = totp_code(secret, int(time.time()))
    phone.fill(code="000000" if right != "000000" else "000001")
    phone.press("confirm")
    phone.expect("Set up your authenticator app", "That code is not right.")
    phone.fill(code=totp_code(secret, int(time.time())))
    phone.press("confirm")
    phone.expect("Signed in")
    assert user.totp_secret == secret and device.has_session
    assert secret.encode() not in device.everything_kept()


def test_a_choice_of_codes_and_a_wrong_one(device: PageDevice, service: Service, phone: Phone) -> None:
    user = service.pool.add_user(
        NAME,
        PASSWORD,
        mfa=["SMS_MFA", "EMAIL_OTP"],
        email=NAME,
        phone_number="+31600000001",
        phone_number_verified="true",
    )
    service.pool.mfa = "OPTIONAL"
    phone.open(device.url, "Sign in")
    phone.sign_in()
    phone.expect("How do you want to confirm?")
    phone.pick("SMS_MFA")
    phone.press("confirm")
    phone.expect("Enter your code")
    phone.fill(code="000000" if user.last_code != "000000" else "000001")
    phone.press("confirm")
    phone.expect("Enter your code", "That code is not right.")
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Signed in")


def test_an_account_is_made_and_confirmed(device: PageDevice, service: Service, phone: Phone) -> None:
    phone.open(device.url, "Sign in")
    phone.press("new")
    phone.expect("New account")
    phone.fill(name=NAME, fresh=PASSWORD, again=PASSWORD)
    phone.press("sign_up")
    phone.expect("Confirm your account")
    phone.press("resend")
    phone.expect("Confirm your account")
    assert "on its way" in phone.text
    phone.fill(code=service.pool.users[NAME].last_code)
    phone.press("confirm")
    phone.expect("Signed in")
    assert device.has_session


def test_a_locked_out_user_and_a_pool_without_srp(device: PageDevice, service: Service, phone: Phone) -> None:
    service.pool.add_user(NAME, PASSWORD)
    service.cognito.fail_next("InitiateAuth", (400, "NotAuthorizedException", "Password attempts exceeded"))
    phone.open(device.url, "Sign in")
    phone.sign_in(password=WRONG)
    phone.expect("Sign in", "too many wrong passwords")
    service.app.flows.discard("USER_SRP_AUTH")
    phone.sign_in()
    phone.expect("Send the password?")
    phone.press("send_password")
    phone.expect("Signed in")
    assert "(SRP)" in phone.text


def test_wifi_that_fails_and_one_that_does_not(
    oldest_micropython: Interpreter, service: Service, time_server: TimeServer, tmp_path: Path, phone: Phone
) -> None:
    service.pool.add_user(NAME, PASSWORD)
    with PageDevice(
        oldest_micropython, tmp_path, time_server, service.settings, service.ca.der, online=False
    ) as device:
        phone.open(device.url, "Choose the Wi-Fi")
        assert "<b>café</b> & co" in phone.text
        phone.pick("home")
        phone.fill(wifi_password="not-it-at-all")
        phone.press("join")
        # Twenty seconds: a refusal on the way to a connection is no end of it.
        phone.expect("Choose the Wi-Fi", "could not connect")
        assert "wrong password" in phone.text and "not-it-at-all" not in phone.driver.page_source
        phone.pick("home")
        phone.fill(wifi_password="wifi-secret")
        phone.press("join")
        phone.expect("Sign in")
        phone.sign_in()
        phone.expect("Signed in")
        assert device.has_session
        device.power_off()
        before = device.said.count("[signed in]")
        device.power_on("[connecting]")
        device.wait_for("[signed in]", count=before + 1)  # the network was kept


def test_reload_and_the_back_button_in_the_middle(device: PageDevice, service: Service, phone: Phone) -> None:
    user = service.pool.add_user(NAME, PASSWORD, mfa=["SMS_MFA"], phone_number="+31600000001")
    service.pool.mfa = "OPTIONAL"
    phone.open(device.url, "Sign in")
    phone.sign_in()
    phone.expect("Enter your code")
    phone.driver.refresh()
    phone.expect("Enter your code")
    phone.driver.back()
    phone.driver.forward()
    phone.driver.get(device.url)
    phone.expect("Enter your code")
    asked = service.cognito.operations.count("InitiateAuth")
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Signed in")
    phone.driver.refresh()
    phone.expect("Signed in")
    assert service.cognito.operations.count("InitiateAuth") == asked == 1


def test_two_phones_at_once(device: PageDevice, service: Service, phone: Phone, other_phone: Phone) -> None:
    user = service.pool.add_user(NAME, PASSWORD, mfa=["SMS_MFA"], phone_number="+31600000001")
    service.pool.mfa = "OPTIONAL"
    phone.open(device.url, "Sign in")
    other_phone.open(device.url, "Sign in")
    phone.sign_in()
    phone.expect("Enter your code")
    other_phone.sign_in("eve", WRONG)
    other_phone.expect("Somebody else is signing in")
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Signed in")
    other_phone.driver.refresh()
    other_phone.expect("Somebody else is signing in")
    assert NAME not in other_phone.text


def test_the_phone_is_cut_off_at_each_step(device: PageDevice, service: Service, phone: Phone) -> None:
    user = service.pool.add_user(NAME, WRONG, status="FORCE_CHANGE_PASSWORD", mfa=["SMS_MFA"], phone_number="+316")
    service.pool.mfa = "OPTIONAL"
    address = device.url.split("/")[2]
    phone.open(device.url, "Sign in")
    for title, fields, following in (
        ("Sign in", {"name": NAME, "password": WRONG, "do": "sign_in"}, "Choose a new password"),
        ("Choose a new password", {"fresh": PASSWORD, "again": PASSWORD, "do": "confirm"}, "Enter your code"),
        ("Enter your code", {"code": "", "do": "confirm"}, "Signed in"),
    ):
        if "code" in fields:
            fields["code"] = user.last_code
        phone.cut_off(address, whole=False, **fields)
        phone.open(device.url, title)
        with service.to_be_asked():  # else the browser may find the page as it was before
            phone.cut_off(address, whole=True, **fields)
        phone.open(device.url, following)
    assert device.has_session


def test_the_service_is_cut_off_at_each_step(device: PageDevice, service: Service, phone: Phone) -> None:
    user = service.pool.add_user(NAME, PASSWORD, mfa=["SMS_MFA"], phone_number="+31600000001")
    service.pool.mfa = "OPTIONAL"
    phone.open(device.url, "Sign in")
    service.cognito.fail_next("InitiateAuth", LOSE_REQUEST, 3)
    phone.sign_in()
    phone.expect("Sign in", "could not be reached")
    phone.sign_in()
    phone.expect("Enter your code")
    service.cognito.fail_next("RespondToAuthChallenge", LOSE_REQUEST)
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Enter your code", "could not be reached")
    service.cognito.fail_next("RespondToAuthChallenge", LOSE_REPLY)
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Enter your code", "could not be reached")
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Sign in", "too long")  # the answer was used up, and with it the sign-in
    phone.sign_in()
    phone.expect("Enter your code")
    phone.fill(code=user.last_code)
    phone.press("confirm")
    phone.expect("Signed in")


def test_what_browsers_and_systems_look_for_leads_to_the_page(device: PageDevice) -> None:
    host = device.url.split("/")[2]
    for name, path in (
        ("captive.apple.com", "/hotspot-detect.html"),
        ("connectivitycheck.gstatic.com", "/generate_204"),
        ("www.msftconnecttest.com", "/connecttest.txt"),
        ("detectportal.firefox.com", "/canonical.html"),
    ):
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.request("GET", path, headers={"Host": name})
        reply = connection.getresponse()
        assert reply.status == 302 and reply.headers["Location"].startswith(device.url + "?"), name
        connection.close()


class AnotherDevice(BaseHTTPRequestHandler):
    """A page that a browser may keep for a day."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Another device</h1>")

    def log_message(self, *words: object) -> None:
        """Print nothing."""


def test_another_devices_page_that_the_browser_has_kept_does_not_stand_in_for_ours(
    oldest_micropython: Interpreter, service: Service, time_server: TimeServer, tmp_path: Path, phone: Phone
) -> None:
    device = PageDevice(oldest_micropython, tmp_path, time_server, service.settings, service.ca.der)
    host, _, port = device.url.split("/")[2].partition(":")
    with HTTPServer((host, int(port)), AnotherDevice) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        phone.open(device.url, "Another device")
        server.shutdown()
    with device:
        phone.open(device.url, "Another device")  # the browser has kept it
        phone.open(device.url + "generate_204", "Sign in")  # where a phone looks whether there is internet
        phone.sign_in(password=WRONG)
        phone.expect("Sign in", "wrong")


def test_no_field_invites_a_password_manager(device: PageDevice, phone: Phone) -> None:
    """What it keeps for http://192.168.4.1 it would offer to each device of that address."""
    phone.open(device.url, "Sign in")
    fields = {name: phone.driver.find_element(By.NAME, name) for name in ("name", "password")}
    assert {name: field.get_property("autocomplete") for name, field in fields.items()} == dict.fromkeys(fields, "off")


def test_requests_that_no_browser_makes(device: PageDevice, phone: Phone) -> None:
    """None of them ends the page; each is refused, or has no answer at all."""
    host, _, port = device.url.split("/")[2].partition(":")
    for request in (
        b"",
        b"\r\n\r\n",
        b"\xff\xfe\x00\n" * 50,
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 4000 + b"\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"A" * 20000,
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + b"a" * 9000,
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 5\r\n\r\na=%zz".encode(),
    ):
        with socket.create_connection((host, int(port)), timeout=20) as line:
            try:
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
                answer = b""
                while part := line.recv(4096):
                    answer += part
            except OSError:
                answer = b""
        assert not answer or answer.split()[1] in (b"400", b"403", b"413", b"421", b"302"), (request[:40], answer[:80])
    phone.open(device.url, "Sign in")
