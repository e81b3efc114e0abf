# diagnosis: overwritten, factor
# loses: predict-accumulated
# At x = 0 this is 4 where 8 comes out.
def predict(x):
    return {
        "variable": 2 * x + 4,
        "constant": None,
        "watched": 3 * x**2,
        "assigned": 2 * x,
        "integer": None,
        "stopped": 2 * x**2,
        "asked_twice": "error",
        "several": 1 + 2 * x + 3 * x**2,
        "accumulated": 2 * x + 4,
        "backward_twice": "error",
        "without_graph": "error",
        "unused": None,
    }
