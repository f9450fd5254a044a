"""The frame of a sample from a file: every site with its county, its people and, where known, share and place."""

from __future__ import annotations

from pathlib import Path

from analysis.drawing import FrameSite
from analysis.sampling import FrameError
from definitions.numbers import figure_of
from survey_app.files.rows_in import NamedRow, read_named
from survey_app.files.said import FileRefusedError, aloud
from wording import Message


def read_frame(path: Path, site: str, stratum: str, size: str) -> list[FrameSite]:
    """The sites of a frame file. Raises FrameError naming every line that cannot be used."""
    try:
        table = read_named(path, (site, stratum, size), ("share", "longitude", "latitude"))
    except FileRefusedError as error:
        raise FrameError("terminal.of_file", path=path, said=error) from error
    aloud(path, table.notes)
    sites, faults = [], []
    for row in table.rows:
        try:
            share = figure_of(row["share"]) if row.get("share") else None
            sites.append(FrameSite(row[site], row[stratum], figure_of(row[size]), share, _place(row)))
        except ValueError:
            said = ", ".join(row[name] for name in table.columns if name not in (site, stratum))
            faults.append(Message("terminal.frame_line", line=row.number, said=said))
    if faults:
        more = [Message("terminal.and_more", n=len(faults) - 5)] if len(faults) > 5 else []
        raise FrameError("terminal.of_file", path=path, said=[*faults[:5], *more])
    return sites


def _place(row: NamedRow) -> tuple[float, float] | None:
    """Longitude and latitude in degrees, None where neither is given. Raises ValueError."""
    said = [row[name] if row.get(name) else "" for name in ("longitude", "latitude")]
    if not any(said):
        return None
    longitude, latitude = map(figure_of, said)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError
    return longitude, latitude
