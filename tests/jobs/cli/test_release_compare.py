from __future__ import annotations

import pytest

from quality.contracts.errors import UsageError


def rows(*groups):
    """Return a table of groups (age, town, people), half of them with one illness and half with another."""
    lines = [
        f"{chr(34) + age + chr(34) if age else ''},{town},{'xy'[at % 2]}"
        for age, town, people in groups
        for at in range(people)
    ]
    return "\n".join(["age,town,ill", *lines]) + "\n"


@pytest.fixture
def compared(geoward, fits, tmp_path):
    def compared(old, new, *arguments):
        (tmp_path / "old.csv").write_text(old)
        (tmp_path / "new.csv").write_text(new)
        paths = (tmp_path / "old.csv", tmp_path / "new.csv")
        done = geoward("release", "compare", *paths, "-q", "age,town", *arguments, "--json")
        assert fits(done.document, "release-compare")
        return done.exit_code, done.document

    return compared


OLD = rows(("[20, 29]", "Ayr", 6), ("[30, 39]", "Bute", 8))


@pytest.mark.parametrize(
    ("new", "small"),
    [
        pytest.param(OLD, 0, id="nothing-changed"),
        pytest.param(rows(("[20, 29]", "Ayr", 7), ("[30, 39]", "Bute", 8)), 1, id="one-late-person"),
        pytest.param(rows(("[20, 29]", "Ayr", 6), ("[30, 39]", "Bute", 6)), 1, id="two-withdrew"),
        pytest.param(rows(("[20, 29]", "Ayr", 14), ("[30, 39]", "Bute", 8)), 0, id="a-crowd-of-8-came"),
        pytest.param(rows(("[20, 29]", "Ayr", 13), ("[30, 39]", "Bute", 8)), 1, id="7-are-fewer-than-8"),
    ],
)
def test_a_class_that_changed_by_fewer_than_k_people_gives_them_away(compared, new, small):
    code, told = compared(OLD, new, "--k", "8")

    assert told["differencing"]["small"] == small
    assert (code, told["differencing"]["passed"]) == (1 if small else 0, not small)


def test_k_is_the_greater_one_of_both_files_unless_it_is_said(compared):
    assert compared(OLD, rows(("[20, 29]", "Ayr", 9)))[1]["differencing"]["k"] == 9


def test_classes_of_one_version_only_prove_nothing(compared):
    code, told = compared(OLD, rows(("[20, 29]", "Ayr", 6), ("[30, 49]", "Bute", 9)))

    found = told["differencing"]
    assert (found["in_both"], found["only_old"], found["only_new"]) == (1, 1, 1)
    assert (found["proven"], found["passed"], code) == (False, False, 1)


def test_a_late_person_who_widened_a_class_is_not_called_safe(compared):
    """The class grew from 5 to 6 and changed its limits: the difference is one person, and their illness."""
    old = rows(("[42, 57]", "Ayr", 5), ("[20, 41]", "Bute", 5))
    new = rows(("[41, 57]", '"{Ayr, Cork}"', 6), ("[20, 41]", "Bute", 5))

    assert compared(old, new, "-s", "ill")[0] == 1
    code, told = compared(old, new, "--fixed-cells")
    assert (code, told["differencing"]["overlapping"]) == (1, 1)
    assert any("no fixed cells" in reason for reason in told["differencing"]["reasons"])


@pytest.mark.parametrize(
    ("people", "code"), [pytest.param(1, 1, id="one"), pytest.param(14, 1, id="of-whom-7-may-have-been-suppressed"),
                         pytest.param(15, 0, id="of-whom-8-came")]
)  # fmt: skip
def test_over_fixed_cells_a_new_class_is_a_crowd_that_came(compared, people, code):
    new = rows(("[20, 29]", "Ayr", 6), ("[30, 39]", "Bute", 8), ("[40, 49]", "Bute", people))

    assert compared(OLD, new, "--fixed-cells", "--k", "8")[0] == code


@pytest.mark.parametrize(
    ("ill", "passed", "field"),
    [
        pytest.param("xxxyyy", True, None, id="the-same"),
        pytest.param("xxyyyy", False, "secrets", id="one-swapped"),
        pytest.param("xxxyyyxxxxxx", False, "alike", id="all-who-came-have-x"),
        pytest.param("xxxyyyxxyy", True, None, id="four-with-two-illnesses"),
    ],
)
def test_secrets_of_those_who_came_or_left_are_not_told(compared, ill, passed, field):
    told = compared(
        "age,town,ill\n" + "".join(f"1,Ayr,{one}\n" for one in "xxxyyy"),
        "age,town,ill\n" + "".join(f"1,Ayr,{one}\n" for one in ill), "-s", "ill", "--k", "4",
    )[1]["differencing"]  # fmt: skip

    assert told["passed"] == passed
    assert field is None or told[field] == 1


SECRETS = ["age,town,who,ill,income"] + [f"1,Ayr,p{at},{'xy'[at % 2]},{'uv'[at < 10]}" for at in range(20)]


@pytest.mark.parametrize("subject", [["--subject", "who"], []], ids=["people", "rows"])
def test_secrets_that_change_only_together_are_seen(compared, subject):
    """One person's illness turned from x to y and another's back: each column's counts stay, the pairs' do not."""
    old = "\n".join(SECRETS)
    new = old.replace("p0,x,v", "p0,y,v").replace("p11,y,u", "p11,x,u")

    found = compared(old, new, "-s", "ill,income", "--k", "5", *subject)[1]["differencing"]

    assert (found["small"], found["secrets"], found["passed"]) == (0, 1, False)


def test_one_person_who_changes_many_values_is_still_one(compared):
    old = "age,town,who,ill\n" + "".join(f"1,Ayr,{who},{ill}{at}\n" for at in range(9) for who, ill in ("ax", "by"))

    found = compared(old, old.replace("a,x", "a,z"), "-s", "ill", "--subject", "who", "--k", "5")[1]["differencing"]

    assert (found["secrets"], found["passed"]) == (1, False)


def test_two_people_who_changed_places_are_seen_by_nobody(compared):
    old = "\n".join(SECRETS)
    new = old.replace("p0,x,v", "p0,y,v").replace("p1,y,v", "p1,x,v")

    assert compared(old, new, "-s", "ill,income", "--subject", "who", "--k", "5")[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "overlapping"),
    [
        pytest.param("862a1072fffffff", "872a10728ffffff", 1, id="an-H3-cell-and-its-child"),
        pytest.param("872a10728ffffff", "862a1072fffffff", 1, id="an-H3-cell-and-its-parent"),
        pytest.param("604222352263217151", "608725951773147135", 1, id="as-numbers"),
        pytest.param("872a10728ffffff", "872a10729ffffff", 0, id="siblings"),
        pytest.param("862a1072fffffff", "872a10748ffffff", 0, id="an-H3-cell-and-another's-child"),
        pytest.param("Scotland", "Ayr", 1, id="a-node-and-a-value-below"),
        pytest.param("Scotland", "Cork", 0, id="a-node-and-a-value-elsewhere"),
        pytest.param("10***", "1013*", 1, id="redacted-letters"),
        pytest.param("10***", "1113*", 0, id="other-letters"),
    ],
)
def test_fixed_cells_that_lie_in_one_another_are_refused(compared, tmp_path, old, new, overlapping):
    towns = tmp_path / "towns.csv"
    towns.write_text("Ayr;Scotland;*\nBute;Scotland;*\nCork;Ireland;*\n")

    code, told = compared(
        rows(("1", old, 20)), rows(("1", new, 21)), "--k", "5", "--fixed-cells", "--hierarchy", f"town={towns}"
    )

    assert (told["differencing"]["overlapping"], code) == (overlapping, overlapping)


@pytest.mark.parametrize(
    ("old", "new", "overlapping"),
    [
        pytest.param("2026-05", "2026-05-04", 1, id="a-month-and-its-day"),
        pytest.param("2026", "2026-05", 1, id="a-year-and-its-month"),
        pytest.param("2026", "2026-05-04 08:30:00", 1, id="a-year-and-its-moment"),
        pytest.param("2020s", "2026-Q2", 1, id="a-decade-and-its-quarter"),
        pytest.param("2026-W18", "2026-05", 1, id="a-week-and-the-month-it-ends-in"),
        pytest.param("2026-05-04", "2026-05-04T08", 1, id="a-day-and-its-hour"),
        pytest.param("2026-05-03", "[2026-05-01, 2026-05-03]", 1, id="the-last-day-of-an-interval"),
        pytest.param("2026-05-03", "[2026-05-01, 2026-05-03[", 0, id="the-day-after-an-interval"),
        pytest.param("2026-05", "2026-06-01", 0, id="a-month-and-another's-day"),
        pytest.param("2010s", "2020", 0, id="a-decade-and-the-year-after"),
        pytest.param("2026-W18", "2026-06", 0, id="a-week-and-a-later-month"),
        pytest.param("{Ayr, null}", "", 1, id="a-null-and-a-set-that-has-it"),
        pytest.param("Ayr", "", 0, id="a-null-and-a-text"),
        pytest.param("[low, mid]", "[mid, high]", 1, id="ranges-with-an-end-in-common"),
    ],
)
def test_parts_of_the_calendar_and_nulls_lie_in_one_another(compared, old, new, overlapping):
    code, told = compared(rows(("1", f'"{old}"', 20)), rows(("1", new and f'"{new}"', 21)), "--k", "5", "--fixed-cells")

    found = told["differencing"]
    assert (found["overlapping"], found["unknown"], code) == (overlapping, 0, overlapping)


@pytest.mark.parametrize(
    ("old", "new", "plain", "unknown"),
    [
        pytest.param("Scotland", "Ayr", [], 1, id="maybe-a-node-and-its-value"),
        pytest.param("Scotland", "Ayr", ["--plain", "town"], 0, id="said-to-be-values"),
        pytest.param("{Ayr, Cork}", "Bute", [], 1, id="a-set-and-maybe-a-node"),
        pytest.param("{Ayr, Cork}", "Bute", ["--plain", "town"], 0, id="a-set-of-values"),
        pytest.param("[low, mid]", "high", ["--plain", "town"], 1, id="a-range-in-an-order-not-known"),
        pytest.param("10***", "1013", [], 1, id="redacted-and-maybe-padded"),
        pytest.param("10***", "1113", [], 0, id="other-letters-of-another-length"),
        pytest.param("2026-13", "2026", [], 1, id="no-month"),
    ],
)
def test_of_texts_that_may_be_nodes_nothing_is_proven_unless_it_is_said_what_they_are(
    compared, old, new, plain, unknown
):
    code, told = compared(rows(("1", f'"{old}"', 20)), rows(("1", new, 21)), "--k", "5", "--fixed-cells", *plain)

    found = told["differencing"]
    assert (found["unknown"], found["unread"], found["overlapping"]) == (unknown, ["town"] * unknown, 0)
    assert (code, found["proven"]) == (unknown, not unknown)
    assert not unknown or "--plain" in found["reasons"][0]


@pytest.mark.parametrize(
    ("slot", "hours", "code"),
    [
        pytest.param("2", 1, 1, id="an-hour-of-the-six"),
        pytest.param("6", 1, 0, id="the-hour-after"),
        pytest.param("6", 6, 0, id="the-slot-after"),
        pytest.param("0", 1, 1, id="the-first-hour"),
    ],
)
@pytest.mark.parametrize("dated", [False, True], ids=["of-the-week", "of-a-day"])
def test_slots_of_places_hold_the_hours_that_stand_beside_them(geoward, tmp_path, slot, hours, code, dated):
    """A crowd of 9 moved from a slot of six hours: nobody came, or one did."""
    for name, at, long, people in (("a.csv", "0", 6, 9), ("b.csv", slot, hours, 10)):
        at = f"2026-05-01 {at.zfill(2)}:00:00" if dated else at
        (tmp_path / name).write_text("cell,slot,slot_hours\n" + f"872a10728ffffff,{at},{long}\n" * people)

    done = geoward(
        "release", "compare", tmp_path / "a.csv", tmp_path / "b.csv", "-q", "cell,slot", "--k", "5", "--fixed-cells",
        "--json",
    )  # fmt: skip

    assert (done.exit_code, done.document["differencing"]["overlapping"]) == (code, code)


def test_texts_of_classes_that_are_apart_in_another_column_need_not_be_known(compared):
    old = rows(("[20, 29]", "Ayr", 6))

    assert compared(old, old + rows(("[30, 39]", "Scotland", 19)).partition("\n")[2], "--fixed-cells")[0] == 0


def test_one_late_person_between_two_equal_classes_that_overlap_is_seen(compared):
    """8 moved from one class to the other, and one came: each changed by more than k, and all by one."""
    old = rows(("[20, 30]", "Ayr", 10), ("[25, 35]", "Ayr", 20))
    apart = rows(("[20, 30]", "Ayr", 10), ("[31, 35]", "Ayr", 20))

    code, told = compared(old, rows(("[20, 30]", "Ayr", 19), ("[25, 35]", "Ayr", 12)), "--k", "3")
    crowds = compared(apart, rows(("[20, 30]", "Ayr", 19), ("[31, 35]", "Ayr", 12)), "--k", "3")

    assert (code, told["differencing"]["small"], told["differencing"]["overlapping"]) == (1, 0, 1)
    assert crowds[0] == 0


KEPT = "age,town,note,job\n" + "".join(f"1,Ayr,n{at % 2},j{at % 3}\n" for at in range(12))


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        pytest.param(KEPT, 0, id="nothing"),
        pytest.param(KEPT.replace("n1,j1", "n0,j1", 1), 1, id="one-note"),
        pytest.param(KEPT.replace("n0,j0", "n0,j1", 1).replace("n1,j1", "n1,j0", 1), 1, id="two-rows-of-equal-counts"),
        pytest.param(KEPT.replace("j0", "j9"), 1, id="as-many-as-4"),
        pytest.param(KEPT.replace("n0", "n9"), 0, id="as-many-as-6"),
    ],
)
def test_other_columns_that_change_for_a_few_are_seen(compared, new, kept):
    code, told = compared(KEPT, new, "--k", "5")

    found = told["differencing"]
    assert (found["small"], found["secrets"], found["kept"]) == (0, 0, kept)
    assert (code, found["kept_columns"], found["left_out"]) == (kept, ["note", "job"], [])


def test_a_column_that_was_made_anew_does_not_hide_the_others(compared):
    """A number for each row that is another in each version: whole rows all changed, and one of them besides."""
    numbered = [
        "\n".join(f"{line},{start + at if at else 'number'}" for at, line in enumerate(text.splitlines()))
        for start, text in ((0, KEPT), (100, KEPT.replace("n0,j0", "n0,j1", 1).replace("n1,j1", "n1,j0", 1)))
    ]

    code, told = compared(*numbered, "--k", "5")

    assert (code, told["differencing"]["kept"], told["differencing"]["left_out"]) == (1, 1, ["number"])


def test_people_are_compared_one_by_one_where_both_files_tell_them(compared):
    old = "age,town,who\n" + "".join(f"1,Ayr,p{at}\n" for at in range(5))

    swapped = compared(old, old.replace("p4", "p9"), "--subject", "who")[1]["differencing"]
    copied = compared(old.replace(",who", ",id"), old.replace(",who", ",id") + "1,Ayr,p0\n" * 5, "--k", "5")[1]

    assert (swapped["counted"], swapped["small"], swapped["passed"]) == ("people", 1, False)
    assert (copied["differencing"]["counted"], copied["differencing"]["passed"]) == (
        "rows",
        True,
    )  # five rows of one: said to be rows


def test_nulls_are_the_same_class_in_both_versions(compared):
    assert compared(rows(("", "Ayr", 5)), rows(("", "Ayr", 6)))[1]["differencing"]["small"] == 1


def test_versions_without_a_common_class_leave_no_difference_if_their_cells_are_fixed(compared):
    code, told = compared(rows(("1", "Ayr", 19)), rows(("2", "Ayr", 19)), "--fixed-cells")

    assert (code, told["differencing"]["in_both"]) == (0, 0)


def test_a_difference_is_of_subjects_and_not_of_rows_if_both_files_tell_them(compared):
    people = "age,town,who\n" + "".join(f"1,Ayr,p{at}\n" for at in range(5))

    same = compared(people, people + "1,Ayr,p0\n", "--subject", "who")[1]
    more = compared(people, people + "1,Ayr,\n", "--subject", "who")[1]  # of nobody known is one subject more

    assert (same["differencing"]["small"], more["differencing"]["small"]) == (0, 1)


def test_parameters_stand_side_by_side(compared):
    told = compared(OLD, rows(("[20, 29]", "Ayr", 6)), "-s", "ill")[1]

    assert (told["old"]["k"], told["old"]["classes"], told["new"]["rows"], told["rows_fewer"]) == (6, 2, 6, 8)
    assert (told["old"]["l"], told["new"]["t"]) == (2, 0)


def test_beside_its_source_a_release_is_told_what_it_lost_and_not_what_differs(compared):
    source = rows(*((str(age), "Ayr", 1) for age in (20, 22, 24, 30)))
    made = rows(("[20, 24]", "Ayr", 3))

    code, told = compared(source, made, "--source")

    assert (code, told["differencing"]) == (0, None)
    assert told["utility"]["suppressed"] == 0.25
    assert told["utility"]["columns"][0]["ncp"] == pytest.approx((3 * 0.4 + 1) / 4)


def test_a_node_of_a_hierarchy_is_understood_once_it_is_named(compared, geoward, tmp_path):
    source, made = (
        rows(("1", "Ayr", 2), ("1", "Bute", 2), ("1", "Cork", 4)),
        rows(("1", "Scotland", 4), ("1", "Cork", 4)),
    )
    towns = tmp_path / "towns.csv"
    towns.write_text("Ayr;Scotland;*\nBute;Scotland;*\nCork;Ireland;*\n")

    unknown = compared(source, made, "--source")[1]["utility"]["columns"][1]
    known = compared(source, made, "--source", "--hierarchy", f"town={towns}")[1]["utility"]["columns"][1]

    assert (unknown["unread"], unknown["ncp"]) == (4, 0.5)
    assert (known["unread"], known["ncp"]) == (0, 0.25)
    shown = geoward("release", "compare", tmp_path / "old.csv", tmp_path / "new.csv", "-q", "age,town", "--source")
    assert "4 values of town cover none of the source" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], "Name them with --quasi-ids", id="no-columns"),
        pytest.param(["-q", "age", "--k", "1"], "--k 2 or more", id="k-of-one"),
        pytest.param(["-q", "age", "--plain", "town"], "No quasi-identifier: town", id="plain-and-not-known"),
        pytest.param(["-q", "height"], "It has: age, town, ill", id="unknown-column"),
    ],
)
def test_wrong_use_is_told_with_the_mend(geoward, tmp_path, arguments, told):
    path = tmp_path / "a.csv"
    path.write_text(OLD)

    done = geoward("release", "compare", path, path, *arguments)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_people_are_told_the_mend(geoward, tmp_path):
    for name, people in (("a.csv", 6), ("b.csv", 7)):
        (tmp_path / name).write_text(rows(("1", "Ayr", people)))

    done = geoward("release", "compare", tmp_path / "a.csv", tmp_path / "b.csv", "-q", "age")

    assert "FAILS: in 1 of 1 classes" in done.stdout
    assert "Rows were counted, not people" in done.stdout
    assert "with the next epoch" in done.stderr
