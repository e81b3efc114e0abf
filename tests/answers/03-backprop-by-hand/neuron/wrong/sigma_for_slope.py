# diagnosis: missing-factor
# loses: neuron-local, neuron-weights, neuron-bias
def neuron_backward(x, w, b, y):
    A1 = w @ x + b
    A2 = sigmoid(A1)
    dA3_dA2 = -y / A2 + (1 - y) / (1 - A2)
    dA2_dA1 = A2
    delta = dA3_dA2 * dA2_dA1
    return {"dA3_dA2": dA3_dA2, "dA2_dA1": dA2_dA1, "dw": delta * x, "db": delta}
