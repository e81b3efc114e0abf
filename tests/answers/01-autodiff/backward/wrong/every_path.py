# diagnosis: paths
# loses: backward-cost
def backward(output):
    todo = [(output, 1.0)]
    while todo:
        node, arriving = todo.pop()
        node.grad = arriving if node.parents else node.grad + arriving
        for parent, slope in zip(node.parents, node.local):
            todo.append((parent, slope * arriving))


def gradients(f, values, times=1):
    Node.made = Node.asked = 0
    leaves = [Node(value) for value in values]
    output = f(*leaves)
    for _ in range(times):
        backward(output)
    return np.array([leaf.grad for leaf in leaves])
