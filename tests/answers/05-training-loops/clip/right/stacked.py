def accumulate(gradients, sizes):
    weights = np.array(sizes) / np.sum(sizes)
    return {
        k: np.tensordot(weights, np.stack([g[k] for g in gradients]), axes=1)
        for k in gradients[0]
    }


def clip(gradients, limit):
    flat = np.concatenate([g.ravel() for g in gradients.values()])
    norm = np.linalg.norm(flat)
    if norm <= limit:
        return {k: g.copy() for k, g in gradients.items()}, norm
    return {k: g * (limit / norm) for k, g in gradients.items()}, norm
