"""What a run may do without asking: pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syncengine.engine.plausible import Limits, Touch, judge, question

LIMITS = Limits(emptied=20, least=20, share=50)


def touches(deleted: int, changed: int, kind: str = "vendors") -> list[Touch]:
    return [Touch(f"{kind}/{place}", kind, place < deleted) for place in range(deleted + changed)]


def test_a_list_that_becomes_empty_is_asked_about_even_where_it_is_a_small_share():
    doubt = judge(touches(20, 0), {"vendors": 20, "items": 5_000}, LIMITS, ())
    assert doubt is not None
    assert (doubt.what, doubt.deleted) == ("emptied", {"vendors": 20})
    assert judge(touches(19, 0), {"vendors": 19, "items": 5_000}, LIMITS, ()) is None
    assert judge(touches(20, 0), {"vendors": 23, "items": 5_000}, LIMITS, ()) is None


def test_one_that_is_left_over_hides_no_emptied_list():
    doubt = judge(touches(27, 0), {"vendors": 30, "items": 5_000}, LIMITS, ())
    assert doubt is not None
    assert question(doubt, side="here").startswith("27 of the 30 vendors that both sides had are suddenly gone from QuickBooks")


def test_what_is_made_inactive_or_merged_away_empties_a_list_too():
    gone = [*touches(10, 0), *(Touch(f"out/{place}", "vendors", False, leaves=True) for place in range(10))]
    doubt = judge(gone, {"vendors": 20, "items": 5_000}, LIMITS, ())
    assert doubt is not None
    assert (doubt.what, doubt.deleted) == ("emptied", {"vendors": 20})


def blank(count: int, *names: str) -> list[Touch]:
    return [Touch(f"blank/{place}", "vendors", False, blanked=frozenset(names)) for place in range(count)]


def test_a_field_that_most_of_a_kind_would_lose_is_asked_about_even_where_that_is_a_small_share():
    doubt = judge(blank(21, "phone"), {"vendors": 40, "items": 5_000}, LIMITS, ())
    assert doubt is not None
    assert (doubt.what, doubt.blanked) == ("implausible", {"vendors": {"phone": 21}})
    assert question(doubt, side="here").startswith("This sync would empty phone of 21 vendors here, because QuickBooks suddenly says nothing there")
    assert judge(blank(20, "phone"), {"vendors": 40, "items": 5_000}, LIMITS, ()) is None
    assert judge(blank(19, "phone"), {"vendors": 19, "items": 5_000}, LIMITS, ()) is None
    mixed = [*blank(15, "phone"), *(Touch(f"mail/{place}", "vendors", False, blanked=frozenset({"email"})) for place in range(15))]
    assert judge(mixed, {"vendors": 60, "items": 5_000}, LIMITS, ()) is None, "no field is lost by many"


def test_more_than_half_is_asked_about_and_half_is_not():
    assert judge(touches(10, 20), {"vendors": 60}, LIMITS, ()) is None
    doubt = judge(touches(10, 21), {"vendors": 60}, LIMITS, ())
    assert doubt is not None
    assert (doubt.what, doubt.deleted, doubt.changed, doubt.of) == ("implausible", {"vendors": 10}, {"vendors": 21}, 60)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 200))
def test_what_was_let_through_is_never_asked_about_again(deleted, changed, more):
    every = touches(deleted, changed)
    assert judge(every, {"vendors": deleted + changed + more}, LIMITS, [each.mark for each in every]) is None


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 300))
def test_doubt_only_grows_with_what_is_touched(deleted, changed, more):
    alive = {"vendors": deleted + changed + more}
    if judge(touches(deleted, changed), alive, LIMITS, ()) is not None:
        assert judge(touches(deleted + 1, changed), {"vendors": alive["vendors"]}, LIMITS, ()) is not None


def test_the_question_names_the_side_and_the_figures():
    doubt = judge(touches(10, 21), {"vendors": 60}, LIMITS, ())
    assert doubt is not None
    assert question(doubt, side="there").startswith(
        "This sync would delete 10 vendors and change 21 vendors in QuickBooks: 31 of the 60 records that both sides have."
    )
    assert "If QuickBooks was changed like this on purpose" in question(doubt, side="here")
