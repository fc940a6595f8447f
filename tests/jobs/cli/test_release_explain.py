from __future__ import annotations


def test_each_model_is_told_with_what_it_does_not_protect_against(geoward, fits, declared):
    told = geoward("release", "explain", declared(), "--json").document

    assert fits(told, "release-explain")
    k, diverse = told["models"]
    assert "homogeneity" in [one["name"] for one in k["not_against"]]
    assert "1 in 5" in k["promises"]
    assert (diverse["column"], diverse["parameters"]) == ("ill", {"l": 2, "variant": "distinct"})
    assert "repeated releases" in [one["name"] for one in told["always"]]


def test_people_read_what_each_knob_costs(geoward, declared):
    shown = geoward("release", "explain", declared()).stdout

    assert "It does not protect against:" in shown
    assert "what it costs" in shown
