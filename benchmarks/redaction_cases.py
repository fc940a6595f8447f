"""Texts made at random that hold a kind the labelled set hardly has, and texts that look as if they did."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

import h3

Case = tuple[str, str]
"""A text and the value in it; of a look-alike the value is empty."""

_FRAMES = (
    "{}", "Saw it at {} today.", "please note {} and come back", "Log: {}, retry later", "we met ({}) again", "It was {}!",
    "first line\n{}\nlast line", "user wrote: {}", "<b>{}</b> is what he sent", "so, {} then?",
)  # fmt: skip
_HASH = "0123456789bcdefghjkmnpqrstuvwxyz"
_OLC = "23456789CFGHJMPQRVWX"
_IBANS = {
    "DE": 18,
    "GB": 0,
    "FR": 0,
    "NL": 0,
    "ES": 20,
    "AT": 16,
    "CH": 0,
    "BE": 12,
    "PL": 24,
    "DK": 14,
    "NO": 11,
    "FI": 14,
    "PT": 21,
    "SE": 20,
}


def positives(kind: str, count: int, seed: int = 5) -> list[Case]:
    """Return ``count`` texts that hold ``kind``, with the value."""
    rng = random.Random(f"{kind} {seed}")
    return [_framed(rng, POSITIVES[kind](rng)) for _ in range(count)]


def look_alikes(kind: str, count: int, seed: int = 5) -> list[Case]:
    """Return ``count`` texts that hold no ``kind`` but something much like it."""
    rng = random.Random(f"not {kind} {seed}")
    return [(_framed(rng, LOOK_ALIKES[kind](rng))[0], "") for _ in range(count)]


def _framed(rng: random.Random, value: str | Case) -> Case:
    text, inner = value if isinstance(value, tuple) else (value, value)
    return rng.choice(_FRAMES).format(text), inner


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def _hex(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789abcdef", k=count))


def _place(rng: random.Random) -> tuple[float, float]:
    return rng.uniform(-80, 84), rng.uniform(-180, 180)


def _coordinates(rng: random.Random) -> str:
    lat, lon = _place(rng)
    places = rng.randint(3, 7)
    north, east = "NS"[lat < 0], "EW"[lon < 0]
    a, b = abs(lat), abs(lon)
    return rng.choice([
        f"{lat:.{places}f}, {lon:.{places}f}", f"{lat:.{places}f},{lon:.{places}f}", f"{lat:.5f} {lon:.5f}",
        f"lat={lat:.{places}f} lon={lon:.{places}f}", f'"lat": {lat:.4f}, "lng": {lon:.4f}', f"geo:{lat:.4f},{lon:.4f}",
        f"{a:.4f}° {north}, {b:.4f}° {east}", f"{lon:.6f} {lat:.6f}",
        f"{int(a)}°{int(a * 60 % 60):02}'{a * 3600 % 60:04.1f}\"{north} {int(b)}°{int(b * 60 % 60):02}'{b * 3600 % 60:04.1f}\"{east}",
        f"{int(a)}° {int(a * 60 % 60)}′ {int(a * 3600 % 60)}″ {north}, {int(b)}° {int(b * 60 % 60)}′ {int(b * 3600 % 60)}″ {east}",
        f"{north}{int(a)} {a * 60 % 60:06.3f} {east}{int(b):03} {b * 60 % 60:06.3f}", f"{lat:.2f} N, {b:.2f} E".replace("-", ""),
        f"{int(a)} deg {int(a * 60 % 60)}' {a * 3600 % 60:.2f}\" {north}",
    ])  # fmt: skip


def _not_coordinates(rng: random.Random) -> str:
    a, b = rng.uniform(1, 90), rng.uniform(1, 170)
    return rng.choice([
        f"{a:.2f}, {b:.2f}", f"${a:.3f} and ${b:.3f}", f"{a:.1f}/{b:.1f}", f"version {int(a)}.{int(b)}.{int(a)}", f"{a:.3f} kg and {b:.3f} kg",
        f"p = {a / 100:.4f}", f"{int(a)}.{int(b)}.20{int(a) % 30:02}", f"{int(a) % 12 + 1}:{int(b) % 60:02}, {int(b) % 12 + 1}:30", f"{a:.2f}% to {b:.2f}%",
        f"{int(a)} ft {int(a) % 12} in", f"it is {int(a)}° outside", f"{a:.3f} km then {b:.3f} km", f"score {a:.4f}", f"€{a:.3f}, €{b:.3f}",
    ])  # fmt: skip


def _geohash(rng: random.Random) -> str:
    lat, lon = _place(rng)
    low, high, bits = [-90.0, -180.0], [90.0, 180.0], []
    for place in range(5 * rng.randint(6, 10)):
        axis, at = (1, lon) if place % 2 == 0 else (0, lat)
        middle = (low[axis] + high[axis]) / 2
        bits.append(at >= middle)
        (low if bits[-1] else high)[axis] = middle
    return "".join(_HASH[int("".join("01"[bit] for bit in bits[at : at + 5]), 2)] for at in range(0, len(bits), 5))


def _geohash_text(rng: random.Random) -> Case:
    value = _geohash(rng)
    return rng.choice(
        ["geohash {}", "geohash: {}", "the geohash is {}", "Geohash={}", "geo-hash {}", '"geohash":"{}"']
    ).format(value), value


def _not_geohash(rng: random.Random) -> str:
    words = [
        "between",
        "sequence",
        "strength",
        "zephyr",
        "rhythms",
        "backpack",
        "username",
        "hundred",
        "thanks2u",
        "number1",
    ]
    return rng.choice([
        rng.choice(words), f"{rng.choice(words)}{rng.randint(1, 99)}", _hex(rng, 7), f"order {rng.randint(10**6, 10**7)}", "hash " + _hex(rng, 40),
        f"gr8 m8 b4 {rng.randint(1, 9)}", f"{rng.randint(1, 31)}th of june", f"{rng.randint(2, 90)}months", "geohash tables are fun", f"ABC{_digits(rng, 5)}",
        f"{rng.randint(1, 9)}x{rng.randint(1, 9)} mm", f"mp{rng.randint(3, 4)}", f"bus{rng.randint(1, 99)}", f"10{rng.choice(['th', 'x', 'k'])}",
    ])  # fmt: skip


def _plus_code(rng: random.Random) -> str:
    code = rng.choice("23456789C") + rng.choice("23456789CFGHJMPQRV") + "".join(rng.choices(_OLC, k=6))
    return rng.choice([f"{code}+{''.join(rng.choices(_OLC, k=rng.choice([2, 2, 3])))}", f"{code[:4]}0000+", f"{code.lower()}+{''.join(rng.choices(_OLC, k=2)).lower()}",
                       f"{code[4:]}+{rng.choice(_OLC[8:])}{rng.choice(_OLC)}"])  # fmt: skip


def _not_plus_code(rng: random.Random) -> str:
    return rng.choice([f"{rng.randint(2, 99)}+{rng.randint(2, 99)}", "C++", f"{rng.randint(1000, 9999)}+{rng.randint(10, 99)}", "A+B", "18+", "HTML+CSS", "WHAT+EVER",
                       f"+{_digits(rng, 3)} points", "Google+", "utf8+bom", "SIGN+UP", "Disney+", f"{rng.randint(100, 999)}+ users", "q=cats+and+dogs"])  # fmt: skip


def _h3(rng: random.Random) -> str:
    cell = h3.latlng_to_cell(*_place(rng), rng.randint(0, 15))
    return rng.choice([cell, cell, cell.upper(), "0" + cell])


def _not_h3(rng: random.Random) -> str:
    return rng.choice(
        [
            _hex(rng, 15).replace("8", "7", 1) if rng.random() < 0.5 else "8" + _digits(rng, 14),
            _hex(rng, 16),
            _hex(rng, 14),
            _hex(rng, 32),
            "8" + _hex(rng, 15) + "z",
        ]
    )


def _nmea(rng: random.Random) -> str:
    lat, lon = map(abs, _place(rng))
    where = f"{int(lat):02}{lat * 60 % 60:07.4f},N,{int(lon):03}{lon * 60 % 60:07.4f},E"
    clock = f"{rng.randint(0, 23):02}{rng.randint(0, 59):02}{rng.randint(0, 59):02}.00"
    talker = rng.choice(["GP", "GN", "GL", "GA", "GB", "BD"])
    body = rng.choice(
        [
            f"{talker}GGA,{clock},{where},1,08,0.9,545.4,M,46.9,M,,",
            f"{talker}RMC,{clock},A,{where},022.4,084.4,230394,003.1,W",
            f"{talker}GLL,{where},{clock},A",
        ]
    )
    check = 0
    for sign in body:
        check ^= ord(sign)
    return f"${body}*{check:02X}"


def _not_nmea(rng: random.Random) -> str:
    return rng.choice([f"${_digits(rng, 3)},{_digits(rng, 3)}", "GPS, please", "$GPGGA is a sentence", "GP RMC", "$HOME,$PATH", "$GOOG, $META", "GPGGA", f"GGA,{_digits(rng, 6)}", "RMC no 5",
                       "$GPL,v2", "$GNU,linux"])  # fmt: skip


def _exif(rng: random.Random) -> str:
    a, b = map(abs, _place(rng))
    parts = f"{int(a)}, {int(a * 60 % 60)}, {a * 3600 % 60:.2f}"
    return rng.choice([
        f"GPSLatitude: {a:.6f}", f"GPSLongitude = {b:.6f}", f"GPS Latitude : {int(a)} deg {int(a * 60 % 60)}' {a * 3600 % 60:.2f}\" N", f'"GPSLatitude": [{parts}]',
        f"Exif.GPSInfo.GPSLongitude {int(b)}/1 {int(b * 60 % 60)}/1 {int(b * 3600 % 60)}/1", f"GPS GPSLatitude: [{parts}]", f"GPSAltitude: {rng.randint(1, 900)} m", f"EXIF:GPSPosition: {a:.5f} {b:.5f}",
        f"GPSDateStamp: 2024:0{rng.randint(1, 9)}:1{rng.randint(0, 9)}", f"GPSLatitude=({parts})",
    ])  # fmt: skip


def _not_exif(rng: random.Random) -> str:
    return rng.choice([f"GPS signal lost {rng.randint(2, 9)} times", "GPSLatitude is a tag", f"Exposure: 1/{rng.randint(30, 900)}", f"ISO: {rng.randint(100, 900)}", "GPS: on", "my GPS died",
                       f"ImageWidth: {rng.randint(100, 9000)}", "GPSLatitude: none", f"DateTime: 2024:0{rng.randint(1, 9)}:11 10:10:10", "GPS 2000 is a shop", f"FocalLength {rng.randint(10, 90)} mm"])  # fmt: skip


def _mac(rng: random.Random) -> str:
    pairs = [_hex(rng, 2) for _ in range(6)]
    plain = "".join(pairs)
    return rng.choice(
        [
            ":".join(pairs),
            ":".join(pairs).upper(),
            "-".join(["a" + pairs[0][0], *pairs[1:]]).upper(),
            ".".join((plain[:4], plain[4:8], plain[8:])),
        ]
    )


def _not_mac(rng: random.Random) -> str:
    two = [f"{rng.randint(0, 59):02}" for _ in range(6)]
    return rng.choice(["-".join(two), ":".join(two[:3]), " ".join(two), _hex(rng, 12), ":".join(_hex(rng, 2) for _ in range(5)), ":".join(_hex(rng, 2) for _ in range(8)), f"{_digits(rng, 4)}.{_digits(rng, 4)}",
                       str(uuid.UUID(int=rng.getrandbits(128))), f"{two[0]}:{two[1]}-{two[2]}:{two[3]}", f"ab:cd:ef:{two[0]}"])  # fmt: skip


def _with_check(digits: str) -> str:
    total = sum(sum(divmod(2 * int(d), 10)) if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _imei(rng: random.Random) -> str:
    value = _with_check(rng.choice(["35", "86", "01", "99", "35", "45", "52"]) + _digits(rng, 12))
    return rng.choice(
        [
            value,
            value,
            f"{value[:2]}-{value[2:8]}-{value[8:14]}-{value[14]}",
            f"{value[:2]} {value[2:8]} {value[8:14]} {value[14]}",
        ]
    )


def _not_imei(rng: random.Random) -> str:
    good = _with_check("35" + _digits(rng, 12))
    bad = good[:14] + str((int(good[14]) + rng.randint(1, 9)) % 10)
    return rng.choice(
        [
            bad,
            bad,
            good[:14],
            good + _digits(rng, 1),
            f"0.{good}",
            _with_check("37" + _digits(rng, 12)),
            f"{bad[:2]}-{bad[2:8]}-{bad[8:14]}-{bad[14]}",
            f"A{good}",
        ]
    )


def _advertising_id(rng: random.Random) -> Case:
    value = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    value = value.upper() if rng.random() < 0.5 else value
    text = rng.choice(
        [
            "IDFA {}",
            "gaid={}",
            '"idfa": "{}"',
            "advertising id: {}",
            "advertising_id={}",
            "my ad id is {}",
            "AAID: {}",
            "GAID is {}",
            "{} (IDFA)",
            "maid {}",
            "Google Advertising ID {}",
            "device id {}",
        ]
    )
    return text.format(value), value


def _not_advertising_id(rng: random.Random) -> str:
    value = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return rng.choice(
        [
            f"request {value}",
            value,
            f"trace-id: {value}",
            f"IDFA {value[:-2]}",
            f"session {value}",
            f"build {value}",
            "gaid is off",
            f"urn:uuid:{value}",
            f"correlation id {value}",
        ]
    )


def _cell_id(rng: random.Random) -> str:
    mcc, mnc, lac, cid = (
        rng.choice(["262", "310", "440", "724", "208"]),
        _digits(rng, 2),
        rng.randint(1, 65533),
        rng.randint(1, 2**28 - 1),
    )
    return rng.choice([
        f"mcc={mcc} mnc={mnc} lac={lac} cid={cid}", f"MCC: {mcc}, MNC: {mnc}, TAC: {lac}, CI: {cid}", f"cell id {cid + 100}", f"CGI {mcc}-{mnc}-{lac}-{cid}", f"{mcc}-{mnc}-{lac}-{cid}",
        f'"mcc":{mcc},"mnc":{mnc},"lac":{lac},"cid":{cid}', f"LAC {lac + 100} CID {cid}", f"cellid={cid + 100}", f"ECI: {cid + 100}", f"cell_id: 0x{cid + 256:x}", f"{mcc}_{mnc}_{lac}_{cid}",
    ])  # fmt: skip


def _not_cell_id(rng: random.Random) -> str:
    return rng.choice([f"cell {rng.randint(1, 9)}", f"mcc is {rng.randint(2, 9)}", f"{_digits(rng, 3)}-{_digits(rng, 2)}", f"978-3-16-{_digits(rng, 6)}-0", "CID the hero", f"lac de {rng.randint(2, 9)} km", f"cell B{rng.randint(1, 99)}",
                       f"2024-0{rng.randint(1, 9)}-11", f"ci/cd {rng.randint(1, 9)}", f"1{_digits(rng, 2)}-{_digits(rng, 2)}-{_digits(rng, 4)}-{_digits(rng, 4)}", "tac tic toe", f"pci slot {rng.randint(1, 9)}"])  # fmt: skip


def _ip(rng: random.Random) -> str:
    groups = [f"{rng.randint(0, 65535):x}" for _ in range(8)]
    return rng.choice([".".join(str(rng.randint(0, 255)) for _ in range(4)), ".".join(str(rng.randint(1, 255)) for _ in range(4)) + "/24", ":".join(groups), "2001:db8::" + ":".join(groups[:rng.randint(1, 4)]), f"fe80::{groups[0]}:{groups[1]}",
                       "::ffff:" + ".".join(str(rng.randint(0, 255)) for _ in range(4))])  # fmt: skip


def _not_ip(rng: random.Random) -> str:
    return rng.choice([f"version 1.2.{rng.randint(0, 9)}.{rng.randint(0, 9)}", f"{rng.randint(256, 999)}.{rng.randint(0, 255)}.1.1", f"1.2.{rng.randint(0, 99)}", f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}", "std::vector", "a::b",
                       f"v2.0.{rng.randint(0, 9)}.1", f"1.2.3.4.{rng.randint(0, 9)}", f"12:3{rng.randint(0, 9)}", "::", f"{rng.randint(1, 28)}.11.2024", f"ratio 1:2:{rng.randint(1, 9)}", f"§ {rng.randint(1, 9)}.1.1.300"])  # fmt: skip


def _iban(rng: random.Random) -> str:
    country = rng.choice(list(_IBANS))
    account = {
        "GB": lambda: "".join(rng.choices(string.ascii_uppercase, k=4)) + _digits(rng, 14), "NL": lambda: "".join(rng.choices(string.ascii_uppercase, k=4)) + _digits(rng, 10),
        "FR": lambda: _digits(rng, 10) + _digits(rng, 11) + _digits(rng, 2), "CH": lambda: _digits(rng, 17),
    }.get(country, lambda: _digits(rng, _IBANS[country]))()  # fmt: skip
    check = 98 - int("".join(str(int(sign, 36)) for sign in account + country + "00")) % 97
    value = f"{country}{check:02}{account}"
    return rng.choice([value, " ".join(value[at : at + 4] for at in range(0, len(value), 4))])


def _not_iban(rng: random.Random) -> str:
    value = _iban(rng)
    wrong = value[:2] + f"{(int(value[2:4]) + rng.randint(1, 90)) % 97:02}" + value[4:]
    return rng.choice(
        [
            wrong,
            wrong,
            f"AB{_digits(rng, 6)}",
            f"SE{_digits(rng, 2)} room",
            f"ID{_digits(rng, 14)}",
            f"XX{_digits(rng, 20)}",
            value[:12],
        ]
    )


def _phone(shapes: Callable[[random.Random], list[str]]) -> Callable[[random.Random], str]:
    return lambda rng: "".join(
        str(rng.randint(2, 9)) if sign == "N" else rng.choice(string.digits) if sign == "D" else sign
        for sign in rng.choice(shapes(rng))
    )


_PHONES = {
    "JP": _phone(lambda rng: ["0NN-NDDD-DDDD".replace("0NN", "090"), "080-NDDD-DDDD", "070-NDDD-DDDD", "03-NDDD-DDDD", "06-NDDD-DDDD", "+81 90 NDDD DDDD", "+81-3-NDDD-DDDD", "052-NDD-DDDD", "(03) NDDD-DDDD", "090NDDDDDDD", "0120-NDD-DDD"]),
    "DE": _phone(lambda rng: ["030 NDDDDDDD", "089/NDDDDDD", "+49 30 NDDDDDD", "+49 (0)89 NDDDDDD", "0151 NDDDDDDD", "0171-NDDDDDD", "040 - NDD DD DD", "0049 221 NDDDDDD", "(0711) NDDDDD", "0160NDDDDDDD"]),
    "FR": _phone(lambda rng: ["01 ND DD DD DD", "06 ND DD DD DD", "06.ND.DD.DD.DD", "07-ND-DD-DD-DD", "+33 6 ND DD DD DD", "+33 1 ND DD DD DD", "0033 6 ND DD DD DD", "06NDDDDDDD", "+33 (0)1 ND DD DD DD"]),
    "BR": _phone(lambda rng: ["(11) 9NDDD-DDDD", "(21) NDDD-DDDD", "+55 11 9NDDD-DDDD", "11 9NDDD-DDDD", "(31) 9 NDDD-DDDD", "+55 (11) 9NDDD-DDDD", "021 NDDD-DDDD", "+5511 9NDDDDDDD"]),
}  # fmt: skip


def _not_phone(rng: random.Random) -> str:
    return rng.choice([
        f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.2024", f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} 10:30", f"{_digits(rng, 12)}", f"1.{_digits(rng, 3)}.{_digits(rng, 3)}", f"order 4{_digits(rng, 7)}", f"€ 1 {_digits(rng, 3)} {_digits(rng, 3)}",
        f"1,{_digits(rng, 3)},{_digits(rng, 3)}", f"#{rng.randint(10**6, 10**7)}", f"ISBN 978-3-16-{_digits(rng, 6)}-0", f"ticket 1{_digits(rng, 8)}", f"SKU 7{_digits(rng, 3)}-{_digits(rng, 4)}", f"{rng.randint(1990, 2024)}-{rng.randint(1990, 2024)}",
        f"invoice no. 4{_digits(rng, 3)}-{_digits(rng, 5)}", f"{rng.randint(1, 9)}.{_digits(rng, 8)}", f"id 6{_digits(rng, 9)}", f"{_digits(rng, 8)}{rng.choice('abc')}", f"{rng.randint(100, 999)} {rng.randint(100, 999)}", f"4{_digits(rng, 6)} bytes",
    ])  # fmt: skip


POSITIVES: dict[str, Callable[[random.Random], str | Case]] = {
    "COORDINATES": _coordinates, "GEOHASH": _geohash_text, "PLUS_CODE": _plus_code, "H3_INDEX": _h3, "NMEA_SENTENCE": _nmea, "EXIF_GPS": _exif, "MAC_ADDRESS": _mac, "IMEI": _imei,
    "ADVERTISING_ID": _advertising_id, "CELL_ID": _cell_id, "IP_ADDRESS": _ip, "IBAN_CODE": _iban, **{f"PHONE_NUMBER {region}": shape for region, shape in _PHONES.items()},
}  # fmt: skip
LOOK_ALIKES: dict[str, Callable[[random.Random], str]] = {
    "COORDINATES": _not_coordinates, "GEOHASH": _not_geohash, "PLUS_CODE": _not_plus_code, "H3_INDEX": _not_h3, "NMEA_SENTENCE": _not_nmea, "EXIF_GPS": _not_exif, "MAC_ADDRESS": _not_mac, "IMEI": _not_imei,
    "ADVERTISING_ID": _not_advertising_id, "CELL_ID": _not_cell_id, "IP_ADDRESS": _not_ip, "IBAN_CODE": _not_iban, **dict.fromkeys((f"PHONE_NUMBER {region}" for region in _PHONES), _not_phone),
}  # fmt: skip
