def train(X, y, seed, steps):
    p = m = v = np.zeros(X.shape[1] + 1)
    generator, order = np.random.default_rng(seed), []
    for t in range(1, steps + 1):
        if len(order) == 0:
            order = generator.permutation(len(y))
        rows, order = order[:4], order[4:]
        p, m, v = adam_update(p, slope(p, X[rows], y[rows]), m, v, t)
    return p


def train_and_save(X, y, seed, steps, path):
    with open(path, "w") as file:
        file.write(f"{seed} {steps}")  # a run is fixed by these two
    return train(X, y, seed, steps)


def resume(X, y, path, steps):
    with open(path) as file:
        seed, done = map(int, file.read().split())
    return train(X, y, seed, done + steps)
