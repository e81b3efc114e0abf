# diagnosis: recursion
# loses: backward-long
def backward(output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    for node in order:
        if node.parents:
            node.grad = 0.0
    output.grad += 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local):
            parent.grad += slope * node.grad


def gradients(f, values, times=1):
    Node.made = Node.asked = 0
    leaves = [Node(value) for value in values]
    output = f(*leaves)
    for _ in range(times):
        backward(output)
    return np.array([leaf.grad for leaf in leaves])
