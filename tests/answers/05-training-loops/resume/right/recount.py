def batch(n, seed, number):
    """Batch `number` of the whole run, by drawing the orders again."""
    per_epoch = -(-n // 4)
    generator = np.random.default_rng(seed)
    for _ in range(number // per_epoch + 1):
        order = generator.permutation(n)
    place = number % per_epoch * 4
    return order[place : place + 4]


def train_and_save(X, y, seed, steps, path):
    p = m = v = np.zeros(X.shape[1] + 1)
    for t in range(1, steps + 1):
        rows = batch(len(y), seed, t - 1)
        p, m, v = adam_update(p, slope(p, X[rows], y[rows]), m, v, t)
    np.savez(path, p=p, m=m, v=v, t=steps, seed=seed)
    return p


def resume(X, y, path, steps):
    with np.load(path) as file:
        p, m, v = file["p"], file["m"], file["v"]
        done, seed = int(file["t"]), int(file["seed"])
    for t in range(done + 1, done + steps + 1):
        rows = batch(len(y), seed, t - 1)
        p, m, v = adam_update(p, slope(p, X[rows], y[rows]), m, v, t)
    return p
