"""Good files of each format, and all that may become of one on its way: cut, flipped, emptied, packed wrongly."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ("id", "who", "at", "lat", "lon")
ROWS = 20
PLANTED = ("planted", "51.5007")
"""What no log may hold: each row has both."""

MAPPING = """\
name: {format}_log
description: Corrupted files.
format: {format}
legal_basis: {{analytics: Legitimate interests, risk: Legitimate interests}}
evidence: a test
emits:
  - to: {table}
    columns:
      event_id: {{from: id}}
      actor_id: {{from: who}}
      event_time: {{from: at, iso: true}}
      {more}
"""
PINGS = ("raw.pings", "latitude: {from: lat}\n      longitude: {from: lon}")
ACTIONS = ("raw.actions", "action: {constant: post}\n      text: {from: lat}\n      target_id: {from: lon}")
TABLES = {"csv": PINGS, "tsv": PINGS, "parquet": PINGS, "jsonl": ACTIONS}


def mapping_of(format_: str) -> str:
    """Return a mapping of that format to its table."""
    table, more = TABLES[format_]
    return MAPPING.format(format=format_, table=table, more=more)


def rows_of(name: str) -> list[tuple[str, ...]]:
    """Return the good rows of a file; their ids tell whose they are."""
    return [
        (f"planted-{name}-{n:02}", "planted-ada", f"2024-05-02T10:{n:02}:00Z", f"51.5007{n:02}", f"-0.{n:02}")
        for n in range(ROWS)
    ]


def good(format_: str, name: str, **written: object) -> bytes:
    """Return a good file with the rows of that name."""
    rows = rows_of(name)
    if format_ == "parquet":
        sink = io.BytesIO()
        pq.write_table(pa.table(dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))), sink, **written)
        return sink.getvalue()
    if format_ == "jsonl":
        return "".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in rows).encode()
    return "".join({"csv": ",", "tsv": "\t"}[format_].join(row) + "\n" for row in (COLUMNS, *rows)).encode()


def corrupted(format_: str, flips: int) -> Iterator[tuple[str, bytes, str | None]]:
    """Yield each corrupted file: its name, its bytes, and the reason for which it is refused, None for either way."""
    found = {"parquet": _parquets, "jsonl": _lines}.get(format_, _separated)
    yield from ((f"{format_}-{name}", content, reason) for name, content, reason in found(format_))
    yield f"{format_}-zero-bytes", b"", "empty_file"
    for name, content in _cut_and_flipped(format_, lambda name: good(format_, name), flips):
        yield name, content, None
    if format_ != "parquet":
        for name, content in _cut_and_flipped(f"{format_}.gz", lambda name: zipped(good(format_, name)), flips):
            yield name, content, None
        yield from ((f"{format_}.gz-{name}", content, reason) for name, content, reason in _zipped(format_))


def records_in(format_: str, content: bytes) -> int:
    """Count the records of a file that is not refused, by other means than the product's."""
    if format_ == "parquet":
        return pq.ParquetFile(io.BytesIO(content)).metadata.num_rows
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
    if format_ == "jsonl":
        return sum(bool(line.strip(" ")) for line in re.split(r"\r\n|\r|\n", text))
    end = "\r" if re.match(r"[^\n\r]*\r(?!\n)", text) else "\n"
    return sum(record not in ("", "\r") for record in _split(text, end, quotes=format_ == "csv")) - 1


def intact_rows(format_: str, name: str, content: bytes) -> set[str]:
    """Return the ids of rows whose bytes are whole; none for Parquet, whose rows have no bytes of their own."""
    if format_ == "parquet":
        return set()
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
    if format_ == "csv" and '"' in text:  # a quote that is not closed takes up what follows it
        text = text[: text.index('"')].rpartition("\n")[0]
    whole = good(format_, name).decode().splitlines()[-ROWS:]
    lines = set(re.split(r"\r\n|\r|\n", text))
    return {row[0] for row, line in zip(rows_of(name), whole, strict=True) if line in lines}


def zipped(content: bytes) -> bytes:
    """Return a gzip that is the same each time."""
    return gzip.compress(content, mtime=0)


def _split(text: str, end: str, *, quotes: bool) -> Iterator[str]:
    record, inside, before = "", False, end
    for char in text:
        if quotes and char == '"' and (inside or before in (",", end, '"')):
            inside = not inside
        if char == end and not inside:
            yield record
            record = ""
        else:
            record += char
        before = char
    yield record


def _cut_and_flipped(format_, make, flips) -> Iterator[tuple[str, bytes]]:
    size = len(make(f"{format_}-cut-0"))
    for at in (1, 4, 12, size // 4, size // 2, 3 * size // 4, size - 9, size - 1):
        yield f"{format_}-cut-{at}", make(f"{format_}-cut-{at}")[:at]
    for seed in range(flips):
        rng, content = random.Random(f"{format_} {seed}"), bytearray(make(f"{format_}-flip-{seed}"))
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        yield f"{format_}-flip-{seed}", bytes(content)


def _separated(format_: str) -> Iterator[tuple[str, bytes, str | None]]:
    sep = {"csv": b",", "tsv": b"\t"}[format_]

    def whole(name: str) -> bytes:
        return good(format_, f"{format_}-{name}")

    def line(name: str, change) -> bytes:
        lines = whole(name).split(b"\n")
        lines[7] = change(lines[7])
        return b"\n".join(lines)

    header, _, body = whole("no-header").partition(b"\n")
    yield "no-header", body, "missing_column:at,id,lat,lon,who"
    yield "header-alone", header + b"\n", ""
    yield "header-alone-without-end", header, ""
    yield "byte-order-mark", b"\xef\xbb\xbf" + whole("byte-order-mark"), ""
    yield "utf-16", whole("utf-16").decode().encode("utf-16"), "bad_encoding"
    yield "utf-16-without-mark", whole("utf-16-without-mark").decode().encode("utf-16-le"), "bad_encoding"
    yield "cr", whole("cr").replace(b"\n", b"\r"), ""
    yield "crlf", whole("crlf").replace(b"\n", b"\r\n"), ""
    yield "cr-header", whole("cr-header").replace(b"\n", b"\r", 1), "mixed_line_ends"
    yield "wrong-magic", b"PAR1" + whole("wrong-magic"), "wrong_format"
    yield "quote", line("quote", lambda text: text.replace(sep, sep + b'"', 1)), ""
    yield "quote-at-the-end", whole("quote-at-the-end") + b'"', ""
    yield "short", line("short", lambda text: text.rpartition(sep)[0]), ""
    yield "long", line("long", lambda text: text + sep + b"planted"), ""
    yield "nul", line("nul", lambda text: text.replace(b"ada", b"a\0a")), ""
    yield "latin-1", line("latin-1", lambda text: text.replace(b"ada", b"\xe4da")), "bad_encoding"


def _lines(format_: str) -> Iterator[tuple[str, bytes, str | None]]:
    def whole(name: str) -> bytes:
        return good(format_, f"{format_}-{name}")

    def line(name: str, change) -> bytes:
        lines = whole(name).split(b"\n")
        lines[7] = change(lines[7])
        return b"\n".join(lines)

    yield "line-cut", line("line-cut", lambda text: text[:31]), ""
    yield "line-doubled", line("line-doubled", lambda text: text + text), ""
    yield "line-deep", line("line-deep", lambda text: text.replace(b'"planted-ada"', b"[" * 4000 + b"]" * 4000)), ""
    yield "array", b"[" + whole("array").strip().replace(b"\n", b",\n") + b"]", "wrong_format"
    yield "all-one-array", b"[" + whole("all-one-array").strip().replace(b"\n", b",") + b"]", "wrong_format"
    yield "byte-order-mark", b"\xef\xbb\xbf" + whole("byte-order-mark"), ""
    yield "utf-16", whole("utf-16").decode().encode("utf-16"), "bad_encoding"
    yield "cr", whole("cr").replace(b"\n", b"\r"), ""
    yield "wrong-magic", b"PK\x03\x04" + whole("wrong-magic"), "wrong_format"
    yield "nul", line("nul", lambda text: text.replace(b"ada", b"a\0a")), ""
    yield "csv", good("csv", "jsonl-csv"), "wrong_format"


def _zipped(format_: str) -> Iterator[tuple[str, bytes, str | None]]:
    def whole(name: str) -> bytes:
        return zipped(good(format_, f"{format_}.gz-{name}"))

    first, *rest = good(format_, f"{format_}.gz-two-members").splitlines(keepends=True)
    yield "two-members", zipped(first + b"".join(rest[:9])) + zipped(b"".join(rest[9:])), ""
    yield "wrong-crc", whole("wrong-crc")[:-8] + b"\0" * 4 + whole("wrong-crc")[-4:], "corrupt_gzip"
    yield "wrong-length", whole("wrong-length")[:-4] + b"\1\0\0\0", "corrupt_gzip"
    yield "no-end", whole("no-end")[:-8], "truncated_gzip"
    yield "garbage-after", whole("garbage-after") + b"planted", "corrupt_gzip"
    yield "of-a-gzip", zipped(whole("of-a-gzip")), "wrong_format"
    yield "of-nothing", zipped(b""), "empty_file"
    yield "head-alone", whole("head-alone")[:10], "truncated_gzip"


def _parquets(format_: str) -> Iterator[tuple[str, bytes, str | None]]:
    def whole(name: str) -> bytes:
        return good("parquet", f"parquet-{name}", write_page_checksum=True)

    def at(content: bytes, place: int, new: bytes) -> bytes:
        return content[:place] + new + content[place + len(new) :]

    def at_end(name: str, before: int, new: bytes) -> bytes:
        return at(whole(name), len(whole(name)) - before, new)

    length = int.from_bytes(whole("footer-length-shorter")[-8:-4], "little") - 7
    yield "footer-length-0", at_end("footer-length-0", 8, b"\0\0\0\0"), "corrupt_parquet"
    yield "footer-length-beyond", at_end("footer-length-beyond", 8, b"\xff\xff\xff\x7f"), "corrupt_parquet"
    yield "footer-length-shorter", at_end("footer-length-shorter", 8, length.to_bytes(4, "little")), "corrupt_parquet"
    yield "footer-of-zeros", at_end("footer-of-zeros", 300, b"\0" * 290), "corrupt_parquet"
    yield "no-last-magic", whole("no-last-magic")[:-4], "corrupt_parquet"
    yield "wrong-magic", b"PAR2" + whole("wrong-magic")[4:], "wrong_format"
    yield "two-magics", b"PAR1PAR1", "corrupt_parquet"
    yield "encrypted", b"PARE" + whole("encrypted")[4:-4] + b"PARE", "wrong_format"
    page = whole("page")
    yield "page", at(page, page.index(b"-00") + 2, b"\xff"), "corrupt_parquet"
    yield "csv", good("csv", "parquet-csv"), "wrong_format"
    yield "gzip", zipped(whole("gzip")), "wrong_format"
    yield "brotli", good("parquet", "parquet-brotli", compression={"lat": "brotli"}), "unsupported_encoding:lat"
