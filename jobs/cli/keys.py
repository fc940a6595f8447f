"""`geoward keys`: which keys there are, and what becomes of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from jobs.cli.app import Json, app, grid, show
from jobs.counted import counted
from jobs.home import Home, open_home
from jobs.listings import KeysListing, KeyUse, ListedKey, RewrappedVault
from quality.contracts.errors import UsageError

if TYPE_CHECKING:
    from jobs.keys.keyset import Key
    from jobs.keys.keyset_file import KeysetFile

keys = typer.Typer(no_args_is_help=True, help="Keys: their purposes, epochs and states; rotation, rewrap and end.")
app.add_typer(keys, name="keys")

KeyId = Annotated[str, typer.Argument(help="A key's id, as `geoward keys list` shows it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")]
_NOTHING = "Nothing was changed."


@keys.command("list")
def list_(as_json: Json = False) -> None:
    """List all keys by purpose, region and epoch, destroyed ones too. No key is opened or shown.

    Example: `geoward keys list`
    """
    from jobs.keys.config import keyset_of

    keyset = keyset_of(open_home())
    if keyset.is_new:
        listing = KeysListing(kek="", counter=0, dry_run=False, keys=[])
        show(listing, as_json, ["There are no keys yet."])
    else:
        _show(keyset, list(keyset.read().keys), as_json, "")


@keys.command()
def rotate(
    purpose: Annotated[str, typer.Option("--purpose", help="pseudonym, token, subject or placeholder.")],
    region: Annotated[str, typer.Option("--region", "-r", help="The region whose rows it is for.")],
    epoch: Annotated[str, typer.Option("--epoch", help="A month such as 2026-11, or none.")] = "none",
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a new primary key: new writes take it at once, and the old one goes on opening what it protects.

    Example: `geoward keys rotate --purpose token --region eu`
    """
    from jobs.keys.keyset import KeyDomain

    home = open_home()
    domain = KeyDomain(purpose, home.region(region).name, epoch)
    keyset = existing_keyset(home, dry_run)
    old = keyset.read().primary(domain)
    key_id = keyset.rotate(domain)
    changed = [key for key in keyset.read().keys if key.id in (key_id, old and old.id)]
    if dry_run and old:
        again = " The next run would make those partitions again with the new one." if purpose == "pseudonym" else ""
        would = f"Would make a new key for {domain}, which new writes would take at once in place of {old.id}."
        _show_use(home, keyset, old, as_json, f"{would} That would go on opening what it wrote: {{use}}.{again}")
    else:
        _show(keyset, changed, as_json, "The first of them is no longer taken by new writes.")


@keys.command()
def disable(key_id: KeyId, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Let a key open nothing until it is enabled; a primary is rotated first.

    Example: `geoward keys disable key-0123456789abcdef --dry-run`
    """
    would = "Would disable {key}: what it protects could not be read until it is enabled. Now: {use}. {next}"
    _change(key_id, "disable", dry_run, as_json, "Disabled: what it protects cannot be read.", would)


@keys.command()
def enable(key_id: KeyId, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Let a disabled key open what it protects again.

    Example: `geoward keys enable key-0123456789abcdef`
    """
    would = "Would enable {key}: what it protects could be read again; {use}. {next}"
    _change(key_id, "enable", dry_run, as_json, "Enabled: what it protects can be read.", would)


@keys.command()
def destroy(key_id: KeyId, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Take a key away for good: what it protects can never be read again. Look with `--dry-run` first.

    A key that the vault of subjects needs is refused. Backups of the keyset hold the key until the day that is told.

    Example: `geoward keys destroy key-0123456789abcdef --dry-run`
    """
    from jobs.catalog import now
    from jobs.vault_keys import refuse_in_use

    home = open_home()
    refuse_in_use(home, existing_keyset(home).read().key(key_id))
    until = now() + home.vault.backups_kept
    backups = f"Backups of keys/keyset.json may hold it until {until:%Y-%m-%d}."
    would = (
        f"Would destroy {{key}} for good: what it protects could never be read again. Now: {{use}}. {{next}} {backups}"
    )
    last = None if dry_run else until
    _change(key_id, "destroy", dry_run, as_json, f"Destroyed here. {backups}", would, last_copy_until=last)


@keys.command()
def rewrap(
    again: Annotated[
        bool, typer.Option("--again", help="Also keys that are wrapped by it: its server has a new version of it.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Bring all keys under the key-encryption key that geoward.yaml names; touches no table, and can be repeated.

    The one that wrapped them stays under ``keys.before`` there until this is done. Data keys of the vaults come under
    the newest key of purpose `subject`, if that was rotated.

    Example: `geoward keys rewrap --dry-run`
    """
    from jobs.vault_keys import rewrap_vaults

    home = open_home()
    keyset = existing_keyset(home, dry_run)
    to = keyset.providers[0].id
    moved = [key.id for key in keyset.read().keys if key.wrapped and (again or key.kek != to)]
    keyset.rewrap(again=again)
    vaults = [RewrappedVault(**asdict(one)) for one in rewrap_vaults(home, keyset)]
    _audit(home, keyset, to, "rewrapped", keys=len(moved), data_keys={one.region: one.data_keys for one in vaults})
    end = "All keys are wrapped by it: what keys.before names is needed no more."
    if dry_run:
        end = f"Would wrap {counted(len(moved), 'key')} by {to}, as new keys are, and touch no table. {_NOTHING}"
    _show(keyset, [key for key in keyset.read().keys if key.id in moved], as_json, end, vaults=vaults)


def _change(key_id: str, operation: str, dry_run: bool, as_json: bool, end: str, would: str, **more: Any) -> None:
    home = open_home()
    keyset = existing_keyset(home, dry_run)
    getattr(keyset, operation)(key_id)
    _audit(home, keyset, key_id, {"destroy": "destroyed"}.get(operation, f"{operation}d"))
    key = keyset.read().key(key_id)
    if dry_run:
        _show_use(home, keyset, key, as_json, would, **more)
    else:
        _show(keyset, [key], as_json, end, **more)


def _show_use(home: Home, keyset: KeysetFile, key: Key, as_json: bool, would: str, **more: Any) -> None:
    """Show what a dry run would change of a key: ``would`` says it, with what the key protects and what is written."""
    from jobs.key_uses import said, use_of

    primary, use = keyset.read().primary(key.domain), use_of(home, key)
    following = (
        f"New writes take {primary.id}, as before." if primary and primary != key else "Nothing new could be written."
    )
    end = would.format(key=f"{key.id} ({key.domain})", use=said(use, key), next=following)
    _show(keyset, [key], as_json, f"{end} {_NOTHING}", uses=[KeyUse(**asdict(use))], **more)


def existing_keyset(home: Home, dry_run: bool = False) -> KeysetFile:
    """Return the keyset; raise ``UsageError`` where none was made yet."""
    from jobs.keys.config import keyset_of

    keyset = keyset_of(home, dry_run=dry_run)
    if keyset.is_new:
        raise UsageError("There are no keys yet.", mend="The first job that needs a key makes it.")
    return keyset


def _audit(home: Home, keyset: KeysetFile, subject: str, outcome: str, **detail: Any) -> None:
    from jobs.audit_log import audit

    if not keyset.dry_run:
        audit(home, "key", subject, outcome, **detail)


def _show(keyset: KeysetFile, found: list[Key], as_json: bool, end: str, **more: Any) -> None:
    listed = [
        ListedKey(
            id=key.id,
            purpose=key.domain.purpose,
            region=key.domain.region,
            epoch=key.domain.epoch,
            state=str(key.state),
            created=key.created,
            kek=key.kek,
        )
        for key in sorted(found, key=lambda key: (key.domain.purpose, key.domain.region, key.domain.epoch, key.created))
    ]
    counter = keyset.read().counter
    listing = KeysListing(kek=keyset.providers[0].id, counter=counter, dry_run=keyset.dry_run, keys=listed, **more)
    table = grid("purpose", "region", "epoch", "state", "created", "key", "wrapped by")
    for one in listed:
        table.add_row(one.purpose, one.region, one.epoch, one.state, one.created, escape(one.id), escape(one.kek))
    moved = [f"{one.region}: {counted(one.data_keys, 'data key')} of the vault" for one in listing.vaults]
    show(listing, as_json, [table, *moved, *([f"\n{end}"] if end else [])])
