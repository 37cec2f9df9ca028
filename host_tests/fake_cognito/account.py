"""Signing up, and what a signed-in person does with an account, in the fake Cognito."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from fake_cognito.pools import AppClient, Device, Pool, Refusal, SignIn, User, World, not_authorized

Reply = dict[str, Any]

# SetUserMFAPreference's members, and the second factor that each is about.
_MFA_SETTINGS = {
    "SMSMfaSettings": "SMS_MFA",
    "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
    "EmailMfaSettings": "EMAIL_OTP",
}
_VERIFIED_BY = {"email": "EMAIL", "phone_number": "SMS"}


class AccountOperations:
    """The operations on a user's account; most of them take the user's AccessToken."""

    def __init__(
        self,
        world: World,
        find_app: Callable[[str], AppClient],
        find_sign_in: Callable[[str], SignIn],
    ) -> None:
        self._world = world
        self._find_app = find_app
        self._find_sign_in = find_sign_in
        self.operations = {
            "SignUp": self.sign_up,
            "ConfirmSignUp": self.confirm_sign_up,
            "ResendConfirmationCode": self.resend_confirmation_code,
            "ForgotPassword": self.forgot_password,
            "ConfirmForgotPassword": self.confirm_forgot_password,
            "GlobalSignOut": self.global_sign_out,
            "GetUser": self.get_user,
            "ChangePassword": self.change_password,
            "UpdateUserAttributes": self.update_user_attributes,
            "GetUserAttributeVerificationCode": self.get_user_attribute_verification_code,
            "VerifyUserAttribute": self.verify_user_attribute,
            "DeleteUser": self.delete_user,
            "SetUserMFAPreference": self.set_user_mfa_preference,
            "ConfirmDevice": self.confirm_device,
            "UpdateDeviceStatus": self.update_device_status,
            "GetDevice": self.get_device,
            "ListDevices": self.list_devices,
            "ForgetDevice": self.forget_device,
        }

    # Before there is a sign-in: the SecretHash is that of Username exactly as sent.

    def _app(self, call: Reply) -> AppClient:
        app = self._find_app(call["ClientId"])
        app.check_no_needless_hash(call.get("SecretHash"))
        app.check_hash(call["Username"], call.get("SecretHash"))
        return app

    def sign_up(self, call: Reply) -> Reply:
        app = self._app(call)
        if app.pool.find_user(call["Username"]):
            raise Refusal("UsernameExistsException", "User already exists")
        password = call.get("Password", "")
        app.pool.check_password(password)
        attributes = _attributes(call.get("UserAttributes", []))
        for name in app.pool.required_attributes:
            if name not in attributes and not (name == "email" and app.pool.email_sign_in):
                raise Refusal("InvalidParameterException", f"Attributes did not conform to the schema: {name}")
        user = app.pool.add_user(call["Username"], password, status="UNCONFIRMED", attributes=attributes)
        delivery = app.pool.send_code(user, "sign-up", "EMAIL")
        return {"UserConfirmed": False, "UserSub": user.sub, "CodeDeliveryDetails": delivery}

    def confirm_sign_up(self, call: Reply) -> Reply:
        app = self._app(call)
        user = app.pool.find_user(call["Username"])
        if user is None:
            raise Refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
        if user.status != "UNCONFIRMED":
            raise not_authorized(f"User cannot be confirmed. Current status is {user.status}")
        app.pool.take_code(user, "sign-up", call["ConfirmationCode"])
        user.status = "CONFIRMED"
        return {}

    def resend_confirmation_code(self, call: Reply) -> Reply:
        app = self._app(call)
        user = app.pool.find_user(call["Username"])
        if user is None:
            return _simulated_delivery()
        if user.status != "UNCONFIRMED":
            raise Refusal("InvalidParameterException", "User is already confirmed.")
        return {"CodeDeliveryDetails": app.pool.send_code(user, "sign-up", "EMAIL")}

    def forgot_password(self, call: Reply) -> Reply:
        app = self._app(call)
        user = app.pool.find_user(call["Username"])
        if user is None:
            return _simulated_delivery()
        if not user.enabled:
            raise not_authorized("User is disabled.")
        if user.status == "FORCE_CHANGE_PASSWORD":
            raise not_authorized("User password cannot be reset in the current state.")
        return {"CodeDeliveryDetails": app.pool.send_code(user, "password", "EMAIL")}

    def confirm_forgot_password(self, call: Reply) -> Reply:
        app = self._app(call)
        user = app.pool.find_user(call["Username"])
        if user is None:
            raise Refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
        app.pool.check_password(call["Password"])
        app.pool.take_code(user, "password", call["ConfirmationCode"])
        user.password, user.status = call["Password"], "CONFIRMED"
        return {}

    # With an access token.

    def _user(self, call: Reply) -> User:
        if "AccessToken" not in call:
            raise Refusal("InvalidParameterException", "Missing required parameter AccessToken")
        return self._find_sign_in(call["AccessToken"]).user

    def _pool(self, call: Reply) -> Pool:
        return self._find_sign_in(call["AccessToken"]).app.pool

    def global_sign_out(self, call: Reply) -> Reply:
        user = self._user(call)
        for sign_in in self._pool(call).sign_ins:
            sign_in.revoked = sign_in.revoked or sign_in.user is user
        return {}

    def get_user(self, call: Reply) -> Reply:
        user = self._user(call)
        listed = [{"Name": name, "Value": value} for name, value in user.all_attributes().items()]
        reply: Reply = {"Username": user.username, "UserAttributes": listed}
        if user.mfa:
            reply["UserMFASettingList"] = user.mfa
        if user.preferred_mfa:
            reply["PreferredMfaSetting"] = user.preferred_mfa
        return reply

    def change_password(self, call: Reply) -> Reply:
        user = self._user(call)
        if user.password is not None and "PreviousPassword" not in call:
            raise Refusal("InvalidParameterException", "Missing required parameter OldPassword")
        if user.password is not None and call["PreviousPassword"] != user.password:
            raise not_authorized()
        self._pool(call).check_password(call["ProposedPassword"])
        user.password = call["ProposedPassword"]
        return {}

    def update_user_attributes(self, call: Reply) -> Reply:
        user, pool = self._user(call), self._pool(call)
        changes = _attributes(call["UserAttributes"])
        if "sub" in changes or any(name.endswith("_verified") for name in changes):
            raise not_authorized("A client attempted to write unauthorized attribute")
        user.attributes.update(changes)
        changed = [name for name in changes if name in _VERIFIED_BY]
        for name in changed:
            user.attributes[name + "_verified"] = "false"
        return {"CodeDeliveryDetailsList": [pool.send_code(user, name, _VERIFIED_BY[name]) for name in changed]}

    def get_user_attribute_verification_code(self, call: Reply) -> Reply:
        user, name = self._user(call), call["AttributeName"]
        if name not in _VERIFIED_BY or name not in user.attributes:
            raise Refusal("InvalidParameterException", f"{name} cannot be verified")
        return {"CodeDeliveryDetails": self._pool(call).send_code(user, name, _VERIFIED_BY[name])}

    def verify_user_attribute(self, call: Reply) -> Reply:
        user = self._user(call)
        self._pool(call).take_code(user, call["AttributeName"], call["Code"])
        user.attributes[call["AttributeName"] + "_verified"] = "true"
        return {}

    def delete_user(self, call: Reply) -> Reply:
        user = self._user(call)
        del self._pool(call).users[user.username]
        user.exists = False
        return {}

    def set_user_mfa_preference(self, call: Reply) -> Reply:
        user = self._user(call)
        for member, factor in _MFA_SETTINGS.items():
            if member in call:
                _set_mfa(user, factor, call[member])
        return {}

    # Devices.

    def confirm_device(self, call: Reply) -> Reply:
        device, pool = self._device(call), self._pool(call)
        if device.confirmed:
            raise Refusal("DeviceKeyExistsException", "Device already exists")
        given = call.get("DeviceSecretVerifierConfig", {})
        try:
            device.salt = _signed(given["Salt"])
            device.verifier = _signed(given["PasswordVerifier"])
        except (KeyError, ValueError) as problem:
            message = "Salt and PasswordVerifier are base64 of positive numbers"
            raise Refusal("InvalidParameterException", message) from problem
        device.name = call.get("DeviceName", "")
        device.remembered = pool.device_tracking == "always"
        return {"UserConfirmationNecessary": pool.device_tracking == "opt-in"}

    def update_device_status(self, call: Reply) -> Reply:
        device = self._device(call)
        if not device.confirmed:
            raise Refusal("InvalidParameterException", "Device is not confirmed")
        device.remembered = call.get("DeviceRememberedStatus") == "remembered"
        return {}

    def get_device(self, call: Reply) -> Reply:
        return {"Device": self._described(self._device(call))}

    def list_devices(self, call: Reply) -> Reply:
        devices = [device for device in self._user(call).devices.values() if device.confirmed]
        start, limit = int(call.get("PaginationToken", "0")), call.get("Limit") or 60
        reply: Reply = {"Devices": [self._described(device) for device in devices[start : start + limit]]}
        if start + limit < len(devices):
            reply["PaginationToken"] = str(start + limit)
        return reply

    def forget_device(self, call: Reply) -> None:
        device = self._device(call)
        del self._user(call).devices[device.key]

    def _device(self, call: Reply) -> Device:
        device = self._user(call).devices.get(call["DeviceKey"])
        if device is None:
            raise Refusal("ResourceNotFoundException", "Device does not exist.")
        return device

    def _described(self, device: Device) -> Reply:
        now = self._world.now()
        # The names that AWS's example of AdminGetDevice has.
        attributes = {
            "device_status": "valid",
            "device_name": device.name,
            "dev:device_remembered_status": "remembered" if device.remembered else "not_remembered",
        }
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        dates = ("DeviceCreateDate", "DeviceLastModifiedDate", "DeviceLastAuthenticatedDate")
        return {"DeviceKey": device.key, "DeviceAttributes": listed, **dict.fromkeys(dates, round(now, 3))}


def _attributes(listed: list[dict[str, str]]) -> dict[str, str]:
    return {item["Name"]: item.get("Value", "") for item in listed}


def _simulated_delivery() -> Reply:
    """What a stranger's name gets, so that names can't be probed."""
    details = {"Destination": "+*******0000", "DeliveryMedium": "SMS", "AttributeName": "phone_number"}
    return {"CodeDeliveryDetails": details}


def _set_mfa(user: User, factor: str, settings: dict[str, bool]) -> None:
    if settings.get("Enabled") and factor == "SOFTWARE_TOKEN_MFA" and not user.totp_secret:
        raise Refusal("InvalidParameterException", "User has not verified software token mfa")
    user.mfa = [one for one in user.mfa if one != factor] + ([factor] if settings.get("Enabled") else [])
    if settings.get("PreferredMfa"):
        user.preferred_mfa = factor
    elif user.preferred_mfa == factor:
        user.preferred_mfa = ""


def _signed(encoded: str) -> int:
    """The number in base64 of Java's form. One without its zero byte reads as negative, which no client may send."""
    number = int.from_bytes(base64.b64decode(encoded, validate=True), "big", signed=True)
    if number <= 0:
        raise ValueError("not a positive number")
    return number
