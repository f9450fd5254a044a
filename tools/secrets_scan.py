"""No secret stands in a file of the repository: keys, tokens, passwords in addresses, our own secret files.

python tools/secrets_scan.py       (make lint; status 1 where one is found)

Two kinds are looked for: what gives itself away by its form, and long random text given to a name such as `token`.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}"),
    "a cloud's access key": re.compile(r"\b(?:AKIA|ASIA|LTAI)[0-9A-Za-z]{12,24}\b"),
    "a forge's token": re.compile(r"\b(?:gh[pousr]_|glpat-|github_pat_)[0-9A-Za-z_-]{20,}"),
    "a chat's or a service's token": re.compile(r"\b(?:xox[abprs]-|sk-)[0-9A-Za-z-]{20,}"),
    "a signed token": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}"),
    "a sealed text": re.compile(r"\bgAAAAA[0-9A-Za-z_-]{60,}"),
}
ADDRESS = re.compile(r"://[^\s:/@'\"]+:(?P<password>[^\s:/@'\"{}$<…]{6,})@")
GIVEN = re.compile(
    r"(?i)(?:secret|token|passw(?:or)?d|salt|api_?key|totp_key|text_key)\w*['\"]?\s*[:=]\s*['\"](?P<value>[\w+/=-]{24,})['\"]"
)
PLACEHOLDERS = ("password", "change-me", "secret", "example", "only-for-", "p%40ss")
OUR_FILES = ("secret_key", "password_salt", "totp_key", "text_key", ".env", "id_rsa", "id_ed25519")
ENDINGS = (".pem", ".p12", ".pfx", ".key", ".sqlite3")
RANDOM = 3.7  # bits a character; words and names have less


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)  # nosec
    found = [line for name in listed.stdout.split("\0") if name for line in in_file(name, ROOT / name)]
    print("\n".join(found), file=sys.stderr) if found else None
    return 1 if found else 0


def in_file(name: str, path: Path) -> Iterator[str]:
    """Lines that say what was found in a file and where; never the secret itself."""
    if path.name in OUR_FILES or path.suffix in ENDINGS:
        yield f"{name}: a file of this name holds secrets or data"
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for what in in_line(line):
            yield f"{name}:{number}: {what}"


def in_line(line: str) -> Iterator[str]:
    """What stands in a line."""
    yield from (what for what, form in FORMS.items() if form.search(line))
    for found in ADDRESS.finditer(line):
        if not any(word in found["password"].lower() for word in PLACEHOLDERS):
            yield "a password in an address"
    for found in GIVEN.finditer(line):
        value = found["value"]
        if bits(value) > RANDOM and not any(word in value.lower() for word in PLACEHOLDERS):
            yield "random text given to a name of secrets"


def bits(text: str) -> float:
    """Shannon's entropy of its characters, in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


if __name__ == "__main__":
    sys.exit(main())
