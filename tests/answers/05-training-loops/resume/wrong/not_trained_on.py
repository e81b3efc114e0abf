# diagnosis: not-trained-on
# loses: resume-epoch, resume-middle
def go_on(X, y, state, steps):
    """Take `steps` steps from `state`, a dict, and return the new one."""
    p, m, v = state["p"], state["m"], state["v"]
    t, order, place = int(state["t"]), state["order"], int(state["place"])
    generator = np.random.default_rng(0)
    generator.bit_generator.state = json.loads(str(state["generator"]))
    for _ in range(steps):
        if place >= len(order):
            order, place = generator.permutation(len(y)), 0
        part = order[place : place + 4]
        place, t = place + 4, t + 1
        p, m, v = adam_update(p, slope(p, X[part], y[part]), m, v, t)
    memory = json.dumps(generator.bit_generator.state)
    return {
        "p": p,
        "m": m,
        "v": v,
        "t": t,
        "order": order,
        "place": place,
        "generator": memory,
    }


def train_and_save(X, y, seed, steps, path):
    """Train from the beginning, save, return the parameters."""
    zero = np.zeros(X.shape[1] + 1)
    memory = json.dumps(np.random.default_rng(seed).bit_generator.state)
    state = {
        "p": zero,
        "m": zero,
        "v": zero,
        "t": 0,
        "order": np.zeros(0, dtype=int),
        "place": 0,
        "generator": memory,
    }
    state = go_on(X, y, state, steps)
    np.savez(path, **state)
    return state["p"]


def resume(X, y, path, steps):
    """Go on from the file, return the parameters."""
    with np.load(path) as file:
        state = dict(file)
    return state["p"]
