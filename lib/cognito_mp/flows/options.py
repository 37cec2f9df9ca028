"""What some operations take besides their parameters."""

from ..argument_types import require_text_dict

# Source: botocore's model of InitiateAuth, RespondToAuthChallenge, SignUp, ForgotPassword and their like.
_MEMBERS = {
    "client_metadata": "ClientMetadata",
    "user_context_data": "UserContextData",
}


def add_options(parameters: dict, options: dict, names: tuple = tuple(_MEMBERS)) -> dict:
    """`parameters` with `options` in them, under Cognito's names; an option that is None is left out.

    client_metadata    dict of str for the pool's Lambda triggers
    user_context_data  {"IpAddress": str, "EncodedData": str}, for threat protection
    names              those that the operation takes

    Raises TypeError for a name that is not one of them, ValueError for a value that is not a dict of str to str.
    """
    for name in options:
        if name not in names:
            raise TypeError("unexpected argument %s: this takes %s" % (name, ", ".join(names)))
        if options[name] is not None:
            require_text_dict(**{name: options[name]})
            parameters[_MEMBERS[name]] = options[name]
    return parameters
