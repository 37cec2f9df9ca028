"""What a release is made of (SBOM), as CycloneDX 1.6 in JSON: library, tools, and all that the tools bring along."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timezone
from importlib.metadata import Distribution, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import cognito_mp
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from .same_bytes import source_date

TOOLS = "cognito-mp-tools"
LIBRARY = "cognito-mp"


def content(artifacts: list[Path]) -> str:
    """The JSON; `artifacts` are the files of the release, each listed with its SHA-256."""
    bom = Bom()
    # Not a new number and the time of day, which would make each run different.
    bom.serial_number = uuid5(NAMESPACE_URL, f"{LIBRARY}@{cognito_mp.__version__}")
    bom.metadata.timestamp = datetime.fromtimestamp(source_date(), timezone.utc)
    version = cognito_mp.__version__
    whole = Component(name="cognito_mp", version=version, type=ComponentType.FRAMEWORK, bom_ref="release")
    bom.metadata.component = whole
    library = _component(LIBRARY, version)
    tools = _component(TOOLS, version)
    components = {name: _component(name, found.version) for name, found in _needed(TOOLS).items() if name != LIBRARY}
    bom.components.update([library, tools, *components.values(), *map(_file, artifacts)])
    bom.register_dependency(whole, [library, tools])
    bom.register_dependency(tools, [library, *(components[name] for name in _direct(TOOLS) if name in components)])
    for name in components:
        bom.register_dependency(components[name], [components[needed] for needed in _direct(name)])
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(name: str, version: str) -> Component:
    ours = name in (LIBRARY, TOOLS)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=[DisjunctiveLicense(id="MIT")] if ours else None,
    )


def _file(path: Path) -> Component:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest)]
    return Component(name=path.name, type=ComponentType.FILE, bom_ref=path.name, hashes=hashes)


def _needed(name: str) -> dict[str, Distribution]:
    """All that the distribution `name` needs, as installed here, by normalised name."""
    found: dict[str, Distribution] = {}
    waiting = _direct(name)
    while waiting:
        needed = waiting.pop()
        if needed not in found:
            found[needed] = distribution(needed)
            waiting += _direct(needed)
    return dict(sorted(found.items()))


def _direct(name: str) -> list[str]:
    """What `name` needs without an extra of its own. An extra that is asked of another package is not followed."""
    requirements = [Requirement(line) for line in distribution(name).requires or []]
    here = [each for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    return sorted({re.sub(r"[-_.]+", "-", each.name).lower() for each in here})
