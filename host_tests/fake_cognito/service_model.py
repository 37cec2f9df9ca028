"""What AWS's own service models say of a request: the judge of every request that a test sends.

    assert violations("AWSCognitoIdentityProviderService.InitiateAuth", body) == []

The models are AWS's newest (cognito_mp_tools.packages.aws_models). botocore's ParamValidator checks types, required
and unknown members and minima; it leaves maxima, enums and patterns to the service, so they are checked here.
AuthParameters and ChallengeResponses are open maps in the model; AUTH_PARAMETERS and CHALLENGE_RESPONSES hold what its
documentation asks of them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel, Shape
from botocore.validate import ParamValidator
from cognito_mp_tools.local.tls_front import Request
from cognito_mp_tools.packages.aws_models import data_folder

CONTENT_TYPE = "application/x-amz-json-1.1"
USER_POOLS = "AWSCognitoIdentityProviderService"
IDENTITY_POOLS = "AWSCognitoIdentityService"

_SERVICES = {USER_POOLS: "cognito-idp", IDENTITY_POOLS: "cognito-identity"}
_PROOF = {"PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP"}

# AuthFlow: the AuthParameters that it must have, and those that it may have besides SECRET_HASH and DEVICE_KEY.
AUTH_PARAMETERS: dict[str, tuple[set[str], set[str]]] = {
    "USER_PASSWORD_AUTH": ({"USERNAME", "PASSWORD"}, set()),
    "USER_SRP_AUTH": ({"USERNAME", "SRP_A"}, set()),
    "REFRESH_TOKEN_AUTH": ({"REFRESH_TOKEN"}, set()),
    "REFRESH_TOKEN": ({"REFRESH_TOKEN"}, set()),
    "CUSTOM_AUTH": ({"USERNAME"}, {"CHALLENGE_NAME", "SRP_A"}),
    "USER_AUTH": ({"USERNAME"}, {"PREFERRED_CHALLENGE", "PASSWORD", "SRP_A"}),
}

# ChallengeName: the ChallengeResponses that it must have besides USERNAME, and those that it may have.
CHALLENGE_RESPONSES: dict[str, tuple[set[str], set[str]]] = {
    "NEW_PASSWORD_REQUIRED": ({"NEW_PASSWORD"}, set()),
    "SMS_MFA": ({"SMS_MFA_CODE"}, set()),
    "SOFTWARE_TOKEN_MFA": ({"SOFTWARE_TOKEN_MFA_CODE"}, set()),
    "EMAIL_OTP": ({"EMAIL_OTP_CODE"}, set()),
    "SMS_OTP": ({"SMS_OTP_CODE"}, set()),
    "SELECT_MFA_TYPE": ({"ANSWER"}, set()),
    "MFA_SETUP": (set(), set()),
    "SELECT_CHALLENGE": ({"ANSWER"}, {"PASSWORD", "SRP_A", "CREDENTIAL"}),
    "PASSWORD": ({"PASSWORD"}, set()),
    "PASSWORD_SRP": ({"SRP_A"}, set()),
    "PASSWORD_VERIFIER": (_PROOF, set()),
    "DEVICE_SRP_AUTH": ({"DEVICE_KEY", "SRP_A"}, set()),
    "DEVICE_PASSWORD_VERIFIER": ({"DEVICE_KEY"} | _PROOF, set()),
    "CUSTOM_CHALLENGE": ({"ANSWER"}, set()),
    "WEB_AUTHN": ({"CREDENTIAL"}, set()),
}
_ALWAYS_ALLOWED = {"SECRET_HASH", "DEVICE_KEY"}
# AWS asks these without a Session, at least at times: the secret block or the device key stands in for it.
_MAY_LACK_SESSION = {"PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"}


@functools.cache
def _service(prefix: str) -> ServiceModel:
    loader = Loader(extra_search_paths=[str(data_folder())], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(_SERVICES[prefix], "service-2"))


def members_of_operations(prefix: str) -> dict[str, set[str]]:
    """Each operation of a service, USER_POOLS or IDENTITY_POOLS, and the names of what its input may hold."""
    service = _service(prefix)
    inputs = {name: service.operation_model(name).input_shape for name in service.operation_names}
    return {name: set(shape.members) if shape else set() for name, shape in inputs.items()}


def outline(prefix: str) -> dict[str, list[str]]:
    """What a service, USER_POOLS or IDENTITY_POOLS, takes and refuses: all that a new botocore may add to or take away.

    Each operation with its input's members and its errors, and each shape of the model that is a choice of values.
    """
    service = _service(prefix)
    found = {}
    for name in service.operation_names:
        operation = service.operation_model(name)
        members = operation.input_shape.members if operation.input_shape else ()
        found[name] = sorted([*members, *(shape.name for shape in operation.error_shapes)])
    shapes = (service.shape_for(name) for name in service.shape_names)
    found.update({shape.name: sorted(shape.enum) for shape in shapes if getattr(shape, "enum", None)})
    return found


def operation_model(target: str) -> OperationModel | None:
    """The model of `target`, an X-Amz-Target or a bare operation name; None when there is no such operation."""
    prefix, dot, name = target.rpartition(".")
    for candidate in [prefix] if dot else list(_SERVICES):
        if candidate in _SERVICES:
            try:
                return _service(candidate).operation_model(name)
            except OperationNotFoundError:
                continue
    return None


def request_violations(request: Request) -> list[str]:
    """All that is wrong with `request` as a call of user pools or identity pools; empty when nothing is."""
    found = []
    if request.method != "POST" or request.path != "/":
        found.append(f"{request.method} {request.path} is not POST /")
    if request.headers.get("content-type") != CONTENT_TYPE:
        found.append(f"Content-Type is {request.headers.get('content-type')!r}, not {CONTENT_TYPE}")
    return found + violations(request.headers.get("x-amz-target", ""), request.body)


def violations(operation: str, body: bytes) -> list[str]:
    """What the model finds wrong with `body`, as a call of `operation` (an X-Amz-Target, or its last part)."""
    model = operation_model(operation)
    if model is None:
        return [f"no such operation: {operation!r}"]
    found = _shape_problems(body, model.input_shape, "input")
    return found or _map_problems(model.name, json.loads(body))


def reply_violations(operation: str, body: bytes) -> list[str]:
    """What the model finds wrong with `body`, as the answer to a call of `operation` that went well."""
    model = operation_model(operation)
    if model is None:
        return [f"no such operation: {operation!r}"]
    if model.output_shape is None or not body:
        return [] if not body else ["there is a body where the model has none"]
    return _shape_problems(body, model.output_shape, "output")


def _shape_problems(body: bytes, shape: Shape, where: str) -> list[str]:
    try:
        parameters = json.loads(body.decode())
    except ValueError as problem:
        return [f"the body is not JSON in UTF-8: {problem}"]
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        return str(report.generate_report()).splitlines()
    return list(_breaches(parameters, shape, where))


def _breaches(value: Any, shape: Shape, where: str) -> Iterator[str]:
    """The constraints of `shape` that botocore leaves to the service: maximum, enum, pattern."""
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _breaches(member, shape.members[name], f"{where}.{name}")
    elif shape.type_name == "map":
        for name, member in value.items():
            yield from _breaches(name, shape.key, f"{where} key {name}")
            yield from _breaches(member, shape.value, f"{where}.{name}")
    elif shape.type_name == "list":
        yield from _too_long(len(value), shape, where)
        for index, member in enumerate(value):
            yield from _breaches(member, shape.member, f"{where}[{index}]")
    elif shape.type_name == "string":
        yield from _too_long(len(value), shape, where)
        yield from _text_breaches(value, shape, where)


def _too_long(length: int, shape: Shape, where: str) -> Iterator[str]:
    maximum = shape.metadata.get("max")
    if maximum is not None and length > maximum:
        yield f"{where} has length {length}, more than {maximum}"


def _text_breaches(text: str, shape: Shape, where: str) -> Iterator[str]:
    # The values themselves stay out of the messages: some are passwords.
    allowed = shape.metadata.get("enum")
    if allowed and text not in allowed:
        yield f"{where} is none of {', '.join(allowed)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(text):
        yield f"{where} does not match {pattern}"


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java's \w is ASCII. Python has no \p{..}: all the letters, marks, symbols, numbers and punctuation that the
    # models name together are what is left of \S without control characters, which no test sends.
    classes = re.sub(r"(\\p\{\w+\})+", r"\\S", pattern)
    return re.compile(classes, 0 if classes != pattern else re.ASCII)


def _map_problems(operation: str, parameters: dict[str, Any]) -> list[str]:
    if operation == "InitiateAuth":
        return _auth_parameter_problems(parameters["AuthFlow"], parameters.get("AuthParameters", {}))
    if operation == "RespondToAuthChallenge":
        return _challenge_problems(parameters)
    return []


def _auth_parameter_problems(flow: str, given: dict[str, str]) -> list[str]:
    if flow not in AUTH_PARAMETERS:
        return [f"AuthFlow {flow} is for servers with AWS credentials"]
    needed, allowed = AUTH_PARAMETERS[flow]
    found = _missing_and_unknown(set(given), needed, allowed | _ALWAYS_ALLOWED)
    if flow == "CUSTOM_AUTH" and (given.get("CHALLENGE_NAME") == "SRP_A") != ("SRP_A" in given):
        found.append("CHALLENGE_NAME=SRP_A and SRP_A go together")
    return found


def _challenge_problems(parameters: dict[str, Any]) -> list[str]:
    name, given = parameters["ChallengeName"], set(parameters.get("ChallengeResponses", {}))
    if name not in CHALLENGE_RESPONSES:
        return [f"ChallengeName {name} is for servers with AWS credentials"]
    needed, allowed = CHALLENGE_RESPONSES[name]
    if name == "NEW_PASSWORD_REQUIRED":
        given = {key for key in given if not key.startswith("userAttributes.")}
    found = _missing_and_unknown(given, needed | {"USERNAME"}, allowed | _ALWAYS_ALLOWED)
    if "Session" not in parameters and name not in _MAY_LACK_SESSION:
        found.append("Missing required parameter Session")
    return found


def _missing_and_unknown(given: set[str], needed: set[str], allowed: set[str]) -> list[str]:
    missing = [f"Missing required parameter {name}" for name in sorted(needed - given)]
    return missing + [f"Unknown parameter {name}" for name in sorted(given - needed - allowed)]
