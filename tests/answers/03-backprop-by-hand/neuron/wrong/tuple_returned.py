# diagnosis: none
# loses: neuron-local, neuron-weights, neuron-bias
# The four numbers are right, but not in a dict.
def neuron_backward(x, w, b, y):
    A2 = sigmoid(w @ x + b)
    dA3_dA2 = -y / A2 + (1 - y) / (1 - A2)
    dA2_dA1 = A2 * (1 - A2)
    db = dA3_dA2 * dA2_dA1
    return dA3_dA2, dA2_dA1, db * x, db
