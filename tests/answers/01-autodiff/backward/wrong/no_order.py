# diagnosis: too-early, factor
# loses: backward-order, backward-shared, backward-twice
# Nodes pass on their gradient in the order in which they are found.
def backward(output):
    seen, queue = {output}, [output]
    output.grad = 1.0
    for node in queue:
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
                if parent.parents:
                    parent.grad = 0.0
    for node in queue:
        for parent, slope in zip(node.parents, node.local):
            parent.grad += slope * node.grad


def gradients(f, values, times=1):
    Node.made = Node.asked = 0
    leaves = [Node(value) for value in values]
    output = f(*leaves)
    for _ in range(times):
        backward(output)
    return np.array([leaf.grad for leaf in leaves])
