"""The few ways an estimate can be refused, each with a person's sentence: what, where, what to do."""

from wording import Refusal


class AnalysisError(Refusal):
    """Any input the analysis cannot use."""


class CellsError(AnalysisError):
    """The responses do not fit the plan: a missing column, a missing design value, a wrong weight."""


class DesignError(AnalysisError):
    """The sampling design cannot give a variance."""


class CalibrationError(AnalysisError):
    """The weights cannot be brought to the margins."""


class FormatError(Refusal):
    """A document of a format that this release does not know, in the user's words."""
