"""What stock nbgrader commands read when they are run in this folder."""

from tapecheck.grading.course import configure

configure(get_config())  # noqa: F821  (nbgrader defines it)
