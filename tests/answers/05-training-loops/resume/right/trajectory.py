def run(X, y, generator, start, steps):
    p, m, v, t, order = start
    order = [int(i) for i in order]
    for _ in range(steps):
        if not order:
            order = [int(i) for i in generator.permutation(len(y))]
        rows, order = order[:4], order[4:]
        t += 1
        p, m, v = adam_update(p, slope(p, X[rows], y[rows]), m, v, t)
    return p, m, v, t, order


def train_and_save(X, y, seed, steps, path):
    generator = np.random.default_rng(seed)
    zero = np.zeros(X.shape[1] + 1)
    p, m, v, t, order = run(X, y, generator, (zero, zero, zero, 0, []), steps)
    text = json.dumps(
        {
            "arrays": [[x.hex() for x in a] for a in (p, m, v)],
            "t": t,
            "order": order,
            "generator": generator.bit_generator.state,
        }
    )
    with open(path, "w") as file:
        file.write(text)
    return p


def resume(X, y, path, steps):
    with open(path) as file:
        saved = json.load(file)
    p, m, v = (np.array([float.fromhex(x) for x in a]) for a in saved["arrays"])
    generator = np.random.default_rng()
    generator.bit_generator.state = saved["generator"]
    return run(X, y, generator, (p, m, v, saved["t"], saved["order"]), steps)[0]
