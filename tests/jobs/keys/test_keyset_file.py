"""A keyset's file holds what was written, and whatever else it holds is refused."""

from __future__ import annotations

import json
import os
import stat
from base64 import b64encode
from dataclasses import dataclass, replace

import pytest

from jobs.keys import keyset_file, keyset_text
from jobs.keys.keyset import State
from jobs.keys.keyset_file import KeysetFile
from jobs.keys.local_file import LocalFile
from quality.contracts.errors import KeyUnusable, UsageError
from tests.jobs.keys.conftest import NOVEMBER, TOKENS, forms, made, opened


@pytest.fixture
def full(keys):
    """Return a keyset's file with keys in each state."""
    for domain in (NOVEMBER, TOKENS):
        keys.new_key(domain)
    off, gone = keys.rotate(NOVEMBER), keys.rotate(NOVEMBER)
    keys.rotate(NOVEMBER)
    keys.disable(off)
    keys.destroy(gone)
    return keys


def edited(file, change):
    """Change the file's text by hand, keeping to its one form."""
    found = json.loads(file.path.read_text())
    change(found)
    file.path.write_text(json.dumps(found, sort_keys=True, separators=(",", ":")) + "\n")


def refuses(file, match=None):
    name = file.path.name
    with pytest.raises(KeyUnusable, match=match or f"The keyset {name} cannot be used: .*Restore it from your backup"):
        file.read()


def test_keys_are_32_random_bytes_that_open_again(full):
    found = opened(full)

    assert len(found) == 3 and {len(key) for key in found.values()} == {32} and len(set(found.values())) == 3
    assert opened(full) == found
    assert stat.S_IMODE(full.path.stat().st_mode) == 0o600


def test_a_rotation_keeps_what_the_old_key_opens(keys):
    old = keys.new_key(NOVEMBER)
    secret = keys.open_key(old)
    new = keys.rotate(NOVEMBER)

    assert keys.read().primary(NOVEMBER).id == new
    assert keys.open_key(old) == secret != keys.open_key(new)


def test_what_changes_nothing_writes_nothing(full):
    before, keyset = full.path.read_bytes(), full.read()
    for key in keyset.keys:
        {"disabled": full.disable, "destroyed": full.destroy}.get(key.state, full.enable)(key.id)
    full.rewrap()
    full.make()

    assert full.path.read_bytes() == before


def test_an_operation_that_is_refused_leaves_the_file_as_it_was(full):
    before = full.path.read_bytes()
    for refused in (lambda: full.new_key(TOKENS), lambda: full.disable(full.read().primary(TOKENS).id)):
        with pytest.raises(UsageError):
            refused()
    assert full.path.read_bytes() == before


def test_every_byte_that_is_changed_is_refused(keys):
    keys.new_key(TOKENS)
    written = keys.path.read_bytes()
    for place in range(len(written)):
        for flip in (0x01, 0x20, 0x80):  # another letter, the other case, no letter
            changed = bytearray(written)
            changed[place] ^= flip
            keys.path.write_bytes(changed)
            with pytest.raises(KeyUnusable):
                keys.read()
    keys.path.write_bytes(written)
    keys.read()


def test_every_cut_and_addition_is_refused(keys):
    written = keys.path.read_bytes()
    for changed in [*(written[:size] for size in range(len(written))), written + b"\n", b" " + written, b"[" * 99999]:
        keys.path.write_bytes(changed)
        with pytest.raises(KeyUnusable):
            keys.read()


def swap(found):
    first, second = found["keyset"]["keys"][:2]
    first["wrapped"], second["wrapped"] = second["wrapped"], first["wrapped"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda found: found["keyset"]["keys"][1].update(state="disabled"), id="a-state"),
        pytest.param(lambda found: found["keyset"]["keys"][1].update(epoch="2026-10"), id="an-epoch"),
        pytest.param(lambda found: found["keyset"]["keys"].pop(1), id="an-entry-removed"),
        pytest.param(lambda found: found["keyset"]["keys"].reverse(), id="the-order"),
        pytest.param(swap, id="two-keys-swapped"),
        pytest.param(lambda found: found["keyset"].update(counter=99), id="the-counter"),
        pytest.param(lambda found: found["keyset"].update(counter="4"), id="a-counter-as-text"),
        pytest.param(lambda found: found["keyset"].update(more=1), id="a-field-more"),
        pytest.param(lambda found: found.update(more=1), id="a-field-more-outside"),
        pytest.param(lambda found: found.update(mac=found["mac"].upper()), id="the-code-in-upper-case"),
        pytest.param(lambda found: found.update(mac=""), id="no-code"),
        pytest.param(lambda found: found.update(mac="é"), id="a-code-of-other-letters"),
        pytest.param(lambda found: found.pop("keyset"), id="nothing"),
    ],
)
def test_what_is_edited_by_hand_is_refused(full, change):
    edited(full, change)
    refuses(full)


def test_each_state_edited_by_hand_is_refused(full):
    written = full.path.read_text()
    for number in range(len(full.read().keys)):
        for state in State:
            if str(full.read().keys[number].state) != state:
                edited(full, lambda found, n=number, to=state: found["keyset"]["keys"][n].update(state=str(to)))
                refuses(full)
                full.path.write_text(written)


def test_a_keyset_that_is_written_otherwise_is_refused_though_it_says_the_same(full):
    full.path.write_text(json.dumps(json.loads(full.path.read_text()), indent=1))
    refuses(full, "changed, cut or garbled")


def test_a_seal_of_another_keyset_is_refused(full, kek, tmp_path):
    strange = KeysetFile(tmp_path / "strange.json", (kek,))
    strange.make()
    seal = json.loads(strange.path.read_text())["keyset"]["seal"]
    edited(full, lambda found: found["keyset"].update(seal=seal))
    with pytest.raises(KeyUnusable, match=f"key-encryption key {kek.id} cannot be used: .*moved"):
        full.read()


def test_a_key_put_into_an_entry_of_another_domain_is_refused_even_by_whoever_holds_the_seal(full):
    keyset, seal = full._opened()
    moved = replace(keyset.keys[0], domain=NOVEMBER if keyset.keys[0].domain == TOKENS else TOKENS, state=State.ACTIVE)
    rest = tuple(key for key in keyset.keys if key.domain == TOKENS)
    full.path.write_text(keyset_text.written(replace(keyset, keys=(moved, *rest)), seal))

    full.read()
    with pytest.raises(KeyUnusable, match=f"Key {moved.id} cannot be used: key-encryption key .*moved"):
        full.open_key(moved.id)


def test_a_disabled_destroyed_and_unknown_key_opens_nothing(full):
    off, gone = (next(key.id for key in full.read().keys if key.state == state) for state in ("disabled", "destroyed"))
    for name, problem in ((off, "disabled"), (gone, "destroyed"), ("key-0", "not in the keyset")):
        with pytest.raises(KeyUnusable, match=f"Key {name} cannot be used: it is {problem}"):
            full.open_key(name)


def test_the_wrapped_bytes_of_a_destroyed_key_are_in_no_file(full):
    key = full.read().primary(TOKENS)
    (full.path.parent / f"{full.path.name}.1-ab.part").write_bytes(full.path.read_bytes())  # of a killed process
    full.destroy(key.id)

    assert full.read().key(key.id).state == "destroyed"
    assert [path.name for path in full.path.parent.iterdir() if b64encode(key.wrapped) in path.read_bytes()] == []


def test_a_lost_key_encryption_key_is_named_with_the_key_that_needs_it(full, kek):
    key = full.read().primary(TOKENS)
    text = kek.path.read_text()
    kek.path.unlink()
    with pytest.raises(
        KeyUnusable, match=f"Key {key.id} cannot be used: key-encryption key kek cannot be used: its file is"
    ):
        full.open_key(key.id)

    kek.path.write_text("00" * 32)
    kek.path.chmod(0o600)
    named = f"Key {key.id} cannot be used: key-encryption key {key.kek} cannot be used: no provider holds it"
    with pytest.raises(KeyUnusable, match=named) as wrong:
        full.open_key(key.id)
    assert text.strip() not in str(wrong.value)


def test_a_keyset_that_others_can_read_is_refused(full):
    full.path.chmod(0o644)
    refuses(full, "The keyset keyset.json cannot be used: its file has mode 0644")


def test_a_missing_keyset_is_never_begun_anew_by_an_operation(full):
    full.path.unlink()
    refuses(full, "its file is missing")
    with pytest.raises(KeyUnusable):
        full.new_key(TOKENS)
    assert not full.path.exists()


def test_an_older_copy_that_is_put_back_is_noticed_where_the_counter_is_remembered(kek, tmp_path):
    file = KeysetFile(tmp_path / "keyset.json", (kek,), tmp_path / "elsewhere" / "counter")
    file.make()
    key = file.new_key(TOKENS)
    older = file.path.read_bytes()
    file.destroy(key)
    file.path.write_bytes(older)

    refuses(file, "it is an older copy that was put back. Restore the newest copy")
    with pytest.raises(KeyUnusable, match="older copy"):
        file.rotate(TOKENS)
    file.path.unlink()
    with pytest.raises(KeyUnusable, match="it is missing, though it was used"):
        file.make()
    replace(file, memory=None).make()
    refuses(file, "another than the one that was used here")
    file.memory.write_text("{")
    refuses(file, "The memory counter of a keyset's counter cannot be used: it is garbled")


def test_a_keyset_whose_writer_was_killed_before_it_remembered_is_read(kek, tmp_path, monkeypatch):
    file = KeysetFile(tmp_path / "keyset.json", (kek,), tmp_path / "counter")
    file.make()
    with monkeypatch.context() as killed:
        killed.setattr(keyset_file, "remember", lambda *_: None)
        file.new_key(TOKENS)

    assert file.read().counter == 1
    assert file.rotate(TOKENS) and file.read().counter == 2


def test_a_rewrap_moves_every_key_to_another_provider_and_touches_nothing_else(full, kek, other):
    before, secrets = full.read(), opened(full)
    moved = replace(full, providers=(other, kek))
    moved.rewrap()
    kek.path.unlink()
    moved = replace(full, providers=(other,))

    assert opened(moved) == secrets
    assert {key.kek for key in moved.read().keys} == {other.id, ""} and moved.read().seal.kek == other.id
    same = [replace(key, kek="", wrapped=b"") for key in before.keys]
    assert [replace(key, kek="", wrapped=b"") for key in moved.read().keys] == same
    moved.enable(next(key.id for key in before.keys if key.state == "disabled"))
    assert len(opened(moved)) == len(secrets) + 1


def test_keys_can_be_wrapped_again_by_the_provider_that_wrapped_them(full):
    before, secrets = full.read(), opened(full)
    full.rewrap(again=True)

    assert opened(full) == secrets
    wrappings = {key.wrapped for key in full.read().keys} & {key.wrapped for key in before.keys}
    assert wrappings == {b""} and full.read().seal.wrapped != before.seal.wrapped


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_keyset_is_read_and_changed_while_a_rewrap_is_under_way(full, kek, other, done):
    secrets = opened(full)
    under_way = replace(full, providers=(other, kek))
    for _ in range(done):
        under_way._change(lambda keyset: under_way._moved(keyset, at_once=1))

    assert {key.kek for key in under_way.read().keys} == {kek.id, other.id, ""}
    under_way.rotate(NOVEMBER)
    assert secrets.items() <= opened(under_way).items()
    under_way.rewrap(at_once=1)
    assert secrets.items() <= opened(replace(full, providers=(other,))).items()


@dataclass(frozen=True)
class OneWay(LocalFile):
    """A provider that may encrypt and not decrypt, as a token with half of its rights."""

    def unwrap(self, wrapped, about):
        raise KeyUnusable(f"Key-encryption key {self.id}", "the token may not decrypt", mend="")


def test_keys_are_not_moved_to_a_provider_that_does_not_unwrap_them_again(full, kek, tmp_path):
    before = full.path.read_bytes()
    with pytest.raises(KeyUnusable, match="may not decrypt"):
        replace(full, providers=(OneWay(made(tmp_path / "one-way").path), kek)).rewrap()
    assert full.path.read_bytes() == before


def test_a_rewrap_whose_old_key_is_lost_says_so_and_changes_nothing(full, other):
    before = full.path.read_bytes()
    with pytest.raises(KeyUnusable, match="no provider holds it. Configure the provider that wrapped it"):
        replace(full, providers=(other,)).rewrap()
    assert full.path.read_bytes() == before


def test_no_key_is_in_the_file_in_a_repr_or_in_an_error(full, kek):
    keyset, seal = full._opened()
    secrets = [*opened(full).values(), seal, bytes.fromhex(kek.path.read_text())]
    shown = full.path.read_bytes() + repr((full, keyset)).encode()
    full.path.write_bytes(full.path.read_bytes()[:-9])
    with pytest.raises(KeyUnusable) as fault:
        full.open_key(keyset.keys[0].id)
    shown += f"{fault.value!r} {fault.value} {vars(fault.value)}".encode()

    assert [form for secret in secrets for form in forms(secret) if form in shown] == []
    assert forms(os.urandom(32))[1] not in shown and full.path.name.encode() in shown


def test_key_ids_are_random(keys, kek, tmp_path):
    assert len({keys.new_key(NOVEMBER), keys.new_key(TOKENS), *(keys.rotate(TOKENS) for _ in range(20))}) == 22
