def predict(x):
    x = np.float64(x)
    names = (
        "variable constant watched assigned integer stopped asked_twice several"
        " accumulated backward_twice without_graph unused"
    ).split()
    E, N = "error", None
    found = [
        2 * (x + 2),
        N,
        3 * np.square(x),
        2 * x,
        N,
        2 * np.square(x),
        E,
        np.polyval([3, 2, 1], x),
        4 * (x + 2),
        E,
        E,
        N,
    ]
    return dict(zip(names, found))
