"""A small sample of `make diagnose-bench`, and proof that it can fail."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.diagnose import __main__ as bench
from benchmarks.diagnose.networks import NETWORKS
from tapecheck import CODES, check, oracles
from tapecheck.compare import relative_error
from tapecheck.diagnose import Diagnosis


@pytest.fixture(scope="module")
def tallies():
    found = {"with context": bench.Tally(), "without": bench.Tally()}
    for number, make in enumerate(NETWORKS.values()):
        bench.run(make, np.random.default_rng(100 + number), 1, found)
    return found


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_the_formulas_by_hand_are_right(make):
    network = bench.drawn(make, np.random.default_rng(7))
    hand = bench.by_hand(network, network.values, np.float64).grads
    truths = bench.true_gradients(network, network.values)
    assert set(hand) == set(network.wanted)
    for name, gradient in hand.items():
        assert relative_error(np.asarray(gradient), truths[name]) < 1e-10


def test_planted_mistakes_are_named_first_and_nobody_is_accused(tallies):
    told, alone = tallies["with context"], tallies["without"]
    assert told.total() > 2000
    assert told.share("first") > 0.95
    assert told.count("accused") == alone.count("accused") == 0


def test_every_code_is_planted(tallies):
    planted = {code for code, _ in tallies["with context"].outcomes}
    nested_only = {"structure"}
    # What a function did shows in no array that it returned.
    of_functions = {"input-changed", "no-custom-gradient"}
    assert planted | nested_only | of_functions >= set(CODES)


def test_the_page_s_table_has_these_networks_and_codes(tallies):
    """If not: make diagnose-bench"""
    page = Path(__file__).parents[1] / "book" / "reference" / "_diagnose-bench.md"
    table = page.read_text(encoding="utf-8")
    assert table.startswith(f"{len(NETWORKS)} networks")
    shown = set(re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE))
    assert shown == {code for code, _ in tallies["with context"].outcomes}


def test_right_gradients_raise_no_alarm():
    alarms, checked = bench.false_alarms(2)
    assert checked > 150
    assert alarms == 0


def test_a_diagnosis_that_guesses_is_found_out(monkeypatch):
    monkeypatch.setattr(
        check, "diagnose", lambda c, _: Diagnosis(c.name, ("sign",), "Guess.", "")
    )
    found = {"with context": bench.Tally(), "without": bench.Tally()}
    bench.run(NETWORKS["one neuron"], np.random.default_rng(0), 1, found)
    assert found["with context"].share("first") < 0.1
    assert found["without"].count("accused") > 50


def test_a_strictness_that_is_too_strict_is_found_out(monkeypatch):
    monkeypatch.setitem(check.compare.__globals__["TOLERANCES"], "float32", 1e-9)
    alarms, checked = bench.false_alarms(1)
    assert 0 < alarms < checked


def test_outcomes_are_counted_as_the_benchmark_says():
    assert bench.outcome("sign", ("sign",)) == "first"
    assert bench.outcome("accumulated", ("factor", "accumulated")) == "among"
    assert bench.outcome("missing-factor", ("axis-factor",)) == "general"
    assert bench.outcome("sum-not-mean", ("factor", "accumulated")) == "general"
    assert bench.outcome("unexplained", ("factor",)) == "accused"
    assert bench.outcome("transpose", ("sign",)) == "accused"
    assert bench.outcome("sign", ("sign+factor",)) == "accused"


def test_the_oracle_of_the_benchmark_is_the_package_s():
    assert bench.tape_gradient is oracles.tape_gradient
