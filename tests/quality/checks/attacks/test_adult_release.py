"""A release of Adult as Geoward makes it, read and attacked as anybody would."""

import numpy as np
import pyarrow.csv as pv
import pytest

from quality.checks.attacks.linkability import attack_linkability
from quality.checks.attacks.read_released import domains_of, read_people, read_released
from quality.checks.attacks.released_columns import some
from quality.checks.attacks.singling_out import attack_singling_out
from quality.releases.declaration import TableRelease
from transforms.anonymity.domains import survey_columns, unite_domains, with_hierarchies
from transforms.anonymity.publish_rows import publish_rows

PARTS = (
    ("age", "education", "occupation", "workclass"),
    ("age", "marital-status", "native-country", "race", "sex"),
)


@pytest.mark.long
@pytest.mark.realdata
def test_a_10_anonymous_release_of_adult_withstands_what_its_raw_rows_do_not(shared_data):
    table = pv.read_csv(shared_data / "k_anon_adult_arx" / "adult.csv.gz", parse_options=pv.ParseOptions(delimiter=";"))
    members, others = table.take(np.arange(0, len(table), 2)), table.take(np.arange(1, len(table), 2))
    known = [name for name in table.column_names if name != "salary-class"]
    release = TableRelease.model_validate({
        "name": "adult", "description": "Census", "purpose": "tests", "reads": "adult.csv", "keep": ["salary-class"],
        "quasi_ids": {name: {"kind": "numeric" if name == "age" else "categorical"} for name in known},
        "models": [{"model": "k_anonymity", "k": 10}],
    })  # fmt: skip
    surveyed = unite_domains([survey_columns(members, release.quasi_ids)])
    published = publish_rows(members, release, with_hierarchies(surveyed, {}))
    domains = domains_of(table, known)
    people, strangers = (read_people(rows, known, domains) for rows in (members, others))

    released = read_released(published.table, known, domains)

    own = some(people, published.rows[:200])
    for name, column in released.items():
        assert not column.distances(own[name])[np.arange(200), column.codes[:200]].any(), name
    gate = {"categories": {name: len(domain) for name, domain in domains.items()}, "limit": 0.05, "seed": 1}
    singled = attack_singling_out(released, people, strangers, **gate)
    linked = attack_linkability(released, people, strangers, parts=PARTS, **gate)
    assert (singled.outcome, linked.outcome) == ("passed", "passed")
    assert singled.reached.successes == 0 and singled.raw.low > 0.8
