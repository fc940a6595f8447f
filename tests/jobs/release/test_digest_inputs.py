from __future__ import annotations

import hashlib

from jobs.release.write_table import digest_of


def test_the_digest_of_a_folder_is_of_all_files_in_it_with_their_names(tmp_path):
    """As `sha256sum` prints them; a table in folders by day has none at its top."""
    for name in ("b/2.parquet", "a/1.parquet"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    lines = "".join(f"{hashlib.sha256(n.encode()).hexdigest()}  {n}\n" for n in ("a/1.parquet", "b/2.parquet"))

    assert digest_of(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
