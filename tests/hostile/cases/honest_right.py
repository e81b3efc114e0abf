# The author's own answers.
# loses: nothing
