"""What students run below their answer: silent when right, a sentence when wrong.

Right and wrong answers are those of tests/answers; see test_answers.py.
"""

import re

import pytest
from assignments import SLUGS, Answer, answers, exercises

EXERCISES = {(e.slug, e.name): e for slug in SLUGS for e in exercises(slug)}
# Mistakes that the hidden tests name, and that a student must be told of at once.
TOLD = {
    ("02-gradient-descent", "max_step", "centred"): "[centred]",
    ("02-gradient-descent", "max_step", "one_over_lambda"): "[one-over-lambda|factor]",
    ("02-gradient-descent", "minibatches", "fixed_order"): "have a new order",
    ("02-gradient-descent", "momentum", "dampened"): "[dampened]",
    ("02-gradient-descent", "momentum", "late_velocity"): "[late-velocity]",
    ("02-gradient-descent", "oracles", "diagonal"): "[diagonal]",
    ("02-gradient-descent", "oracles", "sample_variance"): "[sample-variance]",
    ("03-backprop-by-hand", "l_prime", "hidden_slope_half"): "[half-slope]",
    ("03-backprop-by-hand", "l_prime", "score_slope_twice"): "[slope-twice]",
    ("03-backprop-by-hand", "layers", "tanh_slope_of_input"): "[tanh-for-z]",
    ("03-backprop-by-hand", "softmax", "diagonal_jacobian"): "[diagonal-only]",
    ("03-backprop-by-hand", "softmax", "probability_slope_too"): "[slope-twice]",
    ("05-training-loops", "adam", "betas_exchanged"): "[betas-exchanged]",
    ("05-training-loops", "early_stop", "last_not_best"): "what counts is the best",
    ("05-training-loops", "resume", "generator_lost"): "[generator-lost]",
    ("05-training-loops", "resume", "moments_lost"): "[moments-lost]",
    ("05-training-loops", "resume", "step_count_lost"): "[step-count-lost]",
}


def find(slug: str, exercise: str, stem: str) -> Answer:
    return next(
        a for a in answers(slug) if a.exercise == exercise and a.path.stem == stem
    )


@pytest.mark.parametrize("place", EXERCISES, ids="-".join)
def test_a_right_answer_is_not_refused(place):
    exercise = EXERCISES[place]
    assert exercise.complaint(exercise.solution) is None


@pytest.mark.parametrize("place", TOLD, ids="-".join)
def test_a_classic_mistake_is_named_at_once(place):
    slug, exercise, stem = place
    said = EXERCISES[slug, exercise].complaint(find(*place).text)
    assert said and TOLD[place] in said


@pytest.mark.parametrize("place", EXERCISES, ids="-".join)
def test_no_bare_assert_shows_a_traceback(place):
    assert not re.search(r"^\s*assert\b", EXERCISES[place].check, re.MULTILINE)
