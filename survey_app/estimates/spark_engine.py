"""Spark under the same expression (extra `minyi[spark]`): a local session, or the cluster MINYI_SPARK_MASTER names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis.expr.types import Table

from survey_app.estimates.engine_error import EngineError
from survey_app.files.large_text import LargeText
from survey_app.ground.settings import in_force

if TYPE_CHECKING:
    from ibis.backends.pyspark import Backend


@contextmanager
def spark_table(path: Path, text: LargeText | None) -> Iterator[Table]:
    """The responses at `path`. Raises EngineError in plain words."""
    with spark_session() as connection:
        if text is not None:
            how = {"sep": text.delimiter, "escape": '"', "multiLine": True, "mode": "FAILFAST"}
            yield connection.read_csv(str(text.path), header=True, inferSchema=False, **how)
        else:
            yield connection.read_parquet(str(path))


@contextmanager
def spark_session() -> Iterator[Backend]:
    """A Spark session that ends with the block. Raises EngineError in plain words."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError("estimates.no_spark") from error
    if shutil.which("java") is None and not in_force().java_home:
        raise EngineError("estimates.no_java")
    master = in_force().spark_master
    builder = SparkSession.builder.master(master).appName("minyi").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.ui.showConsoleProgress", "false")
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        builder = builder.config("spark.sql.shuffle.partitions", str(os.cpu_count() or 2))
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()
