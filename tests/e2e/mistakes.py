"""Mistakes that a publication could hold, each planted to show that the sweep finds it."""

from __future__ import annotations

import shutil
from dataclasses import replace

from jobs import commit, finish_publications, landed_regions, manifest, publish_table, run_job, take_over, unfinished
from jobs.lake import Lake


def plant(name):
    PLANTED[name][0]()


def _no_finish_at_all():
    def newest_only(table):
        """Complete, as at first, what was committed after the newest manifest."""
        done = {}
        for run_id in manifest.begun(table):
            version = unfinished.committed(table, run_id)
            if version is not None and version == max(manifest.log_versions(table)):
                manifest.complete(table, run_id, version)
                done[run_id] = version
        return done

    commit.finish = newest_only
    take_over.finish = newest_only


def _remove_without_asking():
    def remove(table, run_id):
        shutil.rmtree(table / f"stage-{run_id}", ignore_errors=True)
        manifest.give_up(table, run_id)

    from jobs import lake

    take_over.remove = lake.remove = remove


def _audit_log_after_the_catalog():
    real, tell, held = finish_publications.end_publication, finish_publications.audit_many, []

    def catalog_first(home, *begun):
        finish_publications.audit_many = lambda home, entries: held.extend(entries)
        done = real(home, *begun)
        tell(home, held)
        return done

    publish_table.end_publication = catalog_first


def _interrupted_is_forgotten():
    def forget(home, region):
        for _, catalog in landed_regions.catalogs(home, region.name):
            for begun in catalog.begun_publications():
                catalog.forget_publication(begun)
        return []

    take_over.finish_publications = publish_table.finish_publications = forget


def _told_again_and_again():
    finish_publications.audit_once = finish_publications.audit_many


def _no_claims():
    def claimed(self, name, dates, claims):
        return self.locked()

    Lake.claimed = claimed


def _published_before_its_checks():
    real = run_job._audit_and_publish

    def publish_first(job, place, run, inputs, staged, reports, bad):
        place.lake.publish(staged, run.dates, {"run_id": run.run_id})
        return real(job, place, run, inputs, staged, reports, bad)

    run_job._audit_and_publish = publish_first


def _no_clearing_up():
    from jobs import lake

    take_over.remove = lake.remove = lambda table, run_id: manifest.give_up(table, run_id)


def _one_commit_for_each_date():
    real = Lake.commit

    def date_by_date(self, staged, dates, facts):
        for day in dates:
            mine = replace(staged, files=tuple(file for file in staged.files if file.date == day))
            version = real(self, mine, [day], facts)
        return version

    Lake.commit = date_by_date


def _quarantine_outside_the_claim():
    real = run_job.publish_table

    def quarantine_first(place, run, staged, reports, quarantine):
        if quarantine is not None:
            with place.lake.locked():
                place.lake.commit(quarantine, run.dates, {"run_id": run.run_id})
        return real(place, run, staged, reports, None)

    run_job.publish_table = quarantine_first


def _rows_are_added():
    from deltalake import DeltaTable

    real = DeltaTable.create_write_transaction

    def append(self, actions, mode, schema, by, filters, **options):
        return real(self, actions, "append", schema, by, None, **options)

    DeltaTable.create_write_transaction = append


AFTER_A_COMMIT = ("killed: committed", "killed: one of two commits", "killed: published", "killed: told to auditors")
PLANTED = {
    "removed without asking": (_remove_without_asking, ("disk full: answer to the commit",)),
    "no manifest is made up for": (_no_finish_at_all, ("killed: manifest written", "disk full: manifest")),
    "audit log after the catalog": (_audit_log_after_the_catalog, ("killed: in the catalog",)),
    "what was interrupted is forgotten": (_interrupted_is_forgotten, AFTER_A_COMMIT),
    "told again and again": (_told_again_and_again, ("killed: told to auditors",)),
    "no claims": (_no_claims, ("second writer",)),
    "published before its checks": (_published_before_its_checks, ("failing audit",)),
    "nothing is cleared up": (_no_clearing_up, ("killed: staged",)),
    "a commit for each date": (_one_commit_for_each_date, AFTER_A_COMMIT),
    "quarantine before the claim": (_quarantine_outside_the_claim, ("second writer",)),
    "rows are added to what is there": (_rows_are_added, ("older backfill",)),
}
"""By name: the mistake, and the kinds of fault that are to find it."""
