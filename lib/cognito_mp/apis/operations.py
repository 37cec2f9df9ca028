"""What call() adds to an operation besides what proves the app client. Loaded by call() alone.

Source: botocore 1.44.8's model of the service, 153 operations; a test goes over all of them.
"""

# One str each: of names in a tuple MicroPython would keep each for itself.
_PERSONS = (
    " AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice DeleteUser DeleteUserAttributes"
    " DeleteWebAuthnCredential ForgetDevice GetDevice GetUser GetUserAttributeVerificationCode GetUserAuthFactors"
    " GlobalSignOut ListDevices ListUserSessions ListWebAuthnCredentials RevokeUserSession SetUserMFAPreference"
    " SetUserSettings StartWebAuthnRegistration UpdateDeviceStatus UpdateUserAttributes VerifySoftwareToken"
    " VerifyUserAttribute "
)
# Of the owner's: about no user pool, or about one that has no id yet.
_OF_NO_POOL = (
    " CreateUserPool DescribeUserPoolDomain GetProvisionedLimit ListTagsForResource ListUserPools TagResource"
    " UntagResource UpdateProvisionedLimit "
)


def taken(operation: str, owners: bool) -> "str | None":
    """What `operation` takes: "AccessToken", or "UserPoolId", or None where it takes neither, or is not known.

    owners  bool: signed with AWS credentials, and none of the app client's own
    """
    name = " " + operation + " "
    if name in _PERSONS:
        return "AccessToken"
    if operation == "UpdateAuthEventFeedback" or owners and name not in _OF_NO_POOL:
        return "UserPoolId"
    return None
