def backward(output):
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    share = {node: 0.0 for node in order}
    share[output] = 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local):
            share[parent] += slope * share[node]
        node.grad = share[node] if node.parents else node.grad + share[node]


def gradients(f, values, times=1):
    Node.made = Node.asked = 0
    leaves = [Node(value) for value in values]
    output = f(*leaves)
    for _ in range(times):
        backward(output)
    return np.array([leaf.grad for leaf in leaves])
