# diagnosis: none
# loses: trajectory-path, trajectory-steps, trajectory-special
def trajectory(a, b, x0, lr, steps):
    pass


def steps_needed(a, b, x0, lr, eps):
    pass
