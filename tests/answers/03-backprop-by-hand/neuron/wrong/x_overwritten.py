# diagnosis: input-changed
# loses: neuron-weights
def neuron_backward(x, w, b, y):
    A1 = w @ x + b
    A2 = sigmoid(A1)
    dA3_dA2 = -y / A2 + (1 - y) / (1 - A2)
    dA2_dA1 = A2 * (1 - A2)
    delta = dA3_dA2 * dA2_dA1
    x *= delta
    return {"dA3_dA2": dA3_dA2, "dA2_dA1": dA2_dA1, "dw": x, "db": delta}
