from __future__ import annotations

from jobs.job import Shared


class Frame:
    """Counts what is asked of it, in place of Spark's."""

    def __init__(self):
        self.kept = 0

    def persist(self, level):
        self.kept += 1
        return self

    def unpersist(self):
        self.kept -= 1


def test_tables_of_the_same_dates_and_versions_share_one_frame():
    shared, frame = Shared(), Frame()

    assert shared.keep("visits", ("a", 1), lambda: frame) is frame
    assert shared.keep("visits", ("a", 1), Frame) is frame
    assert frame.kept == 1


def test_a_frame_of_another_version_is_made_again_and_the_old_one_freed():
    shared, old, new = Shared(), Frame(), Frame()
    shared.keep("visits", ("a", 1), lambda: old)

    assert shared.keep("visits", ("a", 2), lambda: new) is new
    assert (old.kept, new.kept) == (0, 1)


def test_forgetting_frees_all():
    shared, frame = Shared(), Frame()
    shared.keep("visits", (), lambda: frame)
    shared.forget()

    assert frame.kept == 0
    assert shared.keep("visits", (), Frame) is not frame
