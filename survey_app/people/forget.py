"""An account as before its second factor was set up."""

from __future__ import annotations

from survey_app.models import User


def forget_second_factor(user: User) -> None:
    """Secret, last code and recovery codes go together."""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
