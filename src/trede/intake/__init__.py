"""From the bytes of a file to mapped rows: detection, reading, mapping, and a fate for every physical row.

The way through: `encoding` (bytes to text), `dialect` and `reader` (text to records), `opening` (the
profile's columns), `layout` (which rows are data), `mapping` (fields and rules), `outcome` (fates, issues,
control totals), `staging`.
"""

from trede.intake.checking import load_profile
from trede.intake.controls import Control
from trede.intake.inspection import Inspection, inspect_file
from trede.intake.problems import Choice
from trede.intake.profile import Profile
from trede.intake.settings import Dialect, FileSettings
from trede.intake.staging import READER_VERSION, Staging, stage
from trede.intake.starter import Starter, starter_profile

__all__ = [
    "READER_VERSION",
    "Choice",
    "Control",
    "Dialect",
    "FileSettings",
    "Inspection",
    "Profile",
    "Staging",
    "Starter",
    "inspect_file",
    "load_profile",
    "stage",
    "starter_profile",
]
