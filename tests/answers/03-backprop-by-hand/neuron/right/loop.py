import math


def neuron_backward(x, w, b, y):
    z = float(b)
    for xi, wi in zip(x, w):
        z += float(xi) * float(wi)
    p = 1.0 / (1.0 + math.exp(-z))
    outer = (1.0 - y) / (1.0 - p) - y / p
    inner = math.exp(-z) / (1.0 + math.exp(-z)) ** 2
    dw = np.empty(len(x))
    for i in range(len(x)):
        dw[i] = outer * inner * x[i]
    return {"dA3_dA2": outer, "dA2_dA1": inner, "dw": dw, "db": outer * inner}
