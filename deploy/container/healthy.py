"""The container's health check: 0 where /readyz says that answers can be taken."""

import os
import sys
import urllib.request

address = f"http://127.0.0.1:{os.environ.get('MINYI_PORT') or 8000}/readyz"
try:
    with urllib.request.urlopen(address, timeout=4) as reply:
        sys.exit(reply.status != 200)
except OSError as error:  # no answer, or one that says what is wrong
    sys.exit(f"{address}: {error}")
