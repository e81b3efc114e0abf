def mended_cost(x, t, w1, w2, b):
    y = np.tanh(w2 * np.tanh(w1 * x) + b)
    return (t - y) * (t - y) / 2


def points():
    return dict(blind=[-0.5, 0.1, -0.7, -0.7, 0.0], telling=[0.5, 0.1, 0.7, 2.0, 0.0])


def check_report(x, t, w1, w2, b):
    def along(d1, d2, d3):
        return published_cost(x, t, w1 + d1, w2 + d2, b + d3)

    h = 2e-6
    numeric = {
        "w1": (along(h, 0, 0) - along(-h, 0, 0)) / (2 * h),
        "w2": (along(0, h, 0) - along(0, -h, 0)) / (2 * h),
        "b": (along(0, 0, h) - along(0, 0, -h)) / (2 * h),
    }
    claimed = published_gradients(x, t, w1, w2, b)
    report = {}
    for name, n in numeric.items():
        a = claimed[name]
        report[name] = 0.0 if a == n else abs(a - n) / max(abs(a), abs(n))
    return report
