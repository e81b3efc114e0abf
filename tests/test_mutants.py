"""Small changes of the right answers are killed; `make mutants` tries all of them."""

import dataclasses
import random

import pytest
from assignments import SLUGS, exercises
from mutants import equivalents, mutants

SAMPLE = 25  # per assignment


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_of_mutants_is_killed(slug):
    known = equivalents()
    every = [m for e in exercises(slug) for m in mutants(e) if m.key not in known]
    sample = random.sample(every, min(SAMPLE, len(every)))
    assert [m.text for m in sample if not m.is_killed()] == []


def test_listed_equivalents_exist_and_have_a_reason():
    made = {m.key for slug in SLUGS for e in exercises(slug) for m in mutants(e)}
    known = equivalents()
    assert set(known) <= made
    assert all(known.values())


def test_a_mutant_stays_alive_when_the_tests_are_too_weak():
    slug = SLUGS[0]
    exercise = exercises(slug)[0]
    blind = dataclasses.replace(exercise, tests={"blind": "assert True"})
    alive = [m for m in mutants(blind) if not m.is_killed()]
    assert alive
