"""The drivers of satisfaction from second moments by PSU: all that their regression and its variance need of rows.

A run stores these and no one's answers; their size depends on sites and services, not on responses. `drivers` on
the rows gives the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.calibration import Auxiliaries
from analysis.cells import Codes
from analysis.documents.further import DriversDocument
from analysis.documents.kept import MomentsDocument, SumsDocument
from analysis.driver_pairs import Pairs, Slopes, of_products
from analysis.driver_table import driver_rows, inflation, tell_rows
from analysis.drivers import BLOCK, Answers, terms_of, usable, with_constant
from analysis.errors import AnalysisError
from analysis.packing import pack, unpack
from analysis.sample import Sample
from analysis.variance import SampleDesign, covariance_of_totals

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """Weighted sums of a quantity: by PSU under the calibrated weights, and by auxiliary under the weights before."""

    psu: Floats  # (PSUs, …)
    auxiliary: Floats  # (k, …)

    def to_json(self) -> SumsDocument:
        return {"psu": pack(self.psu), "auxiliary": pack(self.auxiliary)}

    @classmethod
    def from_json(cls, document: SumsDocument) -> Sums:
        return cls(unpack(document["psu"]), unpack(document["auxiliary"]))


@dataclass(frozen=True)
class Moments:
    """keys: services of the regression. left_out: service -> why.

    products: of v = (1, overall, rating per service, not used per service), (…, q, q) over the complete rows; based on
    pairs, of v with 'says whether it is used' per service behind, over the rows that say so of one service at least.
    stated, rated, points (…, s): sums of 1, of 'has rated', and of the rating, over answers to the overall question
    that say of the service whether it is used.  users (s,), n, incomplete: unweighted counts.
    """

    keys: tuple[str, ...]
    left_out: dict[str, str]
    products: Sums
    stated: Sums
    rated: Sums
    points: Sums
    users: tuple[int, ...]
    n: int
    incomplete: int
    spoke: tuple[int, ...] | None = None  # rows of the regression by service; None where all spoke of all
    pairwise: bool = False

    def to_json(self) -> MomentsDocument:
        lower = np.tril_indices(self.products.psu.shape[-1])
        flat = Sums(self.products.psu[:, *lower], self.products.auxiliary[:, *lower])
        document: MomentsDocument = {
            "keys": list(self.keys), "left_out": self.left_out, "users": list(self.users), "n": self.n,
            "incomplete": self.incomplete, "products": flat.to_json(), "stated": self.stated.to_json(),
            "rated": self.rated.to_json(), "points": self.points.to_json(),
        }  # fmt: skip
        if self.spoke is not None:
            document["spoke"], document["pairwise"] = list(self.spoke), self.pairwise
        return document

    @classmethod
    def from_json(cls, document: MomentsDocument) -> Moments:
        pairwise, flat = document.get("pairwise", False), Sums.from_json(document["products"])
        q = 2 + (3 if pairwise else 2) * len(document["keys"])
        stated, rated, points = (Sums.from_json(document[name]) for name in ("stated", "rated", "points"))
        return cls(
            tuple(document["keys"]), dict(document["left_out"]),
            Sums(_square(flat.psu, q), _square(flat.auxiliary, q)), stated, rated, points,
            tuple(document["users"]), int(document["n"]), int(document["incomplete"]),
            tuple(document["spoke"]) if "spoke" in document else None, pairwise,
        )  # fmt: skip


def moments(
    keys: Sequence[str], overall: Floats, ratings: Floats, not_used: NDArray[np.bool_], place: Codes, sample: Sample,
    least_users: int = 30,
) -> Moments:  # fmt: skip
    """Sum up rows. overall (n,), ratings (n, s): points, NaN where there is none; not_used (n, s); place (n,): the
    cell of `sample` each row is in, where all rows have one weight.  Raises AnalysisError where nothing is left."""
    _by_psu_alone(sample.with_replacement.design)
    each = (sample.weight / sample.cells.count)[place]
    answered = np.isfinite(overall) & (each > 0)
    asked = Answers(ratings, np.isfinite(ratings) & ~not_used, not_used, tuple(keys))
    adder, count = _Adder.of(sample, place), np.ones(len(place), dtype=np.int64)
    in_pairs = sample.method.drivers_in_pairs and not bool(asked.stated[answered].all())
    for pairwise in (True, False) if in_pairs else (False,):
        answers, left_out, inside = usable(asked, answered, count, least_users, pairwise)
        products = adder.products(partial(_columns, answers, overall, pairwise), inside)
        if not pairwise or _slopes(products.psu.sum(axis=0), len(answers.keys)) is not None:
            break
    stated, rated = answered[:, None] & answers.stated, answered[:, None] & answers.rated
    points = np.where(rated, np.nan_to_num(answers.ratings), 0.0)
    return Moments(
        answers.keys, left_out, products, adder.columns(stated.astype(float)),
        adder.columns(rated.astype(float)), adder.columns(points),
        tuple(int(number) for number in rated.sum(axis=0)), int(inside.sum()),
        int((answered & ~answers.stated.all(axis=1)).sum()),
        tuple(int(number) for number in (answers.stated & inside[:, None]).sum(axis=0)) if in_pairs else None, pairwise,
    )  # fmt: skip


def _columns(answers: Answers, overall: Floats, pairwise: bool, part: Codes) -> Floats:
    """(len(part), q): what the products are of, for some of the rows."""
    return answers.columns(overall, part)[:, : 2 + (3 if pairwise else 2) * len(answers.keys)]


def _slopes(whole: Floats, size: int) -> Slopes | None:
    """The regression of pairs whose sums of products are `whole` (q, q)."""
    return Pairs.of(whole).solve(terms_of(*_centre(whole, size)))


def _centre(whole: Floats, size: int) -> tuple[Floats, list[int]]:
    """Users' mean rating of each service (s,), and the services that somebody does not use."""
    said = whole[0, -size:] if len(whole) > 2 + 2 * size else whole[0, 0]
    unused = whole[0, 2 + size : 2 + 2 * size]
    return whole[0, 2 : 2 + size] / (said - unused), [place for place in range(size) if unused[place] > 0]


def drivers_of(found: Moments, sample: Sample, confidence: float = 0.95) -> DriversDocument:
    """As `drivers.drivers` on the rows behind the moments. sample: the one they were summed under."""
    size = len(found.keys)
    whole = found.products.psu.sum(axis=0)
    centre, absent = _centre(whole, size)
    regression = (_in_pairs if found.pairwise else _on_complete_rows)(whole, found.keys)
    coefficients = regression.slopes
    inside = found.products.psu[:, 0, 0] > 0
    terms = 1 + len(coefficients)
    df = int(inside.sum()) - len(np.unique(sample.design.stratum_of_psu[inside])) + 1 - terms
    if df < 1:
        raise AnalysisError("analysis.terms_leave_no_degree", terms_shape=terms)
    stated, rated, points = (pair.psu.sum(axis=0) for pair in (found.stated, found.rated, found.points))
    users = (whole[0, 2 + 2 * size :] if found.pairwise else whole[0, 0]) - whole[0, 2 + size : 2 + 2 * size]
    reach, performance = rated / stated, points / rated

    def influences(part: str) -> Floats:
        """Sums of the influence of every service's four figures, (PSUs or k, services * 4)."""
        products, of_stated, of_rated, of_points = (
            getattr(pair, part) for pair in (found.products, found.stated, found.rated, found.points)
        )
        moved = regression.moved(products)
        columns = []
        for place in range(size):
            slope, own = float(coefficients[place]), moved[:, place]
            said = products[:, 0, 2 + 2 * size + place] if found.pairwise else products[:, 0, 0]
            used = said - products[:, 0, 2 + size + place]
            of_centre = (products[:, 0, 2 + place] - centre[place] * used) / users[place]
            of_reach = (of_rated[:, place] - reach[place] * of_stated[:, place]) / stated[place]
            shown = (of_points[:, place] - performance[place] * of_rated[:, place]) / rated[place]
            apart = np.zeros(len(own))
            if place in absent:
                apart = moved[:, size + absent.index(place)] - slope * of_centre
            columns += [own, reach[place] * own + slope * of_reach, shown, apart]
        return np.column_stack(columns)

    left = influences("psu") - _fitted(sample, influences("auxiliary"))
    values = np.zeros((size, 4))
    values[:, 0], values[:, 1] = coefficients[:size], coefficients[:size] * reach
    values[:, 2] = performance
    values[absent, 3] = coefficients[size:]
    rows, lines = driver_rows(
        found.keys, values, covariance_of_totals(left, sample.with_replacement.design), reach, found.users, set(absent), df, confidence,
        inflation(regression.normal), sample.method,
    )  # fmt: skip
    document: DriversDocument = {
        "services": rows, "left_out": dict(found.left_out), "n": found.n, "incomplete": found.incomplete, "df": df,
        "r_squared": regression.explained, "importance_line": lines[0], "performance_line": lines[1], "confidence": confidence,
    }  # fmt: skip
    if found.spoke is not None:
        tell_rows(document, found.pairwise, found.spoke)
    return document


@dataclass(frozen=True)
class _Regression:
    """slopes (k,); moved: sums of products (…, q, q) to sums of the slopes' influences (…, k); normal: as `inflation`."""

    slopes: Floats
    moved: Callable[[Floats], Floats]
    normal: Floats
    explained: float


def _on_complete_rows(whole: Floats, keys: Sequence[str]) -> _Regression:
    centre, absent = _centre(whole, len(keys))
    inner = terms_of(centre, absent)
    terms = np.zeros((len(whole), 1 + inner.shape[1]))  # v @ terms: the columns of the regression
    terms[0, 0], terms[0, 1 : 1 + len(keys)], terms[1:, 1:] = 1.0, -centre, inner
    normal = terms.T @ whole @ terms
    inverse, coefficients = _solve(normal, terms.T @ whole[:, 1], keys)
    error = np.eye(len(whole))[1] - terms @ coefficients  # v @ error: what the regression leaves
    spread = float(whole[1, 1] - whole[0, 1] ** 2 / whole[0, 0])
    explained = 1 - float(error @ whole @ error) / spread if spread > 0 else 0.0
    return _Regression(
        coefficients[1:], lambda products: ((products @ error) @ terms @ inverse)[:, 1:], normal, explained
    )


def _in_pairs(whole: Floats, keys: Sequence[str]) -> _Regression:
    found = _slopes(whole, len(keys))
    if found is None:
        raise AnalysisError("analysis.ratings_follow_from_one", keys=keys)
    return _Regression(
        found.coefficients,
        lambda products: found.influence(of_products(products), len(keys)),
        with_constant(found.normal),
        found.explained,
    )


@dataclass(frozen=True)
class _Adder:
    """How rows are summed. weight (n,): calibrated; before (n,): of the regression behind the variance.
    matrix (n, k): the auxiliaries of each row, k = 0 without calibration."""

    psu: Codes
    number: int
    weight: Floats
    before: Floats
    group: Codes
    auxiliaries: Auxiliaries | None

    @classmethod
    def of(cls, sample: Sample, place: Codes) -> _Adder:
        calibrated, count = sample.calibrated, sample.cells.count
        cut = calibrated.after_trim if calibrated.after_trim is not None else 1.0
        group = calibrated.auxiliaries.group if calibrated.auxiliaries is not None else np.zeros(len(count), np.int64)
        return cls(
            sample.design.psu[place],
            len(sample.design.rows),
            (sample.weight / count)[place],
            (calibrated.design_weight * cut / count)[place],
            group[place],
            calibrated.auxiliaries,
        )

    def columns(self, values: Floats) -> Sums:
        """values (n, m)."""
        by_psu = _sum_by(self.psu, values * self.weight[:, None], self.number)
        if self.auxiliaries is None:
            return Sums(by_psu, np.zeros((0, values.shape[1])))
        groups = _sum_by(self.group, values * self.before[:, None], len(self.auxiliaries.matrix))
        return Sums(by_psu, self.auxiliaries.matrix.T @ groups)

    def products(self, v: Callable[[Codes], Floats], inside: NDArray[np.bool_]) -> Sums:
        """Sums of v v' over the rows inside, a block at a time: rows are many, sites are not."""
        rows = np.flatnonzero(inside)
        rows = rows[np.argsort(self.psu[rows], kind="stable")]
        q = v(rows[:1]).shape[1]
        matrix = self.auxiliaries.matrix if self.auxiliaries is not None else np.zeros((1, 0))
        by_psu, sums = np.zeros((self.number, q, q)), np.zeros((matrix.shape[1], q, q))
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            own, psu = v(part), self.psu[part]
            codes, starts = np.unique(psu, return_index=True)
            for code, lines in zip(codes, np.split(np.arange(len(part)), starts[1:]), strict=True):
                by_psu[code] += own[lines].T @ (own[lines] * self.weight[part[lines]][:, None])
            scores = matrix[self.group[part]] * self.before[part][:, None]
            for k in range(matrix.shape[1]):
                sums[k] += own.T @ (own * scores[:, k][:, None])
        return Sums(by_psu, sums)


def _fitted(sample: Sample, sums: Floats) -> Floats:
    """What calibration explains of each PSU's total: sum over its rows of weight times the fitted value (PSUs, m)."""
    calibrated = sample.calibrated
    auxiliaries = calibrated.auxiliaries
    number = len(sample.design.rows)
    if auxiliaries is None:
        return np.zeros((number, sums.shape[1]))
    weight = auxiliaries.weights(calibrated.design_weight)
    normal = auxiliaries.matrix.T @ (auxiliaries.matrix * weight[:, None])
    coefficients = np.linalg.lstsq(normal, sums, rcond=None)[0]
    cut = calibrated.after_trim if calibrated.after_trim is not None else 1.0
    scores = (sample.weight / cut)[:, None] * auxiliaries.matrix[auxiliaries.group]
    fitted: Floats = _sum_by(sample.design.psu, scores, number) @ coefficients
    return fitted


def _solve(normal: Floats, right: Floats, keys: Sequence[str]) -> tuple[Floats, Floats]:
    """(X'WX)^-1 on columns of one scale, and the coefficients."""
    scale = np.sqrt(np.maximum(np.diag(normal), 1e-300))
    flat = normal / np.outer(scale, scale)
    if np.linalg.eigvalsh(flat)[0] < 1e-10:
        raise AnalysisError("analysis.ratings_follow_from_one", keys=keys)
    inverse: Floats = np.linalg.inv(flat) / np.outer(scale, scale)
    return inverse, inverse @ right


def _by_psu_alone(design: SampleDesign) -> None:
    if design.direct or design.by_stage:
        raise AnalysisError("analysis.moments_site_need_sites")


def _sum_by(codes: Codes, values: Floats, size: int) -> Floats:
    return np.column_stack([np.bincount(codes, values[:, at], minlength=size) for at in range(values.shape[1])])


def _square(flat: Floats, q: int) -> Floats:
    full = np.zeros((len(flat), q, q))
    rows, columns = np.tril_indices(q)
    full[:, rows, columns] = flat
    full[:, columns, rows] = flat
    return full
