"""How fast sealed landed files are read, beside plain files that Spark's own readers read: rows a second, in one run."""

from __future__ import annotations

import gzip
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from benchmarks.machine import machine
from jobs.home import Home, Region
from jobs.landing.file_keys import KeptKeys
from jobs.landing.file_opening import PlainFile
from jobs.landing.probe_file import probe_copy
from jobs.landing.read_records import LandedFile, read_records
from jobs.landing.read_text import csv_options
from jobs.landing.sealed_file import FileKeys, SealedFile, seal_bytes
from jobs.session import start_session
from quality.policies.load_policy import DEFAULT_POLICY
from quality.sources.load_mapping import load_mapping
from quality.sources.mapping import Mapping

ROUNDS = 3
MOMENT = datetime(2024, 5, 1, tzinfo=UTC)
