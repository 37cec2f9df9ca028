"""The maker's own AWS account: a boto3 client with their credentials, and what AWS's refusals mean."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cognito_mp_tools.failures import ToolFailed

# What botocore 1.44.8's model has of operations that the botocore of our boto3 does not know, in the form that its
# loader adds to a model (botocore/loaders.py, "sdk-extras").
NEWER_OPERATIONS = Path(__file__).with_name("newer_operations")


@contextlib.contextmanager
def aws_explained() -> Iterator[None]:
    """Turn what boto3 raises into ToolFailed."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

    try:
        yield
    except NoCredentialsError as problem:
        raise ToolFailed(
            "there are no AWS credentials here: run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or name a --profile."
        ) from problem
    except NoRegionError as problem:
        raise ToolFailed("which AWS region? Pass --region, such as --region eu-west-1.") from problem
    except ClientError as problem:
        error = problem.response.get("Error", {})
        code = error.get("Code")
        hint = " `cognito-mp pool --policy` prints what your key must be allowed to do." if is_denied(problem) else ""
        raise ToolFailed(f"AWS refuses: {error.get('Message') or code} ({code}).{hint}") from problem
    except BotoCoreError as problem:
        raise ToolFailed(f"{str(problem).rstrip('.')}.") from problem


def is_denied(problem: Any) -> bool:
    """True when the ClientError `problem` says that this key may not make this call."""
    return bool(problem.response.get("Error", {}).get("Code") in ("AccessDeniedException", "AccessDenied"))


def is_gone(problem: Any) -> bool:
    """True when the ClientError `problem` says that what was named is not there."""
    return bool(problem.response.get("Error", {}).get("Code") == "ResourceNotFoundException")


def user_pools(region: str | None, profile: str | None, endpoint_url: str | None) -> Any:
    """A boto3 client for user pools. endpoint_url: another server than AWS; it needs no credentials."""
    import boto3
    import botocore.session

    core = botocore.session.Session()
    core.get_component("data_loader").search_paths.append(str(NEWER_OPERATIONS))
    session = boto3.Session(profile_name=profile, region_name=region, botocore_session=core)
    local = {}
    if endpoint_url and session.get_credentials() is None:  # what local servers take
        local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return session.client("cognito-idp", endpoint_url=endpoint_url, **local)
