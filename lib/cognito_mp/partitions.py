"""The hosts of AWS's services in each of its partitions. A plain Client of the commercial one needs none of this.

Source: botocore 1.44.8, partitions.json and the endpoint rules of cognito-idp and cognito-identity;
host_tests/test_endpoints.py compares every region.
"""

_FIPS = "-fips"
# The part of a region's name that tells its partition, and the suffix of its hosts.
_SUFFIXES = {
    "cn": "amazonaws.com.cn",
    "eusc": "amazonaws.eu",
    "iso": "c2s.ic.gov",
    "isob": "sc2s.sgov.gov",
    "isoe": "cloud.adc-e.uk",
    "isof": "csp.hci.ic.gov",
}


def url(service: str, region: str, fips: bool = False) -> str:
    """Where `service`, "cognito-idp" or "cognito-identity", is in `region`.

    fips  the endpoint whose cryptography is validated to FIPS 140

    Raises ValueError for user pools in China, which AWS has not got.
    """
    suffix = "amazonaws.com"
    for part in region.split("-")[:2]:
        suffix = _SUFFIXES.get(part, suffix)
    if suffix == "amazonaws.com.cn" and service == "cognito-idp":
        raise ValueError("region: AWS has no user pools in China; one elsewhere, or a server of your own by endpoint=")
    return "https://%s%s.%s.%s" % (service, _FIPS if fips else "", region, suffix)


def is_fips(url: str) -> bool:
    """True when `url` is AWS's FIPS endpoint for user pools."""
    return url.startswith("https://cognito-idp" + _FIPS + ".")


def region_of(host: str) -> "str | None":
    """The region that the name of one of AWS's own hosts tells, as for user pools; None where it tells none."""
    parts = host.split(".")
    return parts[1] if parts[0] in ("cognito-idp", "cognito-idp" + _FIPS) and len(parts) > 2 else None
