"""The user pool and the app client that a device needs: once as CloudFormation, once as API parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Seconds, the longest that AWS allows.
GRACE = 60
# Of one person, the most that AWS allows: the next sign-in ends the one that was used least recently.
MAX_SESSIONS = 100


@dataclass(frozen=True)
class PoolPlan:
    """What a pool is to be like.

    name                of the pool; its app client is called the same with "-device"
    email               True: people sign in with their e-mail address in place of a user name
    totp                True: people may switch on an authenticator app as a second factor
    secret              True: the app client has a secret
    refresh_token_days  how long a device stays signed in, 1 to 3650
    rotation            True: each refresh brings a new refresh token, and the old one is good for GRACE s more
    self_sign_up        True: anybody may make an account
    session_tracking    True: people see where they are signed in, up to MAX_SESSIONS of them
    """

    name: str
    email: bool = True
    totp: bool = False
    secret: bool = True
    refresh_token_days: int = 365
    rotation: bool = False
    self_sign_up: bool = False
    session_tracking: bool = False

    def pool(self) -> dict[str, Any]:
        """The parameters of CreateUserPool, its name and second factors aside."""
        properties: dict[str, Any] = {
            "AutoVerifiedAttributes": ["email"],
            "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
            "Policies": {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 7}},
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": not self.self_sign_up},
            "UsernameConfiguration": {"CaseSensitive": False},
            "DeletionProtection": "ACTIVE",
        }
        if self.email:
            properties["UsernameAttributes"] = ["email"]
        return properties

    def client(self) -> dict[str, Any]:
        """The parameters of CreateUserPoolClient, the pool aside."""
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
        # AWS refuses this flow beside rotation, whose refreshes are calls of GetTokensFromRefreshToken.
        rotation: dict[str, Any] = {"ExplicitAuthFlows": [*flows, "ALLOW_REFRESH_TOKEN_AUTH"]}
        if self.rotation:
            rotation = {
                "ExplicitAuthFlows": flows,
                "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": GRACE},
            }
        return {
            "ClientName": f"{self.name}-device",
            "GenerateSecret": self.secret,
            **rotation,
            "RefreshTokenValidity": self.refresh_token_days,
            "TokenValidityUnits": {"RefreshToken": "days"},
            "PreventUserExistenceErrors": "ENABLED",
            "EnableTokenRevocation": True,
        }


def template(plan: PoolPlan) -> dict[str, Any]:
    """A CloudFormation template that makes what `plan` says."""
    # The API takes these in a call of its own only (SetUserPoolMfaConfig).
    factors = {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]} if plan.totp else {}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "User pool and app client for devices that sign in with cognito_mp",
        "Resources": {
            "UserPool": {
                "Type": "AWS::Cognito::UserPool",
                # The people in it are not in the template.
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {"UserPoolName": plan.name, **plan.pool(), **factors},
            },
            "DeviceClient": {
                "Type": "AWS::Cognito::UserPoolClient",
                "Properties": {"UserPoolId": {"Ref": "UserPool"}, **plan.client()},
            },
        },
        "Outputs": {
            "Region": {"Value": {"Ref": "AWS::Region"}},
            "UserPoolId": {"Value": {"Ref": "UserPool"}},
            "ClientId": {
                "Value": {"Ref": "DeviceClient"},
                "Description": "Its secret: aws cognito-idp describe-user-pool-client",
            },
        },
    }
