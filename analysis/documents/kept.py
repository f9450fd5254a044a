"""What a run keeps to be computed from again: its input cells, and what single responses leave behind."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from analysis.documents.comparisons import ModeCount, VariantDocument
from analysis.documents.fieldwork import FieldworkDocument
from analysis.documents.open_beside import OpenBesideDocument
from analysis.documents.questions import QuestionDocument
from analysis.documents.services import ServiceName
from analysis.notices import NoticeDocument


class ColumnDocument(TypedDict):
    levels: list[str]
    codes: list[int]


class CellsDocument(TypedDict):
    """The input cells that a run keeps."""

    columns: dict[str, ColumnDocument]
    count: list[int]
    weight: list[float]
    weight_squared: list[float]


class DrawnSiteDocument(TypedDict):
    """A site as a run weighed by it; the fields of `sampled_sites.SampledSite`."""

    site: str
    stratum: str
    probability: float | None
    eligible: float | None
    drawn: float | None
    weight: float | None
    take: float | None
    basis: Literal["listed", "margin", "assumed", "residents", "typed"]
    planned: NotRequired[bool]
    line: int | None


class BesideDocument(TypedDict):
    """What stands beside the figure, made of single answers with the run."""

    fieldwork: FieldworkDocument
    open: OpenBesideDocument | None


class StoredCells(CellsDocument):
    """With how their answers were taken, since runs keep it, the sites drawn, where weights follow them, and what the
    run was told of its plan, where that is not simply the official one, and the figure without each band of hours and each
    day of a site of which most answers came from one network. closed: of a survey that had ended."""

    modes: NotRequired[list[ModeCount]]
    sites: NotRequired[list[DrawnSiteDocument]]
    told: NotRequired[list[NoticeDocument]]
    hours: NotRequired[list[VariantDocument]]
    networks: NotRequired[list[VariantDocument]]
    beside: NotRequired[BesideDocument | None]
    closed: NotRequired[bool]


class Packed(TypedDict):
    """A table of numbers: its type as numpy writes it, its shape, and its deflated bytes in base64."""

    dtype: str
    shape: list[int]
    data: str


class PackedColumn(TypedDict):
    levels: list[str]
    codes: Packed


class PackedCells(TypedDict):
    columns: dict[str, PackedColumn]
    count: Packed
    weight: Packed
    weight_squared: Packed


class ServiceTableDocument(PackedCells):
    services: list[str]
    codes: list[int]
    counts: Packed


class CountedDocument(TypedDict):
    """How many responses of which cell (as steps from the one before) gave which answer."""

    levels: list[str]
    cell: Packed
    code: Packed
    count: Packed


class QuestionTableDocument(PackedCells):
    """items: in the questionnaire's order, which a document's keys need not keep."""

    items: list[tuple[str, CountedDocument]]


class SumsDocument(TypedDict):
    psu: Packed
    auxiliary: Packed


class MomentsDocument(TypedDict):
    keys: list[str]
    left_out: dict[str, str]
    users: list[int]
    n: int
    incomplete: int
    products: SumsDocument
    stated: SumsDocument
    rated: SumsDocument
    points: SumsDocument
    spoke: NotRequired[list[int]]
    pairwise: NotRequired[bool]


class AreaShares(TypedDict):
    """Share of points attained, by service, in one area."""

    level: str
    kind: str
    shares: dict[str, float]


class PointsDocument(TypedDict):
    areas: list[AreaShares]
    tickets: dict[str, int]


class DetailDocument(TypedDict, total=False):
    """What a run keeps of single responses beside its cells. why: why there are no moments. wave: stratum ->
    (sampling fraction, site -> linearised total)."""

    questions: QuestionTableDocument
    answers: list[QuestionDocument]
    services: ServiceTableDocument
    names: list[ServiceName]
    moments: MomentsDocument
    why: str
    wave: dict[str, tuple[float, dict[str, float]]]
    points: PointsDocument
