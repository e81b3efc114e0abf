# diagnosis: factor, overwritten
# loses: backward-shared, backward-twice
def backward(output):
    order, uses = [output], {output: 0}
    for node in order:
        node.grad = 0.0
        for parent in node.parents:
            if parent not in uses:
                uses[parent] = 0
                order.append(parent)
            uses[parent] += 1
    output.grad += 1.0
    ready = [output]
    for node in ready:
        for parent, slope in zip(node.parents, node.local):
            parent.grad += slope * node.grad
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)


def gradients(f, values, times=1):
    Node.made = Node.asked = 0
    leaves = [Node(value) for value in values]
    output = f(*leaves)
    for _ in range(times):
        backward(output)
    return np.array([leaf.grad for leaf in leaves])
