# The author's own answers.
# assignment: tape-steps
# loses: nothing
