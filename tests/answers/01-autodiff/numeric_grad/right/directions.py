def numeric_grad(f, x):
    x = np.asarray(x, dtype=float)

    def slope(i):
        step = np.zeros(x.size)
        step[i] = 5e-6 * max(1.0, abs(x.flat[i]))
        step = step.reshape(x.shape)
        return (f(x + step) - f(x - step)) / (2 * step.sum())

    return np.reshape([slope(i) for i in range(x.size)], x.shape)
