def neuron_backward(x, w, b, y):
    p = 1 / (1 + np.exp(-(np.dot(x, w) + b)))
    return {
        "dA3_dA2": (p - y) / (p * (1 - p)),
        "dA2_dA1": p - p**2,
        "dw": (p - y) * x,
        "db": p - y,
    }
