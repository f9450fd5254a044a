"""Which passwords are refused: short, common, or made of the person's own name. Judged here, asked of nobody outside."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

LEAST_SCORE = 3  # of zxcvbn, 0 to 4: safe from ten thousand million guesses
LONGEST_JUDGED = 72  # zxcvbn takes no more; what follows makes a password only better
SHORTEST_NAME = 3  # characters; shorter names are in many good passwords by chance


class Passwords(PasswordUtil):
    """Length by Flask-Security, the rest by zxcvbn's lists of common passwords, names and words."""

    def validate(self, password: str, is_register: bool, **details: Any) -> tuple[list[str] | None, str]:
        """Messages (None: accepted) and the normalised password."""
        messages, normal = super().validate(password, is_register, **details)
        if messages:
            return messages, normal
        user = details.get("user")
        own = [user.username or "", user.full_name] if user is not None else [details.get("username") or ""]
        found = weakness(normal, [name for name in own if name])
        return ([found] if found else None), normal


def weakness(password: str, own_names: list[str]) -> str:
    """Why `password` is refused, in the reader's language; '' where it is good."""
    from zxcvbn import zxcvbn  # its word lists are read when a password is chosen, not at every start

    if any(len(name) >= SHORTEST_NAME and name.casefold() in password.casefold() for name in own_names):
        return str(_("密码里不能有您自己的用户名或姓名"))
    judged = zxcvbn(password[:LONGEST_JUDGED], user_inputs=[*own_names, "minyi", "民意"])
    if judged["score"] >= LEAST_SCORE:
        return ""
    patterns = {match["pattern"] for match in judged["sequence"]}
    if "dictionary" in patterns:
        return str(_("密码太常见：它由常用密码、词语或人名组成，请换成更长、不常见的组合"))
    if patterns & {"spatial", "sequence", "repeat"}:
        return str(_("密码太容易猜到：请不要用键盘上相邻、连续或重复的字符"))
    return str(_("密码太容易猜到：请再长一些，不要用日期"))
