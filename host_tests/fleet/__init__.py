"""A fleet against Cognito's quotas, simulated: the library's own refreshes, and the firmware's waits between them.

service.py is the service, device.py a device, scenarios.py what happens to the fleet, picture.py draws it.

    cd host_tests && python -m fleet --devices 1000000
"""

import sys
from pathlib import Path

# The firmware's application is no package that is installed on a computer.
sys.path.append(str(Path(__file__).resolve().parents[2] / "firmware"))
