import pytest

from quality.checks.recognize_location import places_in

PLACES = [
    pytest.param("at 37.7749, -122.4194 now", "COORDINATES", id="decimal-pair"),
    pytest.param("37.7749\u00b0 N, 122.4194\u00b0 W", "COORDINATES", id="decimal-with-hemispheres"),
    pytest.param("lat: 37.7749 lng: -122.4194", "COORDINATES", id="named-parts"),
    pytest.param("lat=37.7749&lon=-122.4194", "COORDINATES", id="query-string"),
    pytest.param("[-122.41942, 37.77493]", "COORDINATES", id="geojson-order"),
    pytest.param("40\u00b026\u203246\u2033N 79\u00b058\u203256\u2033W", "COORDINATES", id="degrees-minutes-seconds"),
    pytest.param("40\u00b0 26' N", "COORDINATES", id="degrees-minutes"),
    pytest.param("geo:37.78,-122.39", "COORDINATES", id="geo-uri"),
    pytest.param("meet 9q8yyk8y", "GEOHASH", id="geohash"),
    pytest.param("geohash: gbsuv7z", "GEOHASH", id="named-geohash"),
    pytest.param("849VCWC8+R9", "PLUS_CODE", id="plus-code"),
    pytest.param("CWC8+R9 Mountain View", "PLUS_CODE", id="short-plus-code"),
    pytest.param("872830828ffffff", "H3_INDEX", id="h3"),
    pytest.param("$GPGGA,123519,4807.038,N", "NMEA_SENTENCE", id="nmea"),
    pytest.param("maps.app.goo.gl/abc", "MAP_LINK", id="short-map-link"),
    pytest.param("www.openstreetmap.org/#map", "MAP_LINK", id="map-link"),
    pytest.param("///filled.count.soap", "MAP_LINK", id="what3words"),
]


@pytest.mark.parametrize(("text", "entity"), PLACES)
def test_places_are_recognized(text, entity):
    assert entity in places_in(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("it costs 12.50 or 13.99", id="prices"),
        pytest.param("11.111 and 22.222", id="numbers-with-words-between"),
        pytest.param("1,234,567 views", id="grouped-number"),
        pytest.param("temperature 37.5, 38.25", id="two-decimals"),
        pytest.param("version 3.11.7", id="version"),
        pytest.param("a 5'11\" man", id="feet-and-inches"),
        pytest.param("360\u00b0 view", id="degrees-alone"),
        pytest.param("rtx3080 l8r m8 gr8 b4 2moro", id="leetspeak"),
        pytest.param("password1234 user1234x", id="words-with-numbers"),
        pytest.param("commit d3b0738 and 3f2c9b1e", id="hex-names"),
        pytest.param("C++ and 2+2=4 or 2222+33", id="sums"),
        pytest.param("win $1000 now", id="money"),
        pytest.param("https://x.test//a.b and/or 10/10", id="slashes"),
    ],
)
def test_ordinary_texts_hold_no_place(text):
    assert not places_in(text)
