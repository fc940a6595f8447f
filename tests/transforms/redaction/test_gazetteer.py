from __future__ import annotations

import subprocess
import sys

from transforms.redaction.gazetteer import ALSO_WORDS, countries, first_words, fold, lower_countries, towns


def test_the_gazetteer_comes_from_the_package_and_knows_countries_and_towns():
    assert {"germany", "allemagne", "deutschland"} <= countries() <= towns()
    assert {"leverkusen", "sao paulo", "new jersey"} <= towns()
    assert len(towns()) > 40_000


def test_names_are_compared_without_marks_and_case():
    assert fold("São PAULO") == "sao paulo"


def test_a_name_is_looked_up_by_its_first_word():
    assert {"new", "leverkusen"} <= first_words(towns)
    assert "leverkusen" not in first_words(countries)


def test_countries_that_are_words_too_need_a_capital():
    assert "peru" in lower_countries()
    assert not lower_countries() & ALSO_WORDS


def test_the_packages_own_tables_do_not_stay_in_memory_and_can_be_had_again():
    said = "import sys; from transforms.redaction.gazetteer import towns; towns(); " + (
        "print('phonenumbers.geodata' in sys.modules); from phonenumbers import geocoder as g, parse; "
        "print(g.description_for_number(parse('+492171123456'), 'en'))"
    )

    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("False\nLeverkusen")
