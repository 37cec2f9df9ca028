"""One variant on CPython: measure_cpython.py SETTINGS.json VARIANT STEP. Prints JSON.

VARIANT  ours, boto3, pycognito
STEP     import, sign_in, srp
"""

import json
import sys
import time

settings_path, variant, step = sys.argv[1:]
with open(settings_path) as file:
    given = json.load(file)
report = {}


def memory(name: str) -> int:
    """kB, of Linux's /proc/self/status: VmRSS what is in memory now, VmHWM the most that was."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


empty = memory("VmRSS")
# The CPU time of this process, which does not depend on what else the computer does, nor on the server.
start = time.process_time()
if variant == "ours":
    with open(given["ca"], "rb") as file:
        der = file.read()
    from cognito_mp import Client, FileStore

    client = Client(
        "eu-west-1",
        given["client_id"],
        given["client_secret"],
        given["user_pool_id"],
        store=FileStore(given["store"]),
        endpoint=given["endpoint"],
        cadata=der,
    )
else:
    import base64
    import hashlib
    import hmac

    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    idp = boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=given["endpoint"],
        verify=given["pem"],
        config=Config(signature_version=UNSIGNED),
    )
if variant == "pycognito":
    from pycognito.aws_srp import AWSSRP
report["import_s"] = time.process_time() - start

start = time.process_time()
if step == "import":
    pass
elif variant == "ours":
    client.sign_in(given["username"], given["password"], "USER_SRP_AUTH" if step == "srp" else "USER_PASSWORD_AUTH")
elif variant == "boto3":
    message = (given["username"] + given["client_id"]).encode()
    digest = hmac.new(given["client_secret"].encode(), message, hashlib.sha256).digest()
    idp.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=given["client_id"],
        AuthParameters={
            "USERNAME": given["username"],
            "PASSWORD": given["password"],
            "SECRET_HASH": base64.b64encode(digest).decode(),
        },
    )["AuthenticationResult"]
else:
    AWSSRP(
        username=given["username"],
        password=given["password"],
        pool_id=given["user_pool_id"],
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        client=idp,
    ).authenticate_user()["AuthenticationResult"]
report["sign_in_s"] = time.process_time() - start
report["memory_kb"] = memory("VmHWM") - empty
print(json.dumps(report))
