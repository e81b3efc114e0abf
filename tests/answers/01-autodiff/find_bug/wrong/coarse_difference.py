# diagnosis: none
# loses: find_bug-report
def mended_cost(x, t, w1, w2, b):
    hidden = np.tanh(w1 * x)
    return 0.5 * (np.tanh(w2 * hidden + b) - t) ** 2


def points():
    return {
        "blind": (0.8, -0.2, 0.6, 0.6, 0.1),
        "telling": (0.8, -0.2, 0.6, -1.3, 0.1),
    }


def check_report(x, t, w1, w2, b):
    claimed = published_gradients(x, t, w1, w2, b)
    point, report = np.array([w1, w2, b]), {}
    for name, e in zip(["w1", "w2", "b"], 0.3 * np.eye(3)):
        above = published_cost(x, t, *(point + e))
        below = published_cost(x, t, *(point - e))
        numeric = (above - below) / 0.6
        top = max(abs(numeric), abs(claimed[name]))
        report[name] = abs(numeric - claimed[name]) / top if top > 0 else 0.0
    return report
