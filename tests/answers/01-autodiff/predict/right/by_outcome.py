def predict(x):
    slope = 2 * x + 4
    numbers = {
        "variable": slope,
        "watched": 3 * x * x,
        "assigned": x + x,
        "stopped": 2 * x * x,
        "several": sum(k * x ** (k - 1) for k in (1, 2, 3)),
        "accumulated": slope + slope,
    }
    nothing = dict.fromkeys(["constant", "integer", "unused"])
    stops = dict.fromkeys(["asked_twice", "backward_twice", "without_graph"], "error")
    return numbers | nothing | stops
