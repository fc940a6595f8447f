"""A key-encryption key in a file: for its owner alone, and what it wraps stays where it was wrapped for."""

from __future__ import annotations

import os
import pickle
import stat

import pytest

from jobs.keys import private_file
from jobs.keys.local_file import LocalFile
from quality.contracts.errors import EnvironmentFault, KeyUnusable
from tests.jobs.keys.conftest import forms, made

KEY, ABOUT = bytes(range(32)), b"key-1 of eu"


def test_what_was_wrapped_unwraps_to_the_same(kek):
    assert kek.unwrap(kek.wrap(KEY, ABOUT), ABOUT) == KEY


def test_one_key_wrapped_twice_looks_like_two(kek):
    assert kek.wrap(KEY, ABOUT)[1:13] != kek.wrap(KEY, ABOUT)[1:13]


def test_a_wrapped_key_that_was_moved_elsewhere_is_refused(kek):
    with pytest.raises(KeyUnusable, match=f"Key-encryption key {kek.id} cannot be used: .*moved"):
        kek.unwrap(kek.wrap(KEY, ABOUT), b"key-1 of us")


@pytest.mark.parametrize("size", [0, 1, 12, 13, 28, 60])
def test_a_wrapped_key_that_was_cut_is_refused(kek, size):
    with pytest.raises(KeyUnusable):
        kek.unwrap(kek.wrap(KEY, ABOUT)[:size], ABOUT)


def test_a_flipped_bit_anywhere_in_a_wrapped_key_is_refused(kek):
    wrapped = kek.wrap(KEY, ABOUT)
    for place in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(KeyUnusable):
            kek.unwrap(bytes(changed), ABOUT)


def test_another_key_has_another_name_and_unwraps_nothing(kek, other):
    assert kek.id != other.id
    with pytest.raises(KeyUnusable, match="wrapped by another key"):
        other.unwrap(kek.wrap(KEY, ABOUT), ABOUT)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    provider = made(tmp_path / "keys" / "kek")
    name = provider.id
    provider.make()

    assert provider.id == name
    assert stat.S_IMODE(provider.path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(provider.path.read_text())) == 32


def test_what_a_killed_process_left_beside_a_key_is_removed(tmp_path):
    left = tmp_path / "kek.77-abcd.part"
    left.write_text("00")
    made(tmp_path / "kek")

    assert not left.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o602])
def test_a_file_that_others_can_read_or_change_is_refused(kek, mode):
    kek.path.chmod(mode)
    with pytest.raises(
        KeyUnusable, match=f"Key-encryption key kek cannot be used: its file has mode {mode:04o}.*chmod 600"
    ):
        kek.wrap(KEY, ABOUT)


def test_a_link_is_as_good_as_what_it_leads_to(kek, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(kek.path)
    assert LocalFile(link).id == kek.id

    kek.path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="mode 0644"):
        LocalFile(link).wrap(KEY, ABOUT)


def test_a_file_of_another_user_is_refused(kek, monkeypatch):
    monkeypatch.setattr(private_file.os, "geteuid", lambda: kek.path.stat().st_uid + 1)
    with pytest.raises(KeyUnusable, match="belongs to another user"):
        kek.wrap(KEY, ABOUT)


def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "kek", 0o600)
    with pytest.raises(KeyUnusable, match="no regular file"):
        LocalFile(tmp_path / "kek").wrap(KEY, ABOUT)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 31, "00" * 33, "00" * 32 + "\n\n", " " + "00" * 32])
def test_a_file_that_holds_no_key_is_refused_without_showing_it(kek, text):
    kek.path.write_text(text)
    with pytest.raises(KeyUnusable, match="not 64 hexadecimal digits") as refused:
        kek.unwrap(b"", ABOUT)
    assert "00" not in str(refused.value).replace("0600", "")


def test_a_missing_file_is_a_fault_of_the_environment_with_a_mend(tmp_path):
    with pytest.raises(KeyUnusable, match="missing.*Restore it from your backup") as missing:
        LocalFile(tmp_path / "kek").unwrap(b"", ABOUT)
    assert isinstance(missing.value, EnvironmentFault) and missing.value.exit_code == 4


def test_a_provider_shows_nobody_its_key(kek):
    secret = bytes.fromhex(kek.path.read_text())
    shown = pickle.dumps(kek) + repr(kek).encode() + kek.id.encode()

    assert [form for form in forms(secret) if form in shown] == []
    assert not any(secret.hex()[at : at + 16] in kek.id for at in range(49))
