"""A device, its network, its service and its people, simulated: world.py puts them together, one seed is one world."""

import sys

from cognito_mp_tools.project import ROOT

# Behind what is there already: a copy with a defect comes first.
if str(ROOT / "firmware") not in sys.path:
    sys.path.append(str(ROOT / "firmware"))
