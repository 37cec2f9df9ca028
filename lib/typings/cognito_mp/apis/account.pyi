from collections.abc import Coroutine
from typing import Any, overload

from ..aio import AsyncClient
from ..client import Client, _Credentials

@overload
def call(
    client: Client, operation: str, parameters: dict[str, Any] | None = None, credentials: _Credentials | None = None
) -> dict[str, Any]: ...
@overload
def call(
    client: AsyncClient,
    operation: str,
    parameters: dict[str, Any] | None = None,
    credentials: _Credentials | None = None,
) -> Coroutine[Any, Any, dict[str, Any]]: ...
@overload
def sign_up(
    client: Client,
    username: str,
    password: str | None,
    attributes: dict[str, str] | None = None,
    **options: dict[str, Any] | None,
) -> dict[str, Any]: ...
@overload
def sign_up(
    client: AsyncClient,
    username: str,
    password: str | None,
    attributes: dict[str, str] | None = None,
    **options: dict[str, Any] | None,
) -> Coroutine[Any, Any, dict[str, Any]]: ...
@overload
def confirm_sign_up(
    client: Client, username: str, code: str, session: str | None = None, **options: dict[str, Any] | None
) -> str | None: ...
@overload
def confirm_sign_up(
    client: AsyncClient, username: str, code: str, session: str | None = None, **options: dict[str, Any] | None
) -> Coroutine[Any, Any, str | None]: ...
@overload
def resend_code(client: Client, username: str, **options: dict[str, Any] | None) -> dict[str, str]: ...
@overload
def resend_code(
    client: AsyncClient, username: str, **options: dict[str, Any] | None
) -> Coroutine[Any, Any, dict[str, str]]: ...
@overload
def forgot_password(client: Client, username: str, **options: dict[str, Any] | None) -> dict[str, str]: ...
@overload
def forgot_password(
    client: AsyncClient, username: str, **options: dict[str, Any] | None
) -> Coroutine[Any, Any, dict[str, str]]: ...
@overload
def confirm_forgot_password(
    client: Client, username: str, code: str, new_password: str, **options: dict[str, Any] | None
) -> None: ...
@overload
def confirm_forgot_password(
    client: AsyncClient, username: str, code: str, new_password: str, **options: dict[str, Any] | None
) -> Coroutine[Any, Any, None]: ...
@overload
def change_password(client: Client, password: str | None, new_password: str) -> None: ...
@overload
def change_password(client: AsyncClient, password: str | None, new_password: str) -> Coroutine[Any, Any, None]: ...
@overload
def get_user(client: Client) -> dict[str, Any]: ...
@overload
def get_user(client: AsyncClient) -> Coroutine[Any, Any, dict[str, Any]]: ...
@overload
def update_attributes(
    client: Client, attributes: dict[str, str], client_metadata: dict[str, str] | None = None
) -> list[dict[str, str]]: ...
@overload
def update_attributes(
    client: AsyncClient, attributes: dict[str, str], client_metadata: dict[str, str] | None = None
) -> Coroutine[Any, Any, list[dict[str, str]]]: ...
@overload
def request_attribute_code(
    client: Client, name: str, client_metadata: dict[str, str] | None = None
) -> dict[str, str]: ...
@overload
def request_attribute_code(
    client: AsyncClient, name: str, client_metadata: dict[str, str] | None = None
) -> Coroutine[Any, Any, dict[str, str]]: ...
@overload
def verify_attribute(client: Client, name: str, code: str) -> None: ...
@overload
def verify_attribute(client: AsyncClient, name: str, code: str) -> Coroutine[Any, Any, None]: ...
@overload
def delete_user(client: Client) -> None: ...
@overload
def delete_user(client: AsyncClient) -> Coroutine[Any, Any, None]: ...
@overload
def set_mfa_preference(client: Client, factor: str, enabled: bool = True, preferred: bool = False) -> None: ...
@overload
def set_mfa_preference(
    client: AsyncClient, factor: str, enabled: bool = True, preferred: bool = False
) -> Coroutine[Any, Any, None]: ...
@overload
def associate_software_token(client: Client) -> str: ...
@overload
def associate_software_token(client: AsyncClient) -> Coroutine[Any, Any, str]: ...
@overload
def verify_software_token(client: Client, code: str, device_name: str | None = None) -> None: ...
@overload
def verify_software_token(
    client: AsyncClient, code: str, device_name: str | None = None
) -> Coroutine[Any, Any, None]: ...
@overload
def list_devices(client: Client) -> list[dict[str, Any]]: ...
@overload
def list_devices(client: AsyncClient) -> Coroutine[Any, Any, list[dict[str, Any]]]: ...
@overload
def forget_device(client: Client, device_key: str) -> None: ...
@overload
def forget_device(client: AsyncClient, device_key: str) -> Coroutine[Any, Any, None]: ...
@overload
def get_device(client: Client, device_key: str | None = None) -> dict[str, Any]: ...
@overload
def get_device(client: AsyncClient, device_key: str | None = None) -> Coroutine[Any, Any, dict[str, Any]]: ...
@overload
def remember_device(client: Client, remembered: bool = True, device_key: str | None = None) -> None: ...
@overload
def remember_device(
    client: AsyncClient, remembered: bool = True, device_key: str | None = None
) -> Coroutine[Any, Any, None]: ...
