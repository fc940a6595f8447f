from __future__ import annotations

from datetime import date

import pytest
import typer

from jobs.cli.days import day, day_of

TODAY = date(2024, 3, 31)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-06-01", date(2026, 6, 1)),
        ("today", TODAY),
        ("Yesterday", date(2024, 3, 30)),
        ("10 days ago", date(2024, 3, 21)),
        ("1 week ago", date(2024, 3, 24)),
        ("1 month ago", date(2024, 2, 29)),
        ("13 months ago", date(2023, 2, 28)),
        (" 2  years ago ", date(2022, 3, 31)),
        ("3 months ago", date(2023, 12, 31)),
    ],
)
def test_a_date_is_what_a_person_means_by_it(text, meant):
    assert day_of(text, TODAY) == meant


@pytest.mark.parametrize("text", ["", "2024-02-30", "tomorrow", "2 years", "-1 days ago", "9999 years ago"])
def test_what_is_no_date_is_refused_with_examples(text):
    with pytest.raises(typer.BadParameter, match="is no date. For example: 2026-06-01, yesterday, '10 days ago'"):
        day_of(text, TODAY)


def test_a_leap_day_two_years_ago_is_the_last_of_february():
    assert day_of("2 years ago", date(2024, 2, 29)) == date(2022, 2, 28)


def test_days_are_counted_from_today():
    assert (day("today") - day("10 days ago")).days == 10
