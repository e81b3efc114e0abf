# diagnosis: spelling
# loses: predict-errors
def predict(x):
    return {
        "variable": 2 * x + 4,
        "constant": None,
        "watched": 3 * x**2,
        "assigned": 2 * x,
        "integer": None,
        "stopped": 2 * x**2,
        "asked_twice": "RuntimeError",
        "several": 1 + 2 * x + 3 * x**2,
        "accumulated": 4 * x + 8,
        "backward_twice": "error",
        "without_graph": "error",
        "unused": None,
    }
