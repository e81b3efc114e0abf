# diagnosis: none
# loses: predict-numbers, predict-accumulated
# (Which code it gets depends on the x that is drawn.)
def predict(x):
    return {
        "variable": 8.0,
        "constant": None,
        "watched": 12.0,
        "assigned": 4.0,
        "integer": None,
        "stopped": 8.0,
        "asked_twice": "error",
        "several": 17.0,
        "accumulated": 16.0,
        "backward_twice": "error",
        "without_graph": "error",
        "unused": None,
    }
