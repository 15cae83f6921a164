"""Results as people see them: in a line, in a notebook, as data frames."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

import optkit
from optkit.core.solving import notebook
from optkit.core.solving.run import Run
from tests.core.toy import INSTANCE, LOCAL, claim, local_solution, solve
from tests.small import OPTIONS, instance, result

FAMILIES = [*OPTIONS]

LONGEST = 400
"""Characters of a line that says what an object is."""


@pytest.mark.parametrize("family", FAMILIES)
def test_objects_are_lines(family: str) -> None:
    """However large an object is, it prints as one short line."""
    answer = result(family)
    for shown in (answer, answer.instance, answer.trajectory, answer.verification):
        assert len(repr(shown)) < LONGEST
        assert "\n" not in repr(shown)
        assert str(shown) == repr(shown)
    assert f"objective {answer.objective:.10g}" in repr(answer)
    assert answer.status.value in repr(answer)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_notebook_shows_what_is_proven_and_a_picture(family: str) -> None:
    """Status, objective with its meaning, bound, gap, verdict and picture are there."""
    answer, about = result(family), optkit.families()[family]
    page = answer._repr_html_()
    assert about.meaning(answer.instance, answer.objective) in page
    assert answer.bound_source is not None
    for row in ("status", "objective", "bound", "gap", "stopped", "verified"):
        assert f">{row}</th>" in page
    assert "yes, by the independent checker" in page
    assert page.count("data:image/png;base64,") == 1


def test_a_notebook_names_violations_and_the_lack_of_a_solution() -> None:
    """A solution that fails the check is never shown as if it had passed."""
    wrong = solve(claim(objective=LOCAL / 2))
    page = wrong._repr_html_()
    assert "NO: objective: " in page
    assert "no-solution" in page
    assert repr(wrong).endswith("failed its check>")
    nothing = solve(lambda *_: None)
    assert "there is no solution to verify" in nothing._repr_html_()
    assert "not verified" in repr(nothing)


def test_a_line_says_that_a_run_was_cut_short() -> None:
    """A poor answer of a stopped run is not taken for the best that the solver can do."""

    def stopped(_: object, run: Run) -> optkit.Outcome:
        run.incumbent(LOCAL, local_solution)
        return optkit.Outcome(optkit.Reason.ITERATION_LIMIT)

    assert repr(solve(stopped)).endswith("verified, stopped: iteration-limit>")
    assert repr(solve(claim(LOCAL))).endswith("verified>")


def test_text_of_the_user_is_escaped() -> None:
    """A name cannot bring markup into the notebook."""
    renamed = INSTANCE.replace(name="<b>&x")
    page = optkit.solve(renamed, "local")._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;x" in page


def test_large_instances_have_no_picture_unless_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The notebook does not wait for a picture of thousands of servers."""
    monkeypatch.setattr(notebook, "MOST_DRAWN", 3)
    page = result("allocation")._repr_html_()
    assert "<img" not in page
    assert "optkit.draw(result.instance, result)" in page


def test_what_needs_an_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pandas or matplotlib there is one line that says what to install."""
    answer = result("bilevel")
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(optkit.UnavailableError, match=r"optkit\[bench\]"):
        answer.to_frame()
    with pytest.raises(optkit.UnavailableError, match=r"optkit\[bench\]"):
        answer.trajectory.to_frame()
    with pytest.raises(optkit.UnavailableError, match=r"optkit\[bench\]"):
        optkit.compare(answer.instance, ["auto"])
    for name in [
        name for name in sys.modules if name.startswith("optkit.bilevel.disp")
    ]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "No picture: drawing needs the extra plot" in answer._repr_html_()


@pytest.mark.parametrize("reported", [np.float64(LOCAL), np.float32(LOCAL), 9])
def test_values_are_floats_of_python(reported: float) -> None:
    """Whatever type a solver reports, results hold plain floats."""
    answer = solve(claim(reported, bound=np.float64(1.0)))
    assert type(answer.objective) is float
    assert type(answer.bound) is float
    assert {type(value) for point in answer.trajectory for value in point} <= {
        float,
        type(None),
    }


@pytest.mark.parametrize("wrong", [None, "nine", float("nan"), [9.0, 1.0]])
def test_what_is_no_number_names_the_solver(wrong: object) -> None:
    """An objective or bound that is no number is an error that says whose it is."""
    for what in ("objective", "bound"):

        def behaviour(_: object, run: Run, what: str = what) -> None:
            if what == "bound":
                run.prove(wrong, "a claim")  # type: ignore[arg-type]
            run.incumbent(wrong, local_solution)  # type: ignore[arg-type]

        with pytest.raises(
            optkit.UsageError, match=f"solver 'toy' reported the {what}"
        ):
            solve(behaviour)


def test_frames_hold_the_checkers_figures() -> None:
    """The main table of each family adds up to what the checker computed."""
    servers = result("allocation").to_frame()
    assert servers["cost"].max() == pytest.approx(result("allocation").objective)
    assert servers["load_gbit"].sum() == pytest.approx(
        instance("allocation").task.size_gbit
    )
    subtrees = result("allocation").to_frame("subtrees")
    assert subtrees["servers"].sum() == len(servers) - 1
    for name, order in zip(subtrees["subtree"], subtrees["order"], strict=True):
        placed = servers[servers["subtree"] == name].sort_values("place")
        assert placed["server"].tolist() == order

    windows = result("discovery").to_frame()
    assert windows["time_s"].sum() == pytest.approx(
        result("discovery").metrics["time_s"]
    )
    requests = result("discovery").to_frame("requests")
    assert (requests["mode"] == "agent").sum() == windows["agents"].sum()
    assert requests["agent"].notna().sum() == windows["connected"].sum()

    jobs = result("dispatch").to_frame()
    assert len(jobs) == len(instance("dispatch").jobs.slot)
    assert jobs["dropped"].equals(jobs["left_slot"].isna())
    servers = result("dispatch").to_frame("servers")
    counts = jobs["server"].value_counts()
    assert servers.set_index("server")["sent"].to_dict() == {
        server: counts.get(server, 0) for server in servers["server"]
    }

    links, devices = result("sync").to_frame(), result("sync").to_frame("devices")
    metrics = result("sync").metrics
    assert links["notifications"].sum() == metrics["notifications"]
    assert devices["reports"].sum() == metrics["reports_sent"]
    assert links["mean_age"].mean() == pytest.approx(metrics["mean_age"])

    columns = result("bilevel").to_frame()
    objective = (columns["value"] * columns["upper_objective"]).sum()
    assert objective == pytest.approx(result("bilevel").metrics["upper_objective"])


def test_the_trajectory_is_a_frame() -> None:
    """One row per change, numbers only, the last row is the result."""
    answer = result("bilevel")
    frame = answer.trajectory.to_frame()
    assert [*frame] == ["seconds", "objective", "bound"]
    assert len(frame) == len(answer.trajectory)
    assert set(map(str, frame.dtypes)) == {"float64"}
    assert frame["objective"].iloc[-1] == answer.objective
    assert re.findall("<tr>", answer.trajectory._repr_html_())


def test_a_frame_that_there_is_not_says_which_there_are() -> None:
    """Wrong names list the right ones; a run without a solution has no frame."""
    with pytest.raises(optkit.UsageError, match="Did you mean 'servers'"):
        result("allocation").to_frame("server")
    with pytest.raises(optkit.UsageError, match="no solution"):
        solve(lambda *_: None).to_frame()
