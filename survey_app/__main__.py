"""`python -m survey_app` is the `minyi` command."""

from survey_app.cli import main

main()
